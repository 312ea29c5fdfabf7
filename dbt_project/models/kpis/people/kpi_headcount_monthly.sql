-- K67 at the end of each month of either calendar, K69 in both usual forms, against the
-- month and the year before.
-- Grain: one row per (period_type, headcount_month, scope_type, scope_name), without
-- gaps from the scope's first month on.
{% set comparisons = ["prior", "prior_year"] %}
with
    daily as (select * from {{ ref("kpi_headcount_daily") }}),
    intervals as (select * from {{ ref("int_headcount_intervals") }}),
    periods as (
        select *, least(period_end_date, {{ as_of_date() }}) as closing_date
        from {{ ref("int_periods") }}
        where period_type in ('month', 'jalali_month')
    ),
    period_days as (
        select *
        from {{ ref("int_period_days") }}
        where period_type in ('month', 'jalali_month')
    ),
    summed as (
        select
            period_days.period_type,
            period_days.period_start_date,
            daily.scope_type,
            daily.scope_name,
            {% for comparison in ["current"] + comparisons %}
                sum(
                    case
                        when period_days.comparison_type = '{{ comparison }}'
                        then daily.headcount_count
                        else 0
                    end
                ) as {{ comparison }}_person_day_count
                {%- if not loop.last %}, {% endif %}
            {% endfor %}
        from daily
        inner join period_days on daily.calendar_date = period_days.calendar_date
        group by
            period_days.period_type,
            period_days.period_start_date,
            daily.scope_type,
            daily.scope_name
        having count(*) filter (where period_days.comparison_type = 'current') > 0
    ),
    -- Each person once, where he was last.
    placed as (
        select
            periods.period_type,
            periods.period_start_date,
            intervals.scope_type,
            intervals.scope_name,
            row_number() over (
                partition by
                    periods.period_type,
                    periods.period_start_date,
                    intervals.scope_type,
                    intervals.person_key
                order by intervals.valid_from_date desc nulls last
            ) as place_rank
        from intervals
        inner join
            periods
            on intervals.valid_from_date <= periods.closing_date
            and intervals.valid_until_date > periods.period_start_date
    ),
    people as (
        select
            period_type,
            period_start_date,
            scope_type,
            scope_name,
            count(*) as person_count
        from placed
        where place_rank = 1
        group by period_type, period_start_date, scope_type, scope_name
    ),
    final as (
        select
            summed.*,
            periods.is_complete,
            periods.elapsed_day_count,
            coalesce(people.person_count, 0) as person_count,
            coalesce(opening_daily.headcount_count, 0) as opening_count,
            coalesce(closing_daily.headcount_count, 0) as closing_count,
            closing_daily.on_leave_count,
            {% for comparison in comparisons %}
                case
                    when periods.{{ comparison }}_end_date is not null
                    then coalesce({{ comparison }}_daily.headcount_count, 0)
                end as {{ comparison }}_count,
                {{
                    days_between(
                        "periods." ~ comparison ~ "_start_date",
                        "periods." ~ comparison ~ "_end_date",
                    )
                }} + 1 as {{ comparison }}_day_count
                {%- if not loop.last %}, {% endif %}
            {% endfor %}
        from summed
        inner join
            periods
            on summed.period_type = periods.period_type
            and summed.period_start_date = periods.period_start_date
        left join
            people
            on summed.period_type = people.period_type
            and summed.period_start_date = people.period_start_date
            and summed.scope_type = people.scope_type
            and summed.scope_name = people.scope_name
        {% for name, day in [
                ["opening", "period_start_date - 1"],
                ["closing", "closing_date"],
                ["prior", "prior_end_date"],
                ["prior_year", "prior_year_end_date"],
            ] %}
            left join
                daily as {{ name }}_daily
                on periods.{{ day }} = {{ name }}_daily.calendar_date
                and summed.scope_type = {{ name }}_daily.scope_type
                and summed.scope_name = {{ name }}_daily.scope_name
        {% endfor %}
    )
select
    cast(period_type as string) as period_type,
    cast(period_start_date as date) as headcount_month,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    is_complete,
    cast(
        scope_type in ('age_group', 'tenure_band')
        and {{
            is_hidden_group(
                "person_count",
                ["period_type", "period_start_date", "scope_type"],
                "scope_name",
            )
        }} as boolean
    ) as is_hidden,
    cast(opening_count as bigint) as opening_headcount_count,
    cast(closing_count as bigint) as headcount_count,
    cast(on_leave_count as bigint) as on_leave_count,
    cast(person_count as bigint) as person_count,
    cast(current_person_day_count as bigint) as person_day_count,
    cast(elapsed_day_count as bigint) as elapsed_day_count,
    cast(opening_count + closing_count as double) / 2 as average_headcount_of_ends,
    {{ safe_ratio("current_person_day_count", "elapsed_day_count") }}
    as average_headcount,
    {% for comparison in comparisons %}
        cast({{ comparison }}_count as bigint) as {{ comparison }}_headcount_count,
        {{ safe_ratio(comparison ~ "_person_day_count", comparison ~ "_day_count") }}
        as {{ comparison }}_average_headcount,
        {{ growth_rate("closing_count", comparison ~ "_count") }}
        as {{ comparison }}_headcount_growth_rate
        {%- if not loop.last %}, {% endif %}
    {% endfor %}
from final
