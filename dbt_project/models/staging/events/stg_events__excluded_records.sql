-- Messages that no mart shows: later reports of an order that is there already.
-- Grain: one row per message.
{{ config(enabled=is_vendor_used("events")) }}

select
    'order report' as record_type, message_id as record_id, 'repeats an order' as reason
from {{ ref("stg_events__order_reports") }}
where report_number > 1
