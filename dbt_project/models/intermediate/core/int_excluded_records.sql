-- Records that were loaded and that no mart shows, each with its reason.
-- Grain: one row per (vendor, record_type, record_id).
with shop_records as ({{ union_vendors("excluded_records", "shop") }})
select vendor, record_type, record_id, reason
from shop_records
union all
select vendor, record_type, record_id, reason
from {{ ref("int_excluded_crm_records") }}
union all
select vendor, record_type, record_id, reason
from {{ ref("int_excluded_tickets") }}
