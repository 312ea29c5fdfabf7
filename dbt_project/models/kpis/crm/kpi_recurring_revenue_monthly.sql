-- K87: monthly recurring revenue and why it moved.
-- Grain: one row per (period_type, period_start_date, scope_type, scope_name,
-- currency); currency `all` adds all of them in the base currency alone.
{% set movements = ["new", "expansion", "reactivation", "contraction", "churn"] %}
with
    months as (select * from {{ ref("fct_subscription_months") }}),
    scoped as (
        {% for scope_type, scope_name in [
            ["total", "'all'"],
            ["plan", "plan_name"],
            ["customer_segment", "segment_name"],
            ["country", "country_name"],
        ] %}
            select
                '{{ scope_type }}' as scope_type,
                {{ scope_name }} as scope_name,
                months.*
            from months
            where plan_name {{ "<>" if scope_type == "plan" else "=" }} 'all'
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),
    in_currencies as (
        select
            period_type,
            period_start_date,
            scope_type,
            scope_name,
            currency,
            movement_type,
            is_complete,
            unconverted_count,
            opening_amount,
            closing_amount,
            opening_amount_base,
            closing_amount_base
        from scoped
        union all
        select
            period_type,
            period_start_date,
            scope_type,
            scope_name,
            'all' as currency,
            movement_type,
            is_complete,
            unconverted_count,
            cast(null as decimal(18, 2)) as opening_amount,
            cast(null as decimal(18, 2)) as closing_amount,
            opening_amount_base,
            closing_amount_base
        from scoped
    ),
    final as (
        select
            period_type,
            period_start_date,
            scope_type,
            scope_name,
            currency,
            bool_and(is_complete) as is_complete,
            sum(
                case when movement_type in ('new', 'reactivation') then 0 else 1 end
            ) as opening_count,
            sum(case when movement_type = 'churn' then 0 else 1 end) as closing_count,
            {% for movement in movements %}
                sum(
                    case when movement_type = '{{ movement }}' then 1 else 0 end
                ) as {{ movement }}_count,
            {% endfor %}
            sum(unconverted_count) as unconverted_count,
            {% for suffix in ["", "_base"] %}
                sum(opening_amount{{ suffix }}) as opening_amount{{ suffix }},
                sum(closing_amount{{ suffix }}) as closing_amount{{ suffix }},
                {% for movement in movements %}
                    {% set change = (
                        "opening_amount"
                        ~ suffix
                        ~ " - closing_amount"
                        ~ suffix
                        if movement in ("contraction", "churn")
                        else "closing_amount"
                        ~ suffix
                        ~ " - opening_amount"
                        ~ suffix
                    ) %}
                    sum(
                        case
                            when movement_type = '{{ movement }}'
                            then {{ change }}
                            when closing_amount{{ suffix }} is not null
                            then 0
                        end
                    ) as {{ movement }}_amount{{ suffix }}
                    {%- if not (loop.last and suffix) %}, {% endif %}
                {% endfor %}
            {% endfor %}
        from in_currencies
        group by period_type, period_start_date, scope_type, scope_name, currency
    )
select
    cast(period_type as string) as period_type,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(currency as string) as currency,
    cast(is_complete as boolean) as is_complete,
    cast(opening_count as bigint) as opening_subscriber_count,
    {% for movement in movements %}
        cast({{ movement }}_count as bigint) as {{ movement }}_subscriber_count,
    {% endfor %}
    cast(closing_count as bigint) as closing_subscriber_count,
    cast(unconverted_count as bigint) as unconverted_count,
    {% for suffix in ["", "_base"] %}
        cast(
            opening_amount{{ suffix }} as decimal(18, 2)
        ) as opening_amount{{ suffix }},
        {% for movement in movements %}
            cast(
                {{ movement }}_amount{{ suffix }} as decimal(18, 2)
            ) as {{ movement }}_amount{{ suffix }},
        {% endfor %}
        cast(
            closing_amount{{ suffix }} as decimal(18, 2)
        ) as closing_amount{{ suffix }},
    {% endfor %}
    {{ safe_ratio("churn_count", "opening_count") }} as subscriber_churn_rate,
    {{ safe_ratio("churn_amount_base", "opening_amount_base") }} as churn_rate,
    {{
        safe_ratio(
            "(opening_amount_base - contraction_amount_base - churn_amount_base)",
            "opening_amount_base",
        )
    }} as gross_retention_rate,
    {{
        safe_ratio(
            "(opening_amount_base + expansion_amount_base - contraction_amount_base"
            ~ " - churn_amount_base)",
            "opening_amount_base",
        )
    }} as net_retention_rate,
    cast(period_start_date as date) as period_start_date
from final
