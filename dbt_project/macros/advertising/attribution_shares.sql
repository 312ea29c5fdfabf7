-- The part of an order or a deal that each of its touches gets under each attribution
-- model (K64): the CTEs from `touches` and `effects` to `cumulated`, whose
-- share_up_to is what the touches up to one have got, and exactly 1 with the last.
{% macro attribution_shares(key, instant) %}
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
            touches.{{ key }},
            touches.channel_group_name,
            count(*) as channel_touch_count,
            max(coalesce(effects.removal_effect_share, 0)) as removal_effect_share
        from touches
        left join effects on touches.channel_group_name = effects.channel_group_name
        group by touches.{{ key }}, touches.channel_group_name
    ),
    described as (
        select
            touches.*,
            channels.channel_touch_count,
            channels.removal_effect_share,
            chains.has_chain,
            {{ minutes_between("touches.touched_at", "touches." ~ instant) }}
            / 1440 as days_before,
            max(
                case
                    when
                        touches.channel_group_name <> 'direct'
                        and touches.touched_at
                        > touches.{{ instant }}
                        - interval {{ var("attribution_direct_days") }} day
                    then touches.touch_number
                end
            ) over (partition by touches.{{ key }}) as last_non_direct_number,
            sum(channels.removal_effect_share / channels.channel_touch_count) over (
                partition by touches.{{ key }}
            ) as total_effect
        from touches
        inner join
            channels
            on touches.{{ key }} = channels.{{ key }}
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
                partition by {{ key }}, attribution_model_name
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
                            partition by {{ key }}, attribution_model_name
                            order by touch_number asc nulls last
                            rows between unbounded preceding and current row
                        ) as decimal(18, 12)
                    )
            end as share_up_to
        from shared
    )
{% endmacro %}
