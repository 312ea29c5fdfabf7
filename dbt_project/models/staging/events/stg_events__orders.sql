-- Completed orders as the shop reported them first.
-- Grain: one row per order_id.
{{ config(enabled=is_vendor_used("events")) }}

select *
from {{ ref("stg_events__order_reports") }}
where report_number = 1
