-- Which ticket was merged into which, as the survivors' events list them.
-- Grain: one row per merged ticket; of several survivors the last.
{{ config(enabled=is_vendor_used("zendesk")) }}
with
    listed as (
        select
            ticket_id as surviving_id,
            created_at,
            {{ explode_json_list("merged_ticket_ids") }} as merged_id
        from
            (
                {{ newest_rows("zendesk", "ticket_events", newest_by="created_at") }}
            ) as events
        where cast(merged_ticket_ids as string) <> '[]'
    ),
    ranked as (
        select
            surviving_id,
            merged_id,
            row_number() over (
                partition by merged_id
                order by created_at desc nulls last, surviving_id desc nulls last
            ) as survivor_rank
        from listed
        where merged_id <> surviving_id
    )
select
    cast(merged_id as string) as ticket_id,
    cast(surviving_id as string) as merged_into_ticket_id
from ranked
where survivor_rank = 1
