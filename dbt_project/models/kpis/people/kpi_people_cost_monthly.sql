-- K78: gross pay by month, the company's against net sales. The pay of fewer than five
-- people stays hidden, and what would tell it.
-- Grain: one row per (pay_month, scope_type, scope_name) with somebody employed.
with
    pay as (select * from {{ ref("int_people_pay_monthly") }}),
    months as (select * from {{ ref("int_periods") }} where period_type = 'month'),
    sales as (
        select *
        from {{ ref("kpi_sales") }}
        where period_type = 'month' and scope_type = 'total'
    ),
    headcounts as (
        select * from {{ ref("kpi_headcount_monthly") }} where scope_type = 'total'
    ),
    scoped as (
        select 'total' as scope_type, 'all' as scope_name, pay.*
        from pay
        union all
        select 'department' as scope_type, department_name as scope_name, pay.*
        from pay
    ),
    summed as (
        select
            pay_month,
            scope_type,
            scope_name,
            count(*) filter (where is_last_priced) as priced_person_count,
            sum(person_day_count) as person_day_count,
            sum(on_leave_day_count) as on_leave_day_count,
            sum(priced_day_count) as priced_day_count,
            coalesce(sum(gross_pay_amount_base), 0) as total_amount
        from scoped
        group by pay_month, scope_type, scope_name
    ),
    hidden as (
        select
            *,
            {{
                is_hidden_group(
                    "priced_person_count", ["pay_month", "scope_type"], "scope_name"
                )
            }} as is_hidden
        from summed
    ),
    final as (
        select
            hidden.*,
            months.is_complete,
            case when not hidden.is_hidden then hidden.total_amount end as shown_amount,
            sales.event_dated_net_sales_amount_base as net_amount,
            headcounts.average_headcount
        from hidden
        inner join months on hidden.pay_month = months.period_start_date
        left join
            sales
            on hidden.pay_month = sales.period_start_date
            and hidden.scope_type = sales.scope_type
        left join
            headcounts
            on hidden.pay_month = headcounts.headcount_month
            and hidden.scope_type = headcounts.scope_type
    )
select
    cast(pay_month as date) as pay_month,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    is_complete,
    is_hidden,
    cast(priced_person_count as bigint) as priced_person_count,
    cast(person_day_count as bigint) as person_day_count,
    cast(on_leave_day_count as bigint) as on_leave_day_count,
    cast(person_day_count - priced_day_count as bigint) as unpriced_day_count,
    cast(shown_amount as decimal(18, 2)) as gross_pay_amount_base,
    average_headcount,
    cast(net_amount as decimal(18, 2)) as net_sales_amount_base,
    -- Where more came back than was sold the ratio says nothing.
    case
        when net_amount > 0 then {{ safe_ratio("shown_amount", "net_amount") }}
    end as gross_pay_to_net_sales_rate,
    {{ safe_ratio("net_amount", "average_headcount") }} as net_sales_per_head
from final
