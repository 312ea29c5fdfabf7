-- Messages that a later load judged anew: reports of an order that it reported too.
-- Grain: one row per (message_id, load_id).
{{ config(enabled=is_vendor_used("events")) }}
with reports as (select * from {{ ref("stg_events__order_reports") }})
select
    earlier.message_id,
    earlier.visitor_id,
    later.load_id,
    earlier.ordered_at as happened_at
from reports as earlier
inner join
    reports as later
    on earlier.order_id = later.order_id
    and earlier.load_id <> later.load_id
where earlier.visitor_id is not null
group by earlier.message_id, earlier.visitor_id, later.load_id, earlier.ordered_at
