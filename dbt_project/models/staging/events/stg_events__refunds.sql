-- Refunds as the shop reported them. The spec knows no refund id: the message is one,
-- so that several partial refunds of an order stay several.
-- Grain: one row per refund_id.
{{ config(enabled=is_vendor_used("events")) }}

select
    message_id as refund_id,
    nullif(trim(order_id), '') as order_id,
    user_id,
    anonymous_id,
    nullif(trim(country), '') as country_name,
    upper(nullif(trim(currency), '')) as currency,
    subtotal as subtotal_amount,
    shipping as shipping_amount,
    tax as tax_amount,
    total as total_amount,
    cast(event_at as timestamp) as refunded_at,
    {{ loaded_at() }} as _loaded_at
from {{ source("events", "events") }}
where
    {{ completed_loads("events") }}
    and {{ is_track_event(["Order Refunded", "Refunded Order"]) }}
