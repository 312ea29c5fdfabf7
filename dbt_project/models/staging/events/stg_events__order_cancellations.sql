-- The first cancellation of each cancelled order.
-- Grain: one row per order_id.
{{ config(enabled=is_vendor_used("events")) }}

select trim(order_id) as order_id, min(cast(event_at as timestamp)) as cancelled_at
from {{ source("events", "events") }}
where
    {{ completed_loads("events") }}
    and {{
        is_track_event(
            [
                "Order Cancelled",
                "Order Canceled",
                "Cancelled Order",
                "Canceled Order",
            ]
        )
    }}
    and nullif(trim(order_id), '') is not null
group by trim(order_id)
