-- Tickets that no mart shows, each with its reason.
-- Grain: one row per vendor and ticket. First reason wins, in the order written here.
with
    tickets as (select * from {{ ref("int_tickets") }}),
    reasoned as (
        select
            vendor,
            ticket_id,
            case
                when is_merged
                then 'merged into another ticket'
                when is_spam
                then 'spam'
                when is_deleted
                then 'deleted'
                when created_at > {{ as_of() }}
                then 'created after as_of'
            end as reason
        from tickets
    )
select
    cast(vendor as string) as vendor,
    cast('ticket' as string) as record_type,
    cast(ticket_id as string) as record_id,
    cast(reason as string) as reason
from reasoned
where reason is not null
