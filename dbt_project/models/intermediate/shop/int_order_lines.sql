-- Products of completed orders of every shop vendor.
-- Grain: one row per (vendor, order_id, line_number).
{{ union_vendors("order_lines", "shop") }}
