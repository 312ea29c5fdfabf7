-- Products that refunds name, of every shop vendor.
-- Grain: one row per (vendor, refund_id, line_number).
{{ union_vendors("refund_lines", "shop") }}
