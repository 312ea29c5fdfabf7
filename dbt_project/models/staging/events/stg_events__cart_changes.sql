-- What was put into carts and taken out, and when a cart was looked at.
-- Grain: one row per message_id.
{{ config(enabled=is_vendor_used("events")) }}

with
    events as (
        select *
        from {{ source("events", "events") }}
        where
            {{ completed_loads("events") }}
            and {{
                is_track_event(
                    [
                        "Product Added",
                        "Added Product",
                        "Product Removed",
                        "Removed Product",
                        "Cart Viewed",
                        "Viewed Cart",
                    ]
                )
            }}
            and coalesce(anonymous_id, user_id) is not null
            and not {{ is_server_event() }}
    )
select
    message_id,
    coalesce(anonymous_id, user_id) as visitor_id,
    nullif(trim(cart_id), '') as cart_id,
    case
        when {{ is_track_event(["Product Added", "Added Product"]) }}
        then 'added'
        when {{ is_track_event(["Product Removed", "Removed Product"]) }}
        then 'removed'
        else 'viewed'
    end as change_type,
    coalesce(
        nullif(trim(product_id), ''), {{ json_text("properties", "sku") }}, 'unknown'
    ) as product_id,
    try_cast({{ json_text("properties", "quantity") }} as decimal(18, 6)) as quantity,
    try_cast({{ json_text("properties", "price") }} as decimal(18, 6)) as unit_price,
    upper(nullif(trim(currency), '')) as currency,
    cast(event_at as timestamp) as happened_at
from events
