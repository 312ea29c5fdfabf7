-- What each visit or marketing event is credited with of the order it may have led to,
-- under every attribution model (K64).
-- Grain: one row per (order_key, touch_number, attribution_model_name). Under each
-- model the shares of an order add up to 1, its amounts to its net sales and margin.
{% set models = [
    "first",
    "last",
    "last_non_direct",
    "linear",
    "position",
    "time_decay",
    "markov",
    "shapley",
] %}
with
    touches as (select * from {{ ref("int_order_touches") }}),
    effects as (select * from {{ ref("stg_predictions__channel_removal_effects") }}),
    chains as (
        select
            coalesce(max(order_count), 0)
            >= {{ var("markov_minimum_orders") }} as has_chain
        from effects
    ),
    -- Shapley's value of a channel, where an order needs all channels of its path, is
    -- its equal part (Zhao, Mahboobi and Bagheri, 2018).
    channels as (
        select
            touches.order_key,
            touches.channel_group_name,
            count(*) as channel_touch_count,
            max(coalesce(effects.removal_effect_share, 0)) as removal_effect_share
        from touches
        left join effects on touches.channel_group_name = effects.channel_group_name
        group by touches.order_key, touches.channel_group_name
    ),
    described as (
        select
            touches.*,
            channels.channel_touch_count,
            channels.removal_effect_share,
            chains.has_chain,
            {{ minutes_between("touches.touched_at", "touches.ordered_at") }}
            / 1440 as days_before,
            max(
                case
                    when
                        touches.channel_group_name <> 'direct'
                        and touches.touched_at
                        > touches.ordered_at
                        - interval {{ var("attribution_direct_days") }} day
                    then touches.touch_number
                end
            ) over (partition by touches.order_key) as last_non_direct_number,
            sum(channels.removal_effect_share / channels.channel_touch_count) over (
                partition by touches.order_key
            ) as total_effect
        from touches
        inner join
            channels
            on touches.order_key = channels.order_key
            and touches.channel_group_name = channels.channel_group_name
        cross join chains
    ),
    weighed as (
        {% for model in models %}
            select
                '{{ model }}' as attribution_model_name,
                described.*,
                {% if model == "first" %}
                    case when touch_number = 1 then 1.0 else 0.0 end
                {% elif model == "last" %}
                    case when touch_number = touch_count then 1.0 else 0.0 end
                {% elif model == "last_non_direct" %}
                    case
                        when
                            touch_number = coalesce(last_non_direct_number, touch_count)
                        then 1.0
                        else 0.0
                    end
                {% elif model == "linear" %} 1.0
                {% elif model == "position" %}
                    case
                        when touch_count <= 2
                        then 1.0
                        when touch_number = 1 or touch_number = touch_count
                        then 0.4
                        else cast(0.2 as double) / (touch_count - 2)
                    end
                {% elif model == "time_decay" %}
                    power(2.0, - days_before / {{ var("attribution_half_life_days") }})
                {% elif model == "markov" %}
                    case
                        when has_chain and total_effect > 0
                        then removal_effect_share / channel_touch_count
                        else 1.0
                    end
                {% else %} cast(1.0 as double) / channel_touch_count
                {% endif %} as weight,
                '{{ model }}' = 'markov'
                and not (has_chain and total_effect > 0) as is_fallback
            from described
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),
    shared as (
        select
            *,
            cast(weight as double) / sum(cast(weight as double)) over (
                partition by order_key, attribution_model_name
            ) as credit_share
        from weighed
    ),
    cumulated as (
        select
            *,
            -- Up to the last touch exactly 1, whatever the doubles before it add up to.
            case
                when touch_number = touch_count
                then cast(1 as decimal(18, 12))
                else
                    cast(
                        sum(credit_share) over (
                            partition by order_key, attribution_model_name
                            order by touch_number asc nulls last
                            rows between unbounded preceding and current row
                        ) as decimal(18, 12)
                    )
            end as share_up_to
        from shared
    ),
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
