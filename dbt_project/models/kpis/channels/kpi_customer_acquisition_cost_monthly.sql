-- What a new customer cost, and after how many months his like have brought it in as
-- margin (K50).
-- Grain: one row per (period_type, acquired_month, scope_type, scope_name) with a new
-- customer or a cost. The total is the blended cost, the scope `paid` that of paid
-- channels alone.
with
    acquisitions as (select * from {{ ref("int_customer_acquisitions") }}),
    costs as (select * from {{ ref("int_acquisition_costs") }}),
    margins as (select * from {{ ref("int_acquisition_cohort_margins") }}),
    periods as (
        select
            *,
            row_number() over (
                partition by period_type order by period_start_date asc nulls last
            ) as period_number
        from {{ ref("int_periods") }}
        where period_type in ('month', 'jalali_month')
    ),
    last_periods as (
        select
            period_type,
            max(case when is_complete then period_number end) as last_period_number
        from periods
        group by period_type
    ),
    period_days as (
        select *
        from {{ ref("int_period_days") }}
        where comparison_type = 'current' and period_type in ('month', 'jalali_month')
    ),
    events as (
        select
            scope_type,
            scope_name,
            1 as customer_count,
            0 as cost_amount,
            0 as unconverted_count,
            first_order_date as event_date
        from acquisitions
        union all
        select
            scope_type,
            scope_name,
            0 as customer_count,
            cost_amount_base as cost_amount,
            unconverted_cost_count as unconverted_count,
            cost_date as event_date
        from costs
    ),
    summed as (
        select
            period_days.period_type,
            period_days.period_start_date,
            events.scope_type,
            events.scope_name,
            sum(events.customer_count) as customer_count,
            sum(events.cost_amount) as cost_amount,
            sum(events.unconverted_count) as unconverted_count
        from events
        inner join period_days on events.event_date = period_days.calendar_date
        group by
            period_days.period_type,
            period_days.period_start_date,
            events.scope_type,
            events.scope_name
    ),
    final as (
        select
            summed.period_type,
            summed.period_start_date,
            summed.scope_type,
            summed.scope_name,
            summed.customer_count,
            summed.cost_amount,
            summed.unconverted_count,
            sum(margins.margin_amount_base) as margin_amount,
            sum(margins.sales_amount_base) as sales_amount,
            sum(margins.covered_sales_amount_base) as covered_sales_amount,
            min(
                case
                    when
                        summed.cost_amount > 0
                        and margins.cumulative_margin_amount_base >= summed.cost_amount
                    then margins.month_number
                end
            ) as payback_months
        from summed
        left join
            margins
            on summed.period_type = margins.period_type
            and summed.period_start_date = margins.acquired_month
            and summed.scope_type = margins.scope_type
            and summed.scope_name = margins.scope_name
        group by
            summed.period_type,
            summed.period_start_date,
            summed.scope_type,
            summed.scope_name,
            summed.customer_count,
            summed.cost_amount,
            summed.unconverted_count
    )
select
    cast(final.period_type as string) as period_type,
    cast(final.period_start_date as date) as acquired_month,
    cast(final.scope_type as string) as scope_type,
    cast(final.scope_name as string) as scope_name,
    cast(periods.is_complete as boolean) as is_complete,
    cast(final.payback_months is not null as boolean) as is_paid_back,
    cast(final.customer_count as bigint) as new_customer_count,
    cast(final.cost_amount as decimal(18, 2)) as acquisition_cost_amount_base,
    cast(final.unconverted_count as bigint) as unconverted_cost_count,
    {{ safe_ratio("final.cost_amount", "final.customer_count") }}
    as customer_acquisition_cost,
    cast(
        greatest(
            last_periods.last_period_number - periods.period_number + 1, 0
        ) as bigint
    ) as observed_months,
    cast(
        case
            when final.covered_sales_amount <> 0 then final.margin_amount
        end as decimal(18, 2)
    ) as cumulative_margin_amount_base,
    {{ safe_ratio("final.covered_sales_amount", "final.sales_amount") }}
    as margin_coverage_share,
    cast(final.payback_months as bigint) as payback_months
from final
inner join
    periods
    on final.period_type = periods.period_type
    and final.period_start_date = periods.period_start_date
inner join last_periods on final.period_type = last_periods.period_type
