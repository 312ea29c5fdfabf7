-- What each visit or marketing event is credited with of the order it may have led to,
-- under every attribution model (K64).
-- Grain: one row per (order_key, touch_number, attribution_model_name). Under each
-- model the shares of an order add up to 1, its amounts to its net sales and margin.
with
    touches as (select * from {{ ref("int_order_touches") }}),
    effects as (select * from {{ ref("stg_predictions__channel_removal_effects") }}),
    {{ attribution_shares("order_key", "ordered_at") }},
    final as (
        select
            *,
            cast(
                round(net_sales_amount_base * share_up_to, 6) as decimal(18, 6)
            ) as amount_up_to,
            cast(
                round(margin_amount_base * share_up_to, 6) as decimal(18, 6)
            ) as margin_up_to
        from cumulated
    )
select
    cast(
        {{ surrogate_key(["order_key", "touch_number", "attribution_model_name"]) }}
        as string
    ) as attribution_credit_key,
    cast(order_key as string) as order_key,
    cast(customer_key as string) as customer_key,
    cast(session_key as string) as session_key,
    cast(marketing_event_key as string) as marketing_event_key,
    cast(attribution_model_name as string) as attribution_model_name,
    cast(channel_group_name as string) as channel_group_name,
    cast(source_name as string) as source_name,
    cast(medium_name as string) as medium_name,
    cast(campaign_name as string) as campaign_name,
    cast(is_fallback as boolean) as is_fallback,
    cast(touch_number as bigint) as touch_number,
    cast(touch_count as bigint) as touch_count,
    cast(credit_share as double) as credit_share,
    cast(
        amount_up_to - coalesce(
            lag(amount_up_to) over (
                partition by order_key, attribution_model_name
                order by touch_number asc nulls last
            ),
            0
        ) as decimal(18, 6)
    ) as credited_amount_base,
    cast(
        margin_up_to - coalesce(
            lag(margin_up_to) over (
                partition by order_key, attribution_model_name
                order by touch_number asc nulls last
            ),
            0
        ) as decimal(18, 6)
    ) as credited_margin_amount_base,
    cast(order_date as date) as order_date,
    cast(ordered_at as timestamp) as ordered_at,
    cast(touched_at as timestamp) as touched_at
from final
