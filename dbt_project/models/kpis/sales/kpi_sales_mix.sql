-- K9: what part of the sales each scope makes, and whether it is more than before.
-- Grain: one row per (period_type, period_start_date, scope_type, scope_name), periods
-- from the month on.
with
    sales as (
        select * from {{ ref("kpi_sales") }} where period_type not in ('day', 'week')
    ),
    totals as (select * from sales where scope_type = 'total'),
    final as (
        select
            sales.*,
            totals.event_dated_net_sales_amount_base as total_amount,
            -- A scope that had not sold yet was a part of 0 of what others sold.
            {%- for comparison in ["prior", "prior_year"] %}
                case
                    when totals.{{ comparison }}_net_sales_amount_base is not null
                    then coalesce(sales.{{ comparison }}_net_sales_amount_base, 0)
                end as {{ comparison }}_amount,
                totals.{{ comparison }}_net_sales_amount_base
                as {{ comparison }}_total_amount
                {%- if not loop.last %}, {% endif %}
            {%- endfor %}
        from sales
        inner join
            totals
            on sales.period_type = totals.period_type
            and sales.period_start_date = totals.period_start_date
        where sales.scope_type <> 'total'
    )
select
    cast(period_type as string) as period_type,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(is_complete as boolean) as is_complete,
    cast(event_dated_net_sales_amount_base as decimal(18, 2)) as net_sales_amount_base,
    cast(total_amount as decimal(18, 2)) as total_net_sales_amount_base,
    {{ safe_ratio("event_dated_net_sales_amount_base", "total_amount") }}
    as net_sales_share,
    {% for comparison in ["prior", "prior_year"] %}
        cast(
            {{ comparison }}_amount as decimal(18, 2)
        ) as {{ comparison }}_net_sales_amount_base,
        cast(
            {{ comparison }}_total_amount as decimal(18, 2)
        ) as {{ comparison }}_total_net_sales_amount_base,
        {{ safe_ratio(comparison ~ "_amount", comparison ~ "_total_amount") }}
        as {{ comparison }}_net_sales_share,
        -- An index against nothing, or against more back than sold, has no meaning.
        case
            when {{ comparison }}_amount > 0 and {{ comparison }}_total_amount > 0
            then
                {{ safe_ratio("event_dated_net_sales_amount_base", "total_amount") }}
                / {{ safe_ratio(comparison ~ "_amount", comparison ~ "_total_amount") }}
        end as {{ comparison }}_mix_index_rate,
    {% endfor %}
    cast(period_start_date as date) as period_start_date,
    cast(period_end_date as date) as period_end_date
from final
