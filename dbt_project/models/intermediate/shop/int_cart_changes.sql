-- What was put into carts, taken out and looked at, in every shop.
-- Grain: one row per (vendor, message_id).
{{ union_vendors("cart_changes", "shop", known_at="happened_at") }}
