-- Visits to the shop: who came from where, and how far towards an order.
-- Grain: one row per session_key. Machines are not in it (int_excluded_visitor_events).
-- All visits of a visitor are written anew when one of them is a new or a longer one,
-- has turned out to be somebody else's, or when its orders are worth something else.
{{
    config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="visitor_key",
        on_schema_change="fail",
        meta={"built_from": "int_sessions"},
        post_hook="{{ remember_build('int_sessions') }}",
    )
}}
{% set is_delta = is_incremental() %}
{% set steps = [
    ["product_viewed", "has_viewed_product"],
    ["product_added", "has_added_to_cart"],
    ["checkout_started", "has_started_checkout"],
    ["payment_entered", "has_entered_payment"],
    ["order_completed", "has_purchased"],
] %}
with
    sessions as (select * from {{ ref("int_sessions") }}),
    sources as (select * from {{ ref("int_session_sources") }}),
    agents as (select * from {{ ref("int_user_agents") }}),
    customer_records as (select * from {{ ref("dim_customer_records") }}),
    session_orders as (select * from {{ ref("int_session_orders") }}),
    orders as (select * from {{ ref("fct_orders") }}),
    sold as (
        select
            session_orders.session_key,
            min_by(orders.order_key, orders.ordered_at) as first_order_key,
            count(*) as order_count,
            sum(
                case when orders.gross_amount_base is null then 1 else 0 end
            ) as unconverted_order_count,
            sum(
                orders.gross_amount_base - orders.discount_amount_base
            ) as net_sales_amount_base
        from session_orders
        inner join
            orders
            on session_orders.vendor = orders.vendor
            and session_orders.order_id = orders.order_id
        group by session_orders.session_key
    ),
    resolved as (
        select
            sessions.session_key,
            sessions.vendor,
            sessions.visitor_id,
            sessions.event_count,
            sessions.order_completed_count,
            -- The login says who it was; the device alone may be shared.
            coalesce(users.customer_key, visitors.customer_key) as customer_key,
            sold.first_order_key,
            coalesce(sold.order_count, 0) as order_count,
            coalesce(sold.unconverted_order_count, 0) as unconverted_order_count,
            cast(
                coalesce(sold.net_sales_amount_base, 0) as decimal(18, 6)
            ) as net_sales_amount_base
        from sessions
        left join
            customer_records as users
            on sessions.vendor = users.vendor
            and users.record_type = 'user'
            and sessions.user_id = users.record_id
        left join
            customer_records as visitors
            on sessions.vendor = visitors.vendor
            and visitors.record_type = 'visitor'
            and sessions.anonymous_id = visitors.record_id
        left join sold on sessions.session_key = sold.session_key
    ),
    {% if is_delta %}
        -- A visit that is gone was joined to one that is longer now.
        changed as (
            select resolved.vendor, resolved.visitor_id
            from resolved
            left join {{ this }} as known on resolved.session_key = known.session_key
            where
                known.session_key is null
                or resolved.event_count <> known.event_count
                or (resolved.order_completed_count > 0) <> known.has_purchased
                or coalesce(resolved.customer_key, '')
                <> coalesce(known.customer_key, '')
                or coalesce(resolved.first_order_key, '')
                <> coalesce(known.first_order_key, '')
                or resolved.order_count <> known.order_count
                or resolved.unconverted_order_count <> known.unconverted_order_count
                or resolved.net_sales_amount_base <> known.net_sales_amount_base
            group by resolved.vendor, resolved.visitor_id
        ),
    {% endif %}
    joined as (
        select
            sessions.*,
            sources.source_name,
            sources.medium_name,
            sources.channel_group_name,
            coalesce(agents.device_type, 'unknown') as device_type,
            resolved.customer_key,
            {{ surrogate_key(["sessions.vendor", "sessions.visitor_id"]) }}
            as visitor_key,
            resolved.first_order_key,
            resolved.order_count,
            resolved.unconverted_order_count,
            resolved.net_sales_amount_base,
            {% for event_type, flag in steps %}
                sessions.{{ event_type }}_count > 0 as {{ flag }},
            {% endfor %}
            case
                {% for event_type, flag in steps | reverse %}
                    when sessions.{{ event_type }}_count > 0 then {{ 6 - loop.index }}
                {% endfor %}
                else 0
            end as furthest_step_number,
            {{ minutes_between("sessions.started_at", "sessions.ended_at") }}
            as duration_minutes
        from sessions
        inner join resolved on sessions.session_key = resolved.session_key
        inner join sources on sessions.session_key = sources.session_key
        left join agents on sessions.user_agent = agents.user_agent
        {% if is_delta %}
            inner join
                changed
                on sessions.vendor = changed.vendor
                and sessions.visitor_id = changed.visitor_id
        {% endif %}
    )
select
    cast(session_key as string) as session_key,
    cast(visitor_key as string) as visitor_key,
    cast(customer_key as string) as customer_key,
    cast(first_order_key as string) as first_order_key,
    cast(vendor as string) as vendor,
    cast(coalesce(country_name, 'unknown') as string) as country_name,
    cast(device_type as string) as device_type,
    cast(landing_path as string) as landing_path,
    cast(referrer_host as string) as referrer_host,
    cast(source_name as string) as source_name,
    cast(medium_name as string) as medium_name,
    cast(campaign_name as string) as campaign_name,
    cast(channel_group_name as string) as channel_group_name,
    duration_minutes > cast({{ var("engaged_session_seconds") }} as double) / 60
    or page_view_count >= 2
    or has_purchased as is_engaged,
    {% for _, flag in steps %} {{ flag }}, {% endfor %}
    cast(furthest_step_number as int) as furthest_step_number,
    cast(
        {% for _, flag in steps %}
            case
                when furthest_step_number > {{ loop.index }} and not {{ flag }}
                then 1
                else 0
            end
            {{- " + " if not loop.last }}
        {% endfor %} as bigint
    ) as imputed_step_count,
    cast(event_count as bigint) as event_count,
    cast(page_view_count as bigint) as page_view_count,
    cast(order_count as bigint) as order_count,
    cast(unconverted_order_count as bigint) as unconverted_order_count,
    cast(net_sales_amount_base as decimal(18, 6)) as net_sales_amount_base,
    cast(duration_minutes as double) as duration_minutes,
    cast({{ local_date("started_at") }} as date) as session_date,
    cast(hour({{ to_local_time("started_at") }}) as int) as started_hour,
    cast(started_at as timestamp) as started_at,
    cast(ended_at as timestamp) as ended_at
from joined
