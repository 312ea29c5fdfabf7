-- Cancelled orders of every shop vendor.
-- Grain: one row per (vendor, order_id).
{{ union_vendors("order_cancellations", "shop", known_at="cancelled_at") }}
