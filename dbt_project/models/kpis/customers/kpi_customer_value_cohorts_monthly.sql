-- K82: what the customers won in a month were worth by the end of each later month, and
-- how many of them ordered in it.
-- Grain: one row per (period_type, cohort_month, month_number, scope_type, scope_name);
-- month 0 is the cohort's own. Only months that are over.
with
    buyers as (select * from {{ ref("int_buyer_scopes") }}),
    value_days as (select * from {{ ref("int_customer_value_days") }}),
    purchases as (select * from {{ ref("int_purchases") }}),
    resolved as (select * from {{ ref("int_resolved_orders") }}),
    days as (
        select *
        from {{ ref("int_period_days") }}
        where period_type in ('month', 'jalali_month') and comparison_type = 'current'
    ),
    months as (
        select
            period_type,
            period_start_date,
            row_number() over (
                partition by period_type order by period_start_date asc nulls last
            ) as ordinal
        from {{ ref("int_periods") }}
        where period_type in ('month', 'jalali_month') and is_complete
    ),
    members as (
        select buyers.*, days.period_type, days.period_start_date as cohort_month
        from buyers
        inner join days on buyers.first_order_date = days.calendar_date
    ),
    cohorts as (
        select
            period_type,
            cohort_month,
            scope_type,
            scope_name,
            count(*) as customer_count
        from members
        group by period_type, cohort_month, scope_type, scope_name
    ),
    monthly_values as (
        select
            members.period_type,
            members.cohort_month,
            members.scope_type,
            members.scope_name,
            days.period_start_date as value_month,
            sum(value_days.net_value_amount_base) as net_value_amount_base,
            sum(value_days.sales_amount_base) as sales_amount_base,
            sum(value_days.covered_sales_amount_base) as covered_sales_amount_base,
            sum(value_days.margin_amount_base) as margin_amount_base
        from members
        inner join value_days on members.customer_key = value_days.customer_key
        inner join
            days
            on members.period_type = days.period_type
            and value_days.value_date = days.calendar_date
        group by
            members.period_type,
            members.cohort_month,
            members.scope_type,
            members.scope_name,
            days.period_start_date
    ),
    active as (
        select
            members.period_type,
            members.cohort_month,
            members.scope_type,
            members.scope_name,
            days.period_start_date as value_month,
            count(distinct members.customer_key) as active_customer_count
        from members
        inner join purchases on members.customer_key = purchases.customer_key
        inner join
            days
            on members.period_type = days.period_type
            and purchases.purchase_date = days.calendar_date
        group by
            members.period_type,
            members.cohort_month,
            members.scope_type,
            members.scope_name,
            days.period_start_date
    ),
    observed as (
        select
            cohorts.*,
            observed_months.ordinal - first_months.ordinal as month_number,
            observed_months.period_start_date as value_month
        from cohorts
        inner join
            months as first_months
            on cohorts.period_type = first_months.period_type
            and cohorts.cohort_month = first_months.period_start_date
        inner join
            months as observed_months
            on first_months.period_type = observed_months.period_type
            and first_months.ordinal <= observed_months.ordinal
    ),
    final as (
        select
            observed.*,
            coalesce(active.active_customer_count, 0) as active_customer_count,
            coalesce(monthly_values.net_value_amount_base, 0) as month_amount_base,
            {% for measure, name in {
                "net_value": "net_sales",
                "sales": "sales",
                "covered_sales": "covered_sales",
                "margin": "covered_margin",
            }.items() %}
                sum(coalesce(monthly_values.{{ measure }}_amount_base, 0)) over (
                    partition by
                        observed.period_type,
                        observed.cohort_month,
                        observed.scope_type,
                        observed.scope_name
                    order by observed.month_number asc nulls last
                    rows between unbounded preceding and current row
                ) as {{ name }}_amount_base
                {% if not loop.last %},{% endif %}
            {% endfor %}
        from observed
        left join
            monthly_values
            on observed.period_type = monthly_values.period_type
            and observed.cohort_month = monthly_values.cohort_month
            and observed.scope_type = monthly_values.scope_type
            and observed.scope_name = monthly_values.scope_name
            and observed.value_month = monthly_values.value_month
        left join
            active
            on observed.period_type = active.period_type
            and observed.cohort_month = active.cohort_month
            and observed.scope_type = active.scope_type
            and observed.scope_name = active.scope_name
            and observed.value_month = active.value_month
    ),
    covered as (
        select
            final.*,
            resolved.resolved_order_share,
            -- Without a single known cost the margin is unknown, not 0.
            case
                when final.covered_sales_amount_base <> 0
                then final.covered_margin_amount_base
            end as margin_amount_base
        from final
        cross join resolved
    )
select
    cast(period_type as string) as period_type,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(month_number as int) as month_number,
    cast(customer_count as bigint) as customer_count,
    cast(active_customer_count as bigint) as active_customer_count,
    {{ safe_ratio("active_customer_count", "customer_count") }} as retention_rate,
    cast(month_amount_base as decimal(18, 2)) as month_net_sales_amount_base,
    cast(net_sales_amount_base as decimal(18, 2)) as net_sales_amount_base,
    {{ safe_ratio("net_sales_amount_base", "customer_count") }} as lifetime_value,
    cast(sales_amount_base as decimal(18, 2)) as sales_amount_base,
    cast(covered_sales_amount_base as decimal(18, 2)) as covered_sales_amount_base,
    cast(margin_amount_base as decimal(18, 2)) as margin_amount_base,
    {{ safe_ratio("covered_sales_amount_base", "sales_amount_base") }}
    as margin_coverage_share,
    {{ safe_ratio("margin_amount_base", "customer_count") }} as lifetime_margin,
    cast(resolved_order_share as double) as resolved_order_share,
    cast(cohort_month as date) as cohort_month
from covered
