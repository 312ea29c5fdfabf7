-- What visitors did in the shop: pages, screens and track events of a device. What the
-- back end reports later (refunds, cancellations, mails) is no visit.
-- Grain: one row per message_id.
{{ config(enabled=is_vendor_used("events")) }}

with
    events as (
        select *
        from {{ source("events", "events") }}
        where
            {{ completed_loads("events") }}
            and type in ('page', 'screen', 'track')
            and (
                (
                    not {{ is_server_event() }}
                    and coalesce(anonymous_id, user_id) is not null
                )
                or (
                    anonymous_id is not null
                    and {{ is_track_event(["Order Completed", "Completed Order"]) }}
                )
            )
            and not coalesce(
                {{
                    is_track_event(
                        [
                            "Order Refunded",
                            "Refunded Order",
                            "Order Cancelled",
                            "Order Canceled",
                            "Cancelled Order",
                            "Canceled Order",
                            "Order Updated",
                            "Updated Order",
                        ]
                    )
                }},
                false
            )
    ),
    -- The message that stands for an order; a retried report is no second purchase.
    orders as (select message_id, order_id from {{ ref("stg_events__orders") }})
select
    events.message_id,
    coalesce(events.anonymous_id, events.user_id) as visitor_id,
    events.anonymous_id,
    events.user_id,
    case
        when events.type in ('page', 'screen')
        then 'page_view'
        when {{ is_track_event(["Product Viewed", "Viewed Product"]) }}
        then 'product_viewed'
        when {{ is_track_event(["Product Added", "Added Product"]) }}
        then 'product_added'
        when {{ is_track_event(["Checkout Started", "Started Checkout"]) }}
        then 'checkout_started'
        when {{ is_track_event(["Payment Info Entered", "Entered Payment Info"]) }}
        then 'payment_entered'
        when orders.order_id is not null
        then 'order_completed'
        else 'other'
    end as event_type,
    orders.order_id,
    nullif(trim(events.page_path), '') as page_path,
    {{ url_host("events.page_url") }} as page_host,
    {{ url_host("events.page_referrer") }} as referrer_host,
    nullif(lower(trim(events.campaign_name)), '') as campaign_name,
    nullif(lower(trim(events.campaign_source)), '') as campaign_source_name,
    nullif(lower(trim(events.campaign_medium)), '') as campaign_medium_name,
    nullif(trim(events.user_agent), '') as user_agent,
    nullif(trim(events.country), '') as country_name,
    upper(nullif(trim(events.currency), '')) as currency,
    events._dlt_load_id as load_id,
    cast(events.event_at as timestamp) as happened_at
from events
left join orders on events.message_id = orders.message_id
