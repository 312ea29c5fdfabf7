-- Refunds of every shop vendor, amounts in the refund's own currency.
-- Grain: one row per (vendor, refund_id).
{{ union_vendors("refunds", "shop", known_at="refunded_at") }}
