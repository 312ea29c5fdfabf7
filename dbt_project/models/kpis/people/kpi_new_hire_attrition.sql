-- K73: how many of a month's hires left within 90 and 365 days. A rate waits until
-- every hire of the month had the time to leave.
-- Grain: one row per (period_type, hire_month, scope_type, scope_name) with hires; the
-- scope is that of the hire.
{% set windows = [90, 365] %}
with
    spells as (select * from {{ ref("fct_employment_spells") }}),
    hires as (
        select *
        from {{ ref("fct_headcount_changes") }}
        where change_type = 'hire' and scope_type not in ('age_group', 'tenure_band')
    ),
    period_days as (
        select *
        from {{ ref("int_period_days") }}
        where period_type in ('month', 'jalali_month') and comparison_type = 'current'
    ),
    periods as (select * from {{ ref("int_periods") }}),
    final as (
        select
            period_days.period_type,
            period_days.period_start_date as hire_month,
            hires.scope_type,
            hires.scope_name,
            count(*) as hire_count,
            {% for days in windows %}
                count(*) filter (
                    where spells.hire_date + {{ days }} <= {{ as_of_date() }}
                ) as observed_{{ days }}_day_hire_count,
                count(*) filter (
                    where not spells.is_open and spells.employed_days <= {{ days }}
                ) as left_within_{{ days }}_days_count,
            {% endfor %}
            max(periods.period_end_date) as month_end_date
        from hires
        inner join spells on hires.spell_key = spells.spell_key
        inner join period_days on hires.change_date = period_days.calendar_date
        inner join
            periods
            on period_days.period_type = periods.period_type
            and period_days.period_start_date = periods.period_start_date
        group by
            period_days.period_type,
            period_days.period_start_date,
            hires.scope_type,
            hires.scope_name
    )
select
    cast(period_type as string) as period_type,
    cast(hire_month as date) as hire_month,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    {% for days in windows %}
        month_end_date + {{ days }} <= {{ as_of_date() }} as is_mature_{{ days }}_days,
    {% endfor %}
    cast(hire_count as bigint) as hire_count,
    {% for days in windows %}
        cast(
            observed_{{ days }}_day_hire_count as bigint
        ) as observed_{{ days }}_day_hire_count,
        cast(
            left_within_{{ days }}_days_count as bigint
        ) as left_within_{{ days }}_days_count,
        case
            when month_end_date + {{ days }} <= {{ as_of_date() }}
            then {{ safe_ratio("left_within_" ~ days ~ "_days_count", "hire_count") }}
        end as attrition_{{ days }}_day_rate
        {%- if not loop.last %}, {% endif %}
    {% endfor %}
from final
