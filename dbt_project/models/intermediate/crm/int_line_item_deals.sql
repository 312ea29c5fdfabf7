-- The deal that a line item belongs to; the first by id should a vendor link several.
-- Grain: one row per vendor and line item.
select
    cast(vendor as string) as vendor,
    cast(to_id as string) as line_item_id,
    cast(min(from_id) as string) as deal_id
from {{ ref("int_record_associations") }}
where from_type = 'deal' and to_type = 'line_item'
group by vendor, to_id
