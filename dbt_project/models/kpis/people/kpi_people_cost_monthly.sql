-- K78: gross pay by month, the company's against net sales, and all against the month
-- and the year before. The pay of fewer than five people stays hidden, and what would
-- tell it.
-- Grain: one row per (period_type, pay_month, scope_type, scope_name) with somebody
-- employed.
{% set comparisons = ["prior", "prior_year"] %}
with
    pay as (select * from {{ ref("int_people_pay_monthly") }}),
    periods as (select * from {{ ref("int_periods") }}),
    sales as (select * from {{ ref("kpi_sales") }} where scope_type = 'total'),
    headcounts as (
        select * from {{ ref("kpi_headcount_monthly") }} where scope_type = 'total'
    ),
    summed as (
        select
            period_type,
            pay_month,
            comparison_type,
            scope_type,
            scope_name,
            count(*) filter (where is_last_priced) as priced_person_count,
            sum(person_day_count) as person_day_count,
            sum(on_leave_day_count) as on_leave_day_count,
            sum(priced_day_count) as priced_day_count,
            coalesce(sum(gross_pay_amount_base), 0) as total_amount
        from pay
        group by period_type, pay_month, comparison_type, scope_type, scope_name
    ),
    hidden as (
        select
            *,
            {{
                is_hidden_group(
                    "priced_person_count",
                    ["period_type", "pay_month", "comparison_type", "scope_type"],
                    "scope_name",
                )
            }} as is_hidden
        from summed
    ),
    shown as (
        select *, case when not is_hidden then total_amount end as shown_amount
        from hidden
    ),
    final as (
        select
            shown.*,
            periods.is_complete,
            {% for comparison in comparisons %}
                {{ comparison }}_shown.shown_amount as {{ comparison }}_amount,
            {% endfor %}
            sales.event_dated_net_sales_amount_base as net_amount,
            headcounts.average_headcount
        from shown
        inner join
            periods
            on shown.period_type = periods.period_type
            and shown.pay_month = periods.period_start_date
        {% for comparison in comparisons %}
            left join
                shown as {{ comparison }}_shown
                on shown.period_type = {{ comparison }}_shown.period_type
                and shown.pay_month = {{ comparison }}_shown.pay_month
                and shown.scope_type = {{ comparison }}_shown.scope_type
                and shown.scope_name = {{ comparison }}_shown.scope_name
                and {{ comparison }}_shown.comparison_type = '{{ comparison }}'
        {% endfor %}
        left join
            sales
            on shown.period_type = sales.period_type
            and shown.pay_month = sales.period_start_date
            and shown.scope_type = sales.scope_type
        left join
            headcounts
            on shown.period_type = headcounts.period_type
            and shown.pay_month = headcounts.headcount_month
            and shown.scope_type = headcounts.scope_type
        where shown.comparison_type = 'current'
    )
select
    cast(period_type as string) as period_type,
    cast(pay_month as date) as pay_month,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    is_complete,
    is_hidden,
    cast(priced_person_count as bigint) as priced_person_count,
    cast(person_day_count as bigint) as person_day_count,
    cast(
        case
            when scope_type not in ('age_group', 'tenure_band') then on_leave_day_count
        end as bigint
    ) as on_leave_day_count,
    cast(person_day_count - priced_day_count as bigint) as unpriced_day_count,
    cast(shown_amount as decimal(18, 2)) as gross_pay_amount_base,
    average_headcount,
    cast(net_amount as decimal(18, 2)) as net_sales_amount_base,
    -- Where more came back than was sold the ratio says nothing.
    case
        when net_amount > 0 then {{ safe_ratio("shown_amount", "net_amount") }}
    end as gross_pay_to_net_sales_rate,
    {{ safe_ratio("net_amount", "average_headcount") }} as net_sales_per_head,
    {% for comparison in comparisons %}
        cast(
            {{ comparison }}_amount as decimal(18, 2)
        ) as {{ comparison }}_gross_pay_amount_base,
        {{ growth_rate("shown_amount", comparison ~ "_amount") }}
        as {{ comparison }}_gross_pay_growth_rate
        {%- if not loop.last %}, {% endif %}
    {% endfor %}
from final
