-- Every period that has begun, with the windows that it is compared with (convention
-- 5).
-- Grain: one row per (period_type, period_start_date). A whole period is compared with
-- the whole one before; an open one with as many days of it, at most all.
{% set types = {
    "day": {"start": "calendar_date", "periods_per_year": 364},
    "week": {"start": "calendar_week", "periods_per_year": 52},
    "month": {"start": "calendar_month", "periods_per_year": 12},
    "quarter": {
        "start": "calendar_quarter_start_date",
        "periods_per_year": 4,
    },
    "year": {"start": "calendar_year_start_date", "periods_per_year": 1},
    "jalali_month": {"start": "jalali_month", "periods_per_year": 12},
    "jalali_year": {"start": "jalali_year_start_date", "periods_per_year": 1},
} %}
with
    dates as (select * from {{ ref("dim_dates") }}),
    spans as (
        {% for period_type, period in types.items() %}
            select
                '{{ period_type }}' as period_type,
                {{ period.start }} as period_start_date,
                max(calendar_date) as period_end_date,
                {{ period.periods_per_year }} as periods_per_year
            from dates
            group by {{ period.start }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),
    begun as (
        select
            *,
            row_number() over (
                partition by period_type order by period_start_date asc nulls last
            ) as period_number,
            {{ days_between("period_start_date", "period_end_date") }} + 1 as day_count,
            {{
                days_between(
                    "period_start_date",
                    "least(period_end_date, " ~ as_of_date() ~ ")",
                )
            }} + 1 as elapsed_day_count,
            period_end_date < {{ as_of_date() }} as is_complete
        from spans
        where period_start_date <= {{ as_of_date() }}
    ),
    final as (
        select
            periods.*,
            priors.period_start_date as prior_start_date,
            case
                when periods.is_complete
                then priors.period_end_date
                else
                    least(
                        priors.period_end_date,
                        priors.period_start_date
                        + cast(periods.elapsed_day_count - 1 as int)
                    )
            end as prior_end_date,
            prior_years.period_start_date as prior_year_start_date,
            case
                when periods.is_complete
                then prior_years.period_end_date
                else
                    least(
                        prior_years.period_end_date,
                        prior_years.period_start_date
                        + cast(periods.elapsed_day_count - 1 as int)
                    )
            end as prior_year_end_date
        from begun as periods
        left join
            begun as priors
            on periods.period_type = priors.period_type
            and periods.period_number = priors.period_number + 1
        left join
            begun as prior_years
            on periods.period_type = prior_years.period_type
            and periods.period_number
            = prior_years.period_number + prior_years.periods_per_year
    )
select
    cast(period_type as string) as period_type,
    cast(is_complete as boolean) as is_complete,
    cast(day_count as bigint) as day_count,
    cast(elapsed_day_count as bigint) as elapsed_day_count,
    cast(period_start_date as date) as period_start_date,
    cast(period_end_date as date) as period_end_date,
    cast(prior_start_date as date) as prior_start_date,
    cast(prior_end_date as date) as prior_end_date,
    cast(prior_year_start_date as date) as prior_year_start_date,
    cast(prior_year_end_date as date) as prior_year_end_date
from final
