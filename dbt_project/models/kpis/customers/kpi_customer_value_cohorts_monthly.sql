-- K82: what the customers won in a month were worth by the end of each later month.
-- Grain: one row per (cohort_month, month_number, scope_type, scope_name); month 0 is
-- the cohort's own. Only months that are over.
with
    buyers as (select * from {{ ref("int_buyer_scopes") }}),
    value_days as (select * from {{ ref("int_customer_value_days") }}),
    dates as (select * from {{ ref("dim_dates") }}),
    months as (
        select
            period_start_date,
            row_number() over (order by period_start_date asc nulls last) as ordinal
        from {{ ref("int_periods") }}
        where period_type = 'month' and is_complete
    ),
    members as (
        select buyers.*, dates.calendar_month as cohort_month
        from buyers
        inner join dates on buyers.first_order_date = dates.calendar_date
    ),
    cohorts as (
        select cohort_month, scope_type, scope_name, count(*) as customer_count
        from members
        group by cohort_month, scope_type, scope_name
    ),
    monthly_values as (
        select
            members.cohort_month,
            members.scope_type,
            members.scope_name,
            dates.calendar_month as value_month,
            sum(value_days.net_value_amount_base) as net_value_amount_base
        from members
        inner join value_days on members.customer_key = value_days.customer_key
        inner join dates on value_days.value_date = dates.calendar_date
        group by
            members.cohort_month,
            members.scope_type,
            members.scope_name,
            dates.calendar_month
    ),
    observed as (
        select
            cohorts.*,
            observed_months.ordinal - first_months.ordinal as month_number,
            observed_months.period_start_date as value_month
        from cohorts
        inner join
            months as first_months
            on cohorts.cohort_month = first_months.period_start_date
        inner join
            months as observed_months on first_months.ordinal <= observed_months.ordinal
    ),
    final as (
        select
            observed.*,
            coalesce(monthly_values.net_value_amount_base, 0) as month_amount_base,
            sum(coalesce(monthly_values.net_value_amount_base, 0)) over (
                partition by
                    observed.cohort_month, observed.scope_type, observed.scope_name
                order by observed.month_number asc nulls last
                rows between unbounded preceding and current row
            ) as net_sales_amount_base
        from observed
        left join
            monthly_values
            on observed.cohort_month = monthly_values.cohort_month
            and observed.scope_type = monthly_values.scope_type
            and observed.scope_name = monthly_values.scope_name
            and observed.value_month = monthly_values.value_month
    )
select
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(month_number as int) as month_number,
    cast(customer_count as bigint) as customer_count,
    cast(month_amount_base as decimal(18, 2)) as month_net_sales_amount_base,
    cast(net_sales_amount_base as decimal(18, 2)) as net_sales_amount_base,
    {{ safe_ratio("net_sales_amount_base", "customer_count") }} as lifetime_value,
    cast(cohort_month as date) as cohort_month
from final
