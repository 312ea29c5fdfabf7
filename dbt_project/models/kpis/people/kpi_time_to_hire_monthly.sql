-- K77: days from opening and from application to acceptance of what was filled in the
-- month, and what is still open at its end. Cancelled requisitions are in neither.
-- Grain: one row per (period_type, accepted_month, scope_type, scope_name), without
-- gaps
-- from the first opening or acceptance on.
with
    requisitions as (
        select
            *,
            coalesce(
                accepted_date, cancelled_date, cast('9999-12-31' as date)
            ) as closed_date
        from {{ ref("fct_requisitions") }}
    ),
    months as (
        select *
        from {{ ref("int_periods") }}
        where period_type in ('month', 'jalali_month')
    ),
    period_days as (
        select *
        from {{ ref("int_period_days") }}
        where period_type in ('month', 'jalali_month') and comparison_type = 'current'
    ),
    scoped as (
        {% for scope_type, scope_name in [
            ["total", "'all'"],
            ["department", "department_name"],
            ["location", "location_name"],
        ] %}
            select
                '{{ scope_type }}' as scope_type,
                {{ scope_name }} as scope_name,
                requisitions.*
            from requisitions
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),
    scopes as (
        select
            scope_type,
            scope_name,
            min(coalesce(opened_date, accepted_date)) as first_date
        from scoped
        group by scope_type, scope_name
    ),
    filled as (
        select
            period_days.period_type,
            period_days.period_start_date as accepted_month,
            scoped.scope_type,
            scoped.scope_name,
            count(*) as filled_count,
            {% for measure in ["fill", "hire"] %}
                count(scoped.days_to_{{ measure }}) as timed_{{ measure }}_count,
                sum(scoped.days_to_{{ measure }}) as total_days_to_{{ measure }},
                percentile_cont(0.5) within group (
                    order by cast(scoped.days_to_{{ measure }} as double) asc nulls last
                ) as median_days_to_{{ measure }}
                {%- if not loop.last %}, {% endif %}
            {% endfor %}
        from scoped
        inner join period_days on scoped.accepted_date = period_days.calendar_date
        group by
            period_days.period_type,
            period_days.period_start_date,
            scoped.scope_type,
            scoped.scope_name
    ),
    opened as (
        select
            months.period_type,
            months.period_start_date as accepted_month,
            scoped.scope_type,
            scoped.scope_name,
            count(*) as open_count
        from scoped
        inner join
            months
            on scoped.opened_date <= months.period_end_date
            and scoped.closed_date > least(months.period_end_date, {{ as_of_date() }})
        group by
            months.period_type,
            months.period_start_date,
            scoped.scope_type,
            scoped.scope_name
    )
select
    cast(months.period_type as string) as period_type,
    cast(months.period_start_date as date) as accepted_month,
    cast(scopes.scope_type as string) as scope_type,
    cast(scopes.scope_name as string) as scope_name,
    months.is_complete,
    cast(coalesce(filled.filled_count, 0) as bigint) as filled_count,
    cast(coalesce(opened.open_count, 0) as bigint) as open_count,
    {% for measure in ["fill", "hire"] %}
        cast(
            coalesce(filled.timed_{{ measure }}_count, 0) as bigint
        ) as timed_{{ measure }}_count,
        cast(
            coalesce(filled.total_days_to_{{ measure }}, 0) as bigint
        ) as total_days_to_{{ measure }},
        {{
            safe_ratio(
                "filled.total_days_to_" ~ measure,
                "filled.timed_" ~ measure ~ "_count",
            )
        }} as mean_days_to_{{ measure }},
        cast(
            filled.median_days_to_{{ measure }} as double
        ) as median_days_to_{{ measure }}
        {%- if not loop.last %}, {% endif %}
    {% endfor %}
from scopes
inner join months on scopes.first_date <= months.period_end_date
left join
    filled
    on months.period_type = filled.period_type
    and months.period_start_date = filled.accepted_month
    and scopes.scope_type = filled.scope_type
    and scopes.scope_name = filled.scope_name
left join
    opened
    on months.period_type = opened.period_type
    and months.period_start_date = opened.accepted_month
    and scopes.scope_type = opened.scope_type
    and scopes.scope_name = opened.scope_name
