-- What a customer is worth by the formula: sales per active customer and month x margin
-- / monthly churn, each over the six months up to the row's, and against what winning
-- one cost in them (K88).
-- Grain: one row per (period_type, value_month, scope_type, scope_name) that is over
-- and has six months behind it.
with
    activity as (select * from {{ ref("int_customer_activity_monthly") }}),
    acquisition_costs as (
        select *
        from {{ ref("kpi_customer_acquisition_cost_monthly") }}
        where scope_type in ('total', 'channel')
    ),
    months as (
        select period_type, activity_month, month_number
        from activity
        group by period_type, activity_month, month_number
    ),
    first_months as (
        select period_type, min(month_number) as first_month_number
        from months
        group by period_type
    ),
    summed as (
        select
            period_type,
            activity_month,
            month_number,
            scope_type,
            scope_name,
            active_customer_count,
            {% for measure in [
                "active_customer_count",
                "opening_customer_count",
                "churned_customer_count",
                "sales_amount_base",
                "covered_sales_amount_base",
                "margin_amount_base",
            ] %}
                sum({{ measure }}) over six_months as trailing_{{ measure }}
                {%- if not loop.last %},{% endif %}
            {% endfor %}
        from activity
        window
            six_months as (
                partition by period_type, scope_type, scope_name
                order by month_number asc nulls last
                range between 5 preceding and current row
            )
    ),
    acquired as (
        select
            months.period_type,
            months.activity_month,
            acquisition_costs.scope_type,
            acquisition_costs.scope_name,
            sum(acquisition_costs.new_customer_count) as new_customer_count,
            sum(acquisition_costs.acquisition_cost_amount_base) as cost_amount
        from months
        inner join
            months as earlier
            on months.period_type = earlier.period_type
            and months.month_number >= earlier.month_number
            and months.month_number - 5 <= earlier.month_number
        inner join
            acquisition_costs
            on earlier.period_type = acquisition_costs.period_type
            and earlier.activity_month = acquisition_costs.acquired_month
        group by
            months.period_type,
            months.activity_month,
            acquisition_costs.scope_type,
            acquisition_costs.scope_name
    ),
    joined as (
        select
            summed.*,
            case
                when own.scope_name is not null then summed.scope_type else 'total'
            end as cost_scope_type,
            case
                when own.scope_name is not null
                then own.new_customer_count
                else blended.new_customer_count
            end as new_customer_count,
            case
                when own.scope_name is not null
                then own.cost_amount
                else blended.cost_amount
            end as cost_amount
        from summed
        inner join first_months on summed.period_type = first_months.period_type
        left join
            acquired as own
            on summed.period_type = own.period_type
            and summed.activity_month = own.activity_month
            and summed.scope_type = own.scope_type
            and summed.scope_name = own.scope_name
        left join
            acquired as blended
            on summed.period_type = blended.period_type
            and summed.activity_month = blended.activity_month
            and blended.scope_type = 'total'
        -- The month before the six has an opening, too.
        where summed.month_number >= first_months.first_month_number + 6
    ),
    rated as (
        select
            *,
            {{
                safe_ratio(
                    "trailing_sales_amount_base", "trailing_active_customer_count"
                )
            }} as sales_per_customer,
            {{
                safe_ratio(
                    "trailing_margin_amount_base",
                    "trailing_covered_sales_amount_base",
                )
            }} as margin_rate,
            {{
                safe_ratio(
                    "trailing_churned_customer_count",
                    "trailing_opening_customer_count",
                )
            }} as churn_rate,
            {{ safe_ratio("cost_amount", "new_customer_count") }} as acquisition_cost
        from joined
    ),
    final as (
        select
            *,
            {{ safe_ratio("(sales_per_customer * margin_rate)", "churn_rate") }}
            as formula_lifetime_value
        from rated
    )
select
    cast(period_type as string) as period_type,
    cast(activity_month as date) as value_month,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(
        case when acquisition_cost is not null then cost_scope_type end as string
    ) as acquisition_cost_scope_type,
    cast(
        active_customer_count < {{ var("formula_minimum_customers") }} as boolean
    ) as is_small_sample,
    cast(active_customer_count as bigint) as active_customer_count,
    cast(trailing_active_customer_count as bigint) as customer_month_count,
    cast(trailing_opening_customer_count as bigint) as opening_customer_month_count,
    cast(trailing_churned_customer_count as bigint) as churned_customer_count,
    cast(new_customer_count as bigint) as new_customer_count,
    cast(trailing_sales_amount_base as decimal(18, 2)) as sales_amount_base,
    cast(
        trailing_covered_sales_amount_base as decimal(18, 2)
    ) as covered_sales_amount_base,
    cast(trailing_margin_amount_base as decimal(18, 2)) as margin_amount_base,
    cast(cost_amount as decimal(18, 2)) as acquisition_cost_amount_base,
    cast(sales_per_customer as double) as monthly_sales_per_customer,
    cast(margin_rate as double) as margin_rate,
    cast(churn_rate as double) as monthly_churn_rate,
    cast(formula_lifetime_value as double) as formula_lifetime_value,
    cast(acquisition_cost as double) as customer_acquisition_cost,
    {{ safe_ratio("formula_lifetime_value", "acquisition_cost") }}
    as lifetime_value_to_acquisition_cost_ratio
from final
