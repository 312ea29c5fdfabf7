-- Shop sales per period and scope, beside the period before and the year before (K1 to
-- K4, K6, K38, K39, K41).
-- Grain: one row per (period_type, period_start_date, scope_type, scope_name), without
-- gaps from the scope's first sale or refund on.
{% set measures = [
    "gross_amount",
    "discount_amount",
    "total_amount",
    "order_count",
    "order_without_lines_count",
    "unit_count",
    "unconverted_count",
    "unconverted_order_count",
    "returned_amount",
    "refund_total_amount",
    "refund_count",
    "returned_unit_count",
    "unlinked_returned_amount",
    "order_dated_returned_amount",
    "order_dated_returned_unit_count",
] %}
-- Days and weeks are kept for the scopes that are watched daily; the finer ones begin
-- with the month.
{% set daily_scopes = ["total", "country", "region", "product_category"] %}
{% set line_scopes = [
    "product_category",
    "product",
    "product_manager",
    "department",
] %}
with
    scoped as (select * from {{ ref("int_sales_daily") }}),
    periods as (select * from {{ ref("int_periods") }}),
    period_days as (select * from {{ ref("int_period_days") }}),
    summed as (
        select
            period_days.period_type,
            period_days.period_start_date,
            scoped.scope_type,
            scoped.scope_name
            {%- for measure in measures %}
                ,
                sum(
                    case
                        when period_days.comparison_type = 'current'
                        then scoped.{{ measure }}
                    end
                ) as {{ measure }}
            {%- endfor %}
            {%- for comparison in ["prior", "prior_year"] %}
                ,
                sum(
                    case
                        when period_days.comparison_type = '{{ comparison }}'
                        then scoped.gross_amount
                    end
                ) as {{ comparison }}_gross_amount,
                sum(
                    case
                        when period_days.comparison_type = '{{ comparison }}'
                        then scoped.net_amount
                    end
                ) as {{ comparison }}_net_amount,
                sum(
                    case
                        when period_days.comparison_type = '{{ comparison }}'
                        then scoped.order_count
                    end
                ) as {{ comparison }}_order_count
            {%- endfor %}
        from scoped
        inner join period_days on scoped.event_date = period_days.calendar_date
        where
            period_days.period_type not in ('day', 'week')
            or scoped.scope_type in ('{{ daily_scopes | join("', '") }}')
        group by
            period_days.period_type,
            period_days.period_start_date,
            scoped.scope_type,
            scoped.scope_name
    ),
    scopes as (
        select scope_type, scope_name, min(event_date) as first_date
        from scoped
        group by scope_type, scope_name
    ),
    filled as (
        select
            periods.*,
            scopes.scope_type,
            scopes.scope_name,
            periods.period_end_date
            > {{ as_of_date() }} - {{ var("refund_finality_days") }} as is_provisional
            {%- for measure in measures %}
                , coalesce(summed.{{ measure }}, 0) as {{ measure }}
            {%- endfor %}
            {%- for comparison in ["prior", "prior_year"] %}
                {%- for measure in ["gross_amount", "net_amount", "order_count"] %}
                    ,
                    case
                        when periods.{{ comparison }}_end_date >= scopes.first_date
                        then coalesce(summed.{{ comparison }}_{{ measure }}, 0)
                    end as {{ comparison }}_{{ measure }}
                {%- endfor %}
            {%- endfor %}
        from periods
        inner join
            scopes
            on periods.period_end_date >= scopes.first_date
            and (
                periods.period_type not in ('day', 'week')
                or scopes.scope_type in ('{{ daily_scopes | join("', '") }}')
            )
        left join
            summed
            on periods.period_type = summed.period_type
            and periods.period_start_date = summed.period_start_date
            and scopes.scope_type = summed.scope_type
            and scopes.scope_name = summed.scope_name
    ),
    final as (
        select
            *,
            gross_amount - discount_amount - returned_amount as net_amount,
            gross_amount
            - discount_amount
            - order_dated_returned_amount as order_dated_net_amount,
            case
                when scope_type not in ('{{ line_scopes | join("', '") }}')
                then total_amount - refund_total_amount
            end as total_sales_amount
        from filled
    )
select
    cast(period_type as string) as period_type,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(
        case when scope_type = 'country' then scope_name end as string
    ) as country_name,
    cast(is_complete as boolean) as is_complete,
    cast(is_provisional as boolean) as is_provisional,
    cast(gross_amount as decimal(18, 2)) as gross_sales_amount_base,
    cast(discount_amount as decimal(18, 2)) as discount_amount_base,
    cast(returned_amount as decimal(18, 2)) as event_dated_returns_amount_base,
    cast(
        order_dated_returned_amount as decimal(18, 2)
    ) as order_dated_returns_amount_base,
    cast(unlinked_returned_amount as decimal(18, 2)) as unlinked_returns_amount_base,
    cast(net_amount as decimal(18, 2)) as event_dated_net_sales_amount_base,
    cast(order_dated_net_amount as decimal(18, 2)) as order_dated_net_sales_amount_base,
    cast(total_sales_amount as decimal(18, 2)) as total_sales_amount_base,
    cast(order_count as bigint) as order_count,
    cast(refund_count as bigint) as refund_count,
    cast(order_without_lines_count as bigint) as order_without_lines_count,
    cast(unconverted_count as bigint) as unconverted_count,
    cast(unconverted_order_count as bigint) as unconverted_order_count,
    cast(unit_count as decimal(18, 6)) as unit_count,
    cast(returned_unit_count as decimal(18, 6)) as returned_unit_count,
    cast(
        order_dated_returned_unit_count as decimal(18, 6)
    ) as order_dated_returned_unit_count,
    {{ safe_ratio("net_amount", "(order_count - unconverted_order_count)") }}
    as average_order_value,
    {{ safe_ratio("unit_count", "(order_count - order_without_lines_count)") }}
    as units_per_order,
    {{ safe_ratio("order_dated_returned_unit_count", "unit_count") }} as return_rate,
    {% for comparison in ["prior", "prior_year"] %}
        cast(
            {{ comparison }}_gross_amount as decimal(18, 2)
        ) as {{ comparison }}_gross_sales_amount_base,
        cast(
            {{ comparison }}_net_amount as decimal(18, 2)
        ) as {{ comparison }}_net_sales_amount_base,
        cast({{ comparison }}_order_count as bigint) as {{ comparison }}_order_count,
        {% for measure, name in [
            ["gross_amount", "gross_sales"],
            ["net_amount", "net_sales"],
            ["order_count", "order"],
        ] %}
            case
                when {{ comparison }}_{{ measure }} > 0
                then
                    {{
                        safe_ratio(
                            "(" ~ measure ~ " - " ~ comparison ~ "_" ~ measure ~ ")",
                            comparison ~ "_" ~ measure,
                        )
                    }}
            end as {{ comparison }}_{{ name }}_growth_rate,
        {% endfor %}
    {% endfor %}
    cast(day_count as bigint) as day_count,
    cast(elapsed_day_count as bigint) as elapsed_day_count,
    cast(period_start_date as date) as period_start_date,
    cast(period_end_date as date) as period_end_date,
    cast(prior_start_date as date) as prior_start_date,
    cast(prior_end_date as date) as prior_end_date,
    cast(prior_year_start_date as date) as prior_year_start_date,
    cast(prior_year_end_date as date) as prior_year_end_date
from final
