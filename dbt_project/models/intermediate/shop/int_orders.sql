-- Completed orders of every shop vendor, amounts in the order's own currency.
-- Grain: one row per (vendor, order_id).
{{ union_vendors("orders", "shop", known_at="ordered_at") }}
