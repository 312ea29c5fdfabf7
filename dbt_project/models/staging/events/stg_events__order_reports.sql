-- Reports of completed orders, numbered per order from the earliest: a client that
-- retries sends the same order again under a new message.
-- Grain: one row per message_id.
{{ config(enabled=is_vendor_used("events")) }}

with
    events as (
        select *
        from {{ source("events", "events") }}
        where
            {{ completed_loads("events") }}
            and {{ is_track_event(["Order Completed", "Completed Order"]) }}
    ),
    reports as (
        select
            -- An order without an id is still a sale: its message stands for it.
            coalesce(nullif(trim(order_id), ''), message_id) as order_id,
            message_id,
            user_id,
            anonymous_id,
            -- Whose visit it was in: the back end says it only by naming the device.
            case
                when {{ is_server_event() }}
                then anonymous_id
                else coalesce(anonymous_id, user_id)
            end as visitor_id,
            nullif(trim(country), '') as country_name,
            upper(nullif(trim(currency), '')) as currency,
            nullif(trim(payment_method), '') as payment_method,
            nullif(trim(coupon), '') as coupon_code,
            nullif(trim(affiliation), '') as affiliation_name,
            subtotal as subtotal_amount,
            revenue as revenue_amount,
            discount as discount_amount,
            shipping as shipping_amount,
            tax as tax_amount,
            total as total_amount,
            cast(event_at as timestamp) as ordered_at,
            cast(received_at as timestamp) as received_at,
            _dlt_load_id as load_id,
            {{ loaded_at() }} as _loaded_at
        from events
    )
select
    *,
    row_number() over (
        partition by order_id
        order by
            ordered_at asc nulls last,
            received_at asc nulls last,
            message_id asc nulls last
    ) as report_number
from reports
