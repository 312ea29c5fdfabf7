-- Shop sales per period, in total and by country, beside the period before and the year
-- before (K1 to K4, K6, K38, K39, K41).
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
with
    orders as (select * from {{ ref("fct_orders") }}),
    refunds as (select * from {{ ref("fct_refunds") }}),
    periods as (select * from {{ ref("int_periods") }}),
    period_days as (select * from {{ ref("int_period_days") }}),
    -- One row per event and date that it counts on; each measure is set by one of them.
    events as (
        select
            order_date as event_date,
            country_name,
            gross_amount_base as gross_amount,
            discount_amount_base as discount_amount,
            total_amount_base as total_amount,
            1 as order_count,
            case when line_count = 0 then 1 else 0 end as order_without_lines_count,
            unit_count,
            case when gross_amount_base is null then 1 else 0 end as unconverted_count,
            case
                when gross_amount_base is null then 1 else 0
            end as unconverted_order_count,
            0 as returned_amount,
            0 as refund_total_amount,
            0 as refund_count,
            0 as returned_unit_count,
            0 as unlinked_returned_amount,
            0 as order_dated_returned_amount,
            0 as order_dated_returned_unit_count
        from orders
        union all
        select
            refund_date as event_date,
            country_name,
            0 as gross_amount,
            0 as discount_amount,
            0 as total_amount,
            0 as order_count,
            0 as order_without_lines_count,
            0 as unit_count,
            case
                when returned_amount_base is null then 1 else 0
            end as unconverted_count,
            0 as unconverted_order_count,
            returned_amount_base as returned_amount,
            refund_total_amount_base as refund_total_amount,
            1 as refund_count,
            returned_unit_count,
            case
                when order_key is null then returned_amount_base else 0
            end as unlinked_returned_amount,
            0 as order_dated_returned_amount,
            0 as order_dated_returned_unit_count
        from refunds
        union all
        select
            order_date as event_date,
            country_name,
            0 as gross_amount,
            0 as discount_amount,
            0 as total_amount,
            0 as order_count,
            0 as order_without_lines_count,
            0 as unit_count,
            0 as unconverted_count,
            0 as unconverted_order_count,
            0 as returned_amount,
            0 as refund_total_amount,
            0 as refund_count,
            0 as returned_unit_count,
            0 as unlinked_returned_amount,
            returned_amount_base as order_dated_returned_amount,
            returned_unit_count as order_dated_returned_unit_count
        from refunds
        where order_key is not null
    ),
    daily as (
        select
            event_date,
            country_name
            {%- for measure in measures %}
                , sum({{ measure }}) as {{ measure }}
            {%- endfor %}
        from events
        group by event_date, country_name
    ),
    scoped as (
        select 'country' as scope_type, country_name as scope_name, daily.*
        from daily
        union all
        select 'total' as scope_type, 'all' as scope_name, daily.*
        from daily
    ),
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
                        then
                            coalesce(scoped.gross_amount, 0)
                            - coalesce(scoped.discount_amount, 0)
                            - coalesce(scoped.returned_amount, 0)
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
        inner join scopes on periods.period_end_date >= scopes.first_date
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
            total_amount - refund_total_amount as total_sales_amount
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
