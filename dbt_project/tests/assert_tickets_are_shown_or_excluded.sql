-- Fails if a ticket is in no mart and has no reason for that, or is in both.
with
    differences as (
        select vendor, ticket_id, 1 as ticket_count
        from {{ ref("int_tickets") }}
        union all
        select vendor, ticket_id, -1 as ticket_count
        from {{ ref("fct_tickets") }}
        union all
        select vendor, record_id as ticket_id, -1 as ticket_count
        from {{ ref("int_excluded_tickets") }}
    )
select vendor, ticket_id, sum(ticket_count) as unaccounted_count
from differences
group by vendor, ticket_id
having sum(ticket_count) <> 0
