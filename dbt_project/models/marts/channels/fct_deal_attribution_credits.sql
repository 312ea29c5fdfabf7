-- What each visit or marketing event is credited with of the won deal it may have led
-- to, under every attribution model (K65).
-- Grain: one row per (deal_key, touch_number, attribution_model_name). Under each
-- model the shares of a deal add up to 1, its amounts to its value and margin.
with
    touches as (select * from {{ ref("int_won_deal_touches") }}),
    -- The Markov chain is one of orders; of deals there are too few for another.
    effects as (
        select * from {{ ref("stg_predictions__channel_removal_effects") }} where 1 = 0
    ),
    {{ attribution_shares("deal_key", "created_at") }},
    final as (
        select
            *,
            cast(
                round(deal_amount_base * share_up_to, 6) as decimal(18, 6)
            ) as amount_up_to,
            cast(
                round(margin_amount_base * share_up_to, 6) as decimal(18, 6)
            ) as margin_up_to
        from cumulated
    )
select
    cast(
        {{ surrogate_key(["deal_key", "touch_number", "attribution_model_name"]) }}
        as string
    ) as deal_attribution_credit_key,
    cast(deal_key as string) as deal_key,
    cast(session_key as string) as session_key,
    cast(marketing_event_key as string) as marketing_event_key,
    cast(attribution_model_name as string) as attribution_model_name,
    cast(channel_group_name as string) as channel_group_name,
    cast(campaign_name as string) as campaign_name,
    cast(is_fallback as boolean) as is_fallback,
    cast(touch_number as bigint) as touch_number,
    cast(touch_count as bigint) as touch_count,
    cast(credit_share as double) as credit_share,
    {% for name, column in {
        "amount": "credited_amount_base",
        "margin": "credited_margin_amount_base",
    }.items() %}
        cast(
            {{ name }}_up_to - coalesce(
                lag({{ name }}_up_to) over (
                    partition by deal_key, attribution_model_name
                    order by touch_number asc nulls last
                ),
                0
            ) as decimal(18, 6)
        ) as {{ column }},
    {% endfor %}
    cast(won_date as date) as won_date,
    cast(created_at as timestamp) as created_at,
    cast(touched_at as timestamp) as touched_at
from final
