-- K68 at the end of each month and on average, and K78's revenue for each whole job:
-- people by the part of a whole job that they have, those of unknown part beside it.
-- Grain: one row per (period_type, headcount_month, scope_type, scope_name), without
-- gaps from the scope's first month on.
with
    intervals as (select * from {{ ref("int_employment_intervals") }} where is_counted),
    shares as (select * from {{ ref("int_people_fte_intervals") }}),
    dates as (
        select calendar_date
        from {{ ref("dim_dates") }}
        where calendar_date <= {{ as_of_date() }}
    ),
    periods as (
        select *
        from {{ ref("int_periods") }}
        where period_type in ('month', 'jalali_month')
    ),
    period_days as (
        select *
        from {{ ref("int_period_days") }}
        where period_type in ('month', 'jalali_month') and comparison_type = 'current'
    ),
    sales as (select * from {{ ref("kpi_sales") }} where scope_type = 'total'),
    person_days as (
        select
            dates.calendar_date,
            intervals.department_name,
            intervals.location_name,
            coalesce(intervals.manager_person_key, 'no manager') as manager_name,
            shares.fte_share
        from intervals
        inner join
            dates
            on intervals.valid_from_date <= dates.calendar_date
            and intervals.valid_until_date > dates.calendar_date
        left join
            shares
            on intervals.person_key = shares.person_key
            and dates.calendar_date >= shares.fte_from_date
            and dates.calendar_date < shares.fte_until_date
    ),
    daily as (
        {% for scope_type, scope_name in [
            ["total", "'all'"],
            ["department", "department_name"],
            ["location", "location_name"],
            ["manager", "manager_name"],
        ] %}
            select
                calendar_date,
                '{{ scope_type }}' as scope_type,
                {{ scope_name }} as scope_name,
                count(*) as headcount_count,
                count(fte_share) as known_count,
                coalesce(sum(fte_share), 0) as fte_value
            from person_days
            group by calendar_date, {{ scope_name }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),
    scopes as (
        select scope_type, scope_name, min(calendar_date) as first_date
        from daily
        group by scope_type, scope_name
    ),
    summed as (
        select
            period_days.period_type,
            period_days.period_start_date,
            daily.scope_type,
            daily.scope_name,
            max(daily.calendar_date) as last_date,
            sum(daily.headcount_count) as person_day_count,
            sum(daily.known_count) as known_person_day_count,
            sum(daily.fte_value) as total_fte_days
        from daily
        inner join period_days on daily.calendar_date = period_days.calendar_date
        group by
            period_days.period_type,
            period_days.period_start_date,
            daily.scope_type,
            daily.scope_name
    ),
    final as (
        select
            periods.period_type,
            periods.period_start_date,
            periods.is_complete,
            periods.elapsed_day_count,
            scopes.scope_type,
            scopes.scope_name,
            coalesce(closing.headcount_count, 0) as headcount_count,
            coalesce(closing.known_count, 0) as known_count,
            coalesce(closing.fte_value, 0) as fte_value,
            coalesce(summed.person_day_count, 0) as person_day_count,
            coalesce(summed.known_person_day_count, 0) as known_person_day_count,
            coalesce(summed.total_fte_days, 0) as total_fte_days,
            sales.event_dated_net_sales_amount_base as net_amount
        from scopes
        inner join periods on scopes.first_date <= periods.period_end_date
        left join
            summed
            on periods.period_type = summed.period_type
            and periods.period_start_date = summed.period_start_date
            and scopes.scope_type = summed.scope_type
            and scopes.scope_name = summed.scope_name
        left join
            daily as closing
            on least(periods.period_end_date, {{ as_of_date() }})
            = closing.calendar_date
            and scopes.scope_type = closing.scope_type
            and scopes.scope_name = closing.scope_name
        left join
            sales
            on periods.period_type = sales.period_type
            and periods.period_start_date = sales.period_start_date
            and scopes.scope_type = sales.scope_type
    )
select
    cast(period_type as string) as period_type,
    cast(period_start_date as date) as headcount_month,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    is_complete,
    cast(headcount_count as bigint) as headcount_count,
    cast(headcount_count - known_count as bigint) as unknown_fte_count,
    -- Sums of doubles leave noise behind the ninth decimal.
    cast(round(fte_value, 9) as double) as fte_value,
    cast(elapsed_day_count as bigint) as elapsed_day_count,
    cast(person_day_count as bigint) as person_day_count,
    cast(person_day_count - known_person_day_count as bigint) as unknown_fte_day_count,
    cast(round(total_fte_days, 9) as double) as total_fte_days,
    {{ safe_ratio("total_fte_days", "elapsed_day_count") }} as average_fte_value,
    {{ safe_ratio("known_person_day_count", "person_day_count") }} as known_fte_share,
    cast(net_amount as decimal(18, 2)) as net_sales_amount_base,
    case
        when total_fte_days > 0
        then
            cast(net_amount as double)
            / nullif({{ safe_ratio("total_fte_days", "elapsed_day_count") }}, 0)
    end as net_sales_per_fte_value
from final
