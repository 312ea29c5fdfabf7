-- K75: what hiring cost against who was hired, by month and over twelve months: costs
-- are booked weeks before the hire begins, so that a single month tells little.
-- Grain: one row per (hiring_month, scope_type, scope_name), without gaps from the
-- month of the first cost on.
{% set measures = ["internal", "external", "other"] %}
with
    costs as (
        select *
        from {{ ref("fct_hiring_costs") }}
        where cost_date <= {{ as_of_date() }}
    ),
    hires as (
        select *
        from {{ ref("fct_headcount_changes") }}
        where change_type = 'hire' and scope_type in ('total', 'department')
    ),
    first_months as (
        select cast(date_trunc('month', min(cost_date)) as date) as first_month
        from costs
    ),
    months as (
        select periods.period_start_date as hiring_month, periods.is_complete
        from {{ ref("int_periods") }} as periods
        inner join first_months on periods.period_start_date >= first_months.first_month
        where periods.period_type = 'month'
    ),
    scoped_costs as (
        select 'total' as scope_type, 'all' as scope_name, costs.*
        from costs
        union all
        select 'department' as scope_type, department_name as scope_name, costs.*
        from costs
    ),
    costs_summed as (
        select
            cast(date_trunc('month', cost_date) as date) as hiring_month,
            scope_type,
            scope_name,
            {% for measure in measures %}
                sum(
                    case
                        when cost_type = '{{ measure }}' then cost_amount_base else 0
                    end
                ) as {{ measure }}_amount,
            {% endfor %}
            sum(coalesce(cost_amount_base, 0)) as total_amount,
            count(*) filter (where cost_amount_base is null) as unconverted_count
        from scoped_costs
        group by cast(date_trunc('month', cost_date) as date), scope_type, scope_name
    ),
    hires_counted as (
        select
            months.hiring_month,
            hires.scope_type,
            hires.scope_name,
            count(*) as hire_count
        from hires
        inner join
            months
            on cast(date_trunc('month', hires.change_date) as date)
            = months.hiring_month
        group by months.hiring_month, hires.scope_type, hires.scope_name
    ),
    scopes as (
        select scope_type, scope_name
        from costs_summed
        union
        select scope_type, scope_name
        from hires_counted
    ),
    filled as (
        select
            months.hiring_month,
            months.is_complete,
            scopes.scope_type,
            scopes.scope_name,
            {% for measure in measures + ["total"] %}
                coalesce(costs_summed.{{ measure }}_amount, 0) as {{ measure }}_amount,
            {% endfor %}
            coalesce(costs_summed.unconverted_count, 0) as unconverted_count,
            coalesce(hires_counted.hire_count, 0) as hire_count
        from months
        cross join scopes
        left join
            costs_summed
            on months.hiring_month = costs_summed.hiring_month
            and scopes.scope_type = costs_summed.scope_type
            and scopes.scope_name = costs_summed.scope_name
        left join
            hires_counted
            on months.hiring_month = hires_counted.hiring_month
            and scopes.scope_type = hires_counted.scope_type
            and scopes.scope_name = hires_counted.scope_name
    ),
    final as (
        select
            *,
            count(*) over twelve_months = 12 as has_twelve_months,
            sum(total_amount) over twelve_months as year_amount,
            sum(hire_count) over twelve_months as year_hire_count
        from filled
        window
            twelve_months as (
                partition by scope_type, scope_name
                order by hiring_month asc nulls last
                rows between 11 preceding and current row
            )
    )
select
    cast(hiring_month as date) as hiring_month,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    is_complete,
    has_twelve_months,
    {% for measure in measures %}
        cast({{ measure }}_amount as decimal(18, 2)) as {{ measure }}_cost_amount_base,
    {% endfor %}
    cast(total_amount as decimal(18, 2)) as cost_amount_base,
    cast(unconverted_count as bigint) as unconverted_count,
    cast(hire_count as bigint) as hire_count,
    {{ safe_ratio("total_amount", "hire_count") }} as cost_per_hire,
    cast(
        case when has_twelve_months then year_amount end as decimal(18, 2)
    ) as twelve_month_cost_amount_base,
    cast(
        case when has_twelve_months then year_hire_count end as bigint
    ) as twelve_month_hire_count,
    case
        when has_twelve_months then {{ safe_ratio("year_amount", "year_hire_count") }}
    end as twelve_month_cost_per_hire
from final
