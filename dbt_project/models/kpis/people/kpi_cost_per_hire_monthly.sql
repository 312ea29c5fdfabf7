-- K75: what hiring cost against who was hired, by month and over twelve months: costs
-- are booked weeks before the hire begins, so that a single month tells little.
-- Grain: one row per (period_type, hiring_month, scope_type, scope_name), without gaps
-- from the month of the first cost on.
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
        where
            change_type = 'hire'
            and scope_type in ('total', 'department', 'job_title', 'hire_source')
    ),
    first_days as (select min(cost_date) as first_date from costs),
    months as (
        select
            periods.period_type,
            periods.period_start_date as hiring_month,
            periods.is_complete
        from {{ ref("int_periods") }} as periods
        inner join first_days on periods.period_end_date >= first_days.first_date
        where periods.period_type in ('month', 'jalali_month')
    ),
    period_days as (
        select period_type, period_start_date as hiring_month, calendar_date
        from {{ ref("int_period_days") }}
        where period_type in ('month', 'jalali_month') and comparison_type = 'current'
    ),
    scoped_costs as (
        {% for scope_type, scope_name in [
            ["total", "'all'"],
            ["department", "department_name"],
            ["job_title", "job_title"],
            ["hire_source", "source_name"],
        ] %}
            select
                '{{ scope_type }}' as scope_type,
                {{ scope_name }} as scope_name,
                cost_type,
                cost_amount_base,
                cost_date
            from costs
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),
    costs_summed as (
        select
            period_days.period_type,
            period_days.hiring_month,
            scoped_costs.scope_type,
            scoped_costs.scope_name,
            {% for measure in measures %}
                sum(
                    case
                        when scoped_costs.cost_type = '{{ measure }}'
                        then scoped_costs.cost_amount_base
                        else 0
                    end
                ) as {{ measure }}_amount,
            {% endfor %}
            sum(coalesce(scoped_costs.cost_amount_base, 0)) as total_amount,
            count(*) filter (
                where scoped_costs.cost_amount_base is null
            ) as unconverted_count
        from scoped_costs
        inner join period_days on scoped_costs.cost_date = period_days.calendar_date
        group by
            period_days.period_type,
            period_days.hiring_month,
            scoped_costs.scope_type,
            scoped_costs.scope_name
    ),
    hires_counted as (
        select
            months.period_type,
            months.hiring_month,
            hires.scope_type,
            hires.scope_name,
            count(*) as hire_count
        from hires
        inner join period_days on hires.change_date = period_days.calendar_date
        inner join
            months
            on period_days.period_type = months.period_type
            and period_days.hiring_month = months.hiring_month
        group by
            months.period_type, months.hiring_month, hires.scope_type, hires.scope_name
    ),
    scopes as (
        select period_type, scope_type, scope_name
        from costs_summed
        union
        select period_type, scope_type, scope_name
        from hires_counted
    ),
    filled as (
        select
            months.period_type,
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
        inner join scopes on months.period_type = scopes.period_type
        left join
            costs_summed
            on months.period_type = costs_summed.period_type
            and months.hiring_month = costs_summed.hiring_month
            and scopes.scope_type = costs_summed.scope_type
            and scopes.scope_name = costs_summed.scope_name
        left join
            hires_counted
            on months.period_type = hires_counted.period_type
            and months.hiring_month = hires_counted.hiring_month
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
                partition by period_type, scope_type, scope_name
                order by hiring_month asc nulls last
                rows between 11 preceding and current row
            )
    )
select
    cast(period_type as string) as period_type,
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
