-- K71, K72: who left against who was there, by month and over twelve months. Transfers
-- and contractors are in neither; retention is 1 - turnover.
-- Grain: one row per (headcount_month, scope_type, scope_name), as
-- kpi_headcount_monthly.
{% set kinds = ["voluntary", "involuntary", "other", "unknown", "regretted"] %}
with
    headcounts as (select * from {{ ref("kpi_headcount_monthly") }}),
    separations as (
        select *
        from {{ ref("fct_headcount_changes") }}
        where change_type = 'separation'
    ),
    summed as (
        select
            cast(date_trunc('month', change_date) as date) as headcount_month,
            scope_type,
            scope_name,
            {% for kind in kinds if kind != "regretted" %}
                count(*) filter (
                    where separation_type = '{{ kind }}'
                ) as {{ kind }}_count,
            {% endfor %}
            count(*) filter (where is_regretted) as regretted_count,
            count(*) as separation_count
        from separations
        group by cast(date_trunc('month', change_date) as date), scope_type, scope_name
    ),
    monthly as (
        select
            headcounts.*,
            {% for kind in kinds %}
                coalesce(summed.{{ kind }}_count, 0) as {{ kind }}_count,
            {% endfor %}
            coalesce(summed.separation_count, 0) as separation_count
        from headcounts
        left join
            summed
            on headcounts.headcount_month = summed.headcount_month
            and headcounts.scope_type = summed.scope_type
            and headcounts.scope_name = summed.scope_name
    ),
    final as (
        select
            *,
            count(*) over twelve_months = 12 as has_twelve_months,
            {% for kind in kinds %}
                sum({{ kind }}_count) over twelve_months as year_{{ kind }}_count,
            {% endfor %}
            sum(separation_count) over twelve_months as year_separation_count,
            cast(sum(person_day_count) over twelve_months as double)
            / sum(elapsed_day_count) over twelve_months as year_average_headcount
        from monthly
        window
            twelve_months as (
                partition by scope_type, scope_name
                order by headcount_month asc nulls last
                rows between 11 preceding and current row
            )
    )
select
    headcount_month,
    scope_type,
    scope_name,
    is_complete,
    has_twelve_months,
    average_headcount,
    cast(separation_count as bigint) as separation_count,
    {% for kind in kinds %}
        cast({{ kind }}_count as bigint) as {{ kind }}_separation_count,
    {% endfor %}
    {{ safe_ratio("separation_count", "average_headcount") }} as turnover_rate,
    {% for kind in kinds %}
        {{ safe_ratio(kind ~ "_count", "average_headcount") }}
        as {{ kind }}_turnover_rate,
    {% endfor %}
    case
        when has_twelve_months then year_average_headcount
    end as twelve_month_average_headcount,
    case
        when has_twelve_months then cast(year_separation_count as bigint)
    end as twelve_month_separation_count,
    {% for kind in kinds %}
        case
            when has_twelve_months then cast(year_{{ kind }}_count as bigint)
        end as twelve_month_{{ kind }}_separation_count,
    {% endfor %}
    {% for kind in kinds %}
        case
            when has_twelve_months
            then {{ safe_ratio("year_" ~ kind ~ "_count", "year_average_headcount") }}
        end as twelve_month_{{ kind }}_turnover_rate,
    {% endfor %}
    case
        when has_twelve_months
        then {{ safe_ratio("year_separation_count", "year_average_headcount") }}
    end as twelve_month_turnover_rate
from final
