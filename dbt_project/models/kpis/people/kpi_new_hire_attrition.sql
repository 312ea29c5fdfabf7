-- K73: how many of a month's hires left within 90 and 365 days. A rate waits until
-- every hire of the month had the time to leave.
-- Grain: one row per (hire_month, scope_type, scope_name) with hires; the scope is that
-- of the hire.
{% set windows = [90, 365] %}
with
    spells as (select * from {{ ref("fct_employment_spells") }}),
    hires as (
        select * from {{ ref("fct_headcount_changes") }} where change_type = 'hire'
    ),
    final as (
        select
            cast(date_trunc('month', hires.change_date) as date) as hire_month,
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
            last_day(min(hires.change_date)) as month_end_date
        from hires
        inner join spells on hires.spell_key = spells.spell_key
        group by
            cast(date_trunc('month', hires.change_date) as date),
            hires.scope_type,
            hires.scope_name
    )
select
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
