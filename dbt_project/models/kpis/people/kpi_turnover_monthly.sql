-- K71, K72: who left against who was there, by month and over twelve months of the same
-- calendar, and against the month and the year before. Transfers and contractors are in
-- neither; retention is 1 - turnover.
-- Grain: one row per (period_type, headcount_month, scope_type, scope_name), as
-- kpi_headcount_monthly.
{% set kinds = ["voluntary", "involuntary", "other", "unknown", "regretted"] %}
{% set comparisons = {"prior": 1, "prior_year": 12} %}
with
    headcounts as (select * from {{ ref("kpi_headcount_monthly") }}),
    separations as (
        select *
        from {{ ref("fct_headcount_changes") }}
        where change_type = 'separation'
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
            separations.scope_type,
            separations.scope_name,
            {% for kind in kinds %}
                count(*) filter (
                    where
                        period_days.comparison_type = 'current'
                        and {% if kind == "regretted" %} separations.is_regretted
                        {% else %} separations.separation_type = '{{ kind }}'
                        {% endif %}
                ) as {{ kind }}_count,
            {% endfor %}
            {% for comparison in comparisons %}
                count(*) filter (
                    where period_days.comparison_type = '{{ comparison }}'
                ) as {{ comparison }}_separation_count,
            {% endfor %}
            count(*) filter (
                where period_days.comparison_type = 'current'
            ) as separation_count
        from separations
        inner join period_days on separations.change_date = period_days.calendar_date
        group by
            period_days.period_type,
            period_days.period_start_date,
            separations.scope_type,
            separations.scope_name
    ),
    monthly as (
        select
            headcounts.*,
            {% for kind in kinds %}
                coalesce(summed.{{ kind }}_count, 0) as {{ kind }}_count,
            {% endfor %}
            {% for comparison, months in comparisons.items() %}
                case
                    when
                        headcounts.{{ comparison }}_headcount_count is not null
                        -- What was hidden then stays hidden now.
                        and not coalesce(
                            lag(headcounts.is_hidden, {{ months }}) over (
                                partition by
                                    headcounts.period_type,
                                    headcounts.scope_type,
                                    headcounts.scope_name
                                order by headcounts.headcount_month asc nulls last
                            ),
                            false
                        )
                    then coalesce(summed.{{ comparison }}_separation_count, 0)
                end as {{ comparison }}_separation_count,
            {% endfor %}
            coalesce(summed.separation_count, 0) as separation_count
        from headcounts
        left join
            summed
            on headcounts.period_type = summed.period_type
            and headcounts.headcount_month = summed.period_start_date
            and headcounts.scope_type = summed.scope_type
            and headcounts.scope_name = summed.scope_name
    ),
    years as (
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
                partition by period_type, scope_type, scope_name
                order by headcount_month asc nulls last
                rows between 11 preceding and current row
            )
    ),
    -- From here on what is hidden is not known.
    final as (
        select
            period_type,
            headcount_month,
            scope_type,
            scope_name,
            is_complete,
            is_hidden,
            has_twelve_months,
            average_headcount,
            {% for comparison in comparisons %}
                {{ comparison }}_average_headcount,
                case
                    when not is_hidden then {{ comparison }}_separation_count
                end as {{ comparison }}_separation_count,
            {% endfor %}
            case
                when has_twelve_months then year_average_headcount
            end as year_average_headcount,
            {% for kind in kinds + ["separation"] %}
                case
                    when has_twelve_months and not is_hidden then year_{{ kind }}_count
                end as year_{{ kind }}_count,
                case when not is_hidden then {{ kind }}_count end as {{ kind }}_count
                {%- if not loop.last %}, {% endif %}
            {% endfor %}
        from years
    )
select
    period_type,
    headcount_month,
    scope_type,
    scope_name,
    is_complete,
    is_hidden,
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
    year_average_headcount as twelve_month_average_headcount,
    cast(year_separation_count as bigint) as twelve_month_separation_count,
    {% for kind in kinds %}
        cast(
            year_{{ kind }}_count as bigint
        ) as twelve_month_{{ kind }}_separation_count,
    {% endfor %}
    {% for kind in kinds %}
        {{ safe_ratio("year_" ~ kind ~ "_count", "year_average_headcount") }}
        as twelve_month_{{ kind }}_turnover_rate,
    {% endfor %}
    {{ safe_ratio("year_separation_count", "year_average_headcount") }}
    as twelve_month_turnover_rate,
    {% for comparison in comparisons %}
        {{ comparison }}_average_headcount,
        cast(
            {{ comparison }}_separation_count as bigint
        ) as {{ comparison }}_separation_count,
        {{
            safe_ratio(
                comparison ~ "_separation_count", comparison ~ "_average_headcount"
            )
        }} as {{ comparison }}_turnover_rate
        {%- if not loop.last %}, {% endif %}
    {% endfor %}
from final
