-- K98: deals won and lost by week of the month, beside the same week of last month.
-- Grain: one row per period_type, calendar_month, week_number and scope_key; dense,
-- weeks begun.
with
    daily as (
        select * from {{ ref("int_deal_scopes_counted_daily") }} where not is_in_future
    ),
    dates as (select * from {{ ref("dim_dates") }}),
    month_days as (
        {% for period_type, first_day in [
            ["month", "calendar_month"],
            ["jalali_month", "jalali_month"],
        ] %}
            select
                '{{ period_type }}' as period_type,
                {{ first_day }} as calendar_month,
                iso_year_number,
                iso_week_number,
                calendar_date
            from dates
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),
    scopes as (select * from {{ ref("int_scopes") }}),
    first_months as (
        select
            month_days.period_type,
            daily.scope_key,
            min(month_days.calendar_month) as first_month
        from daily
        inner join month_days on daily.event_date = month_days.calendar_date
        group by month_days.period_type, daily.scope_key
    ),
    clipped as (
        select
            period_type,
            calendar_month,
            iso_year_number,
            iso_week_number,
            min(calendar_date) as week_start_date,
            max(calendar_date) as week_end_date,
            count(*) as day_count,
            dense_rank() over (
                partition by period_type order by calendar_month asc nulls last
            ) as month_number
        from month_days
        group by period_type, calendar_month, iso_year_number, iso_week_number
    ),
    numbered as (
        select
            *,
            week_end_date < {{ as_of_date() }} as is_complete,
            case
                when week_end_date < {{ as_of_date() }}
                then day_count
                else {{ days_between("week_start_date", as_of_date()) }} + 1
            end as elapsed_day_count,
            row_number() over (
                partition by period_type, calendar_month
                order by week_start_date asc nulls last
            ) as week_number
        from clipped
    ),
    weeks as (
        select
            numbered.*,
            prior_weeks.week_start_date as prior_week_start_date,
            case
                when numbered.is_complete
                then prior_weeks.week_end_date
                when prior_weeks.week_start_date is not null
                then
                    least(
                        prior_weeks.week_end_date,
                        cast(
                            prior_weeks.week_start_date
                            + cast(numbered.elapsed_day_count - 1 as int) as date
                        )
                    )
            end as prior_week_end_date
        from numbered
        left join
            numbered as prior_weeks
            on numbered.period_type = prior_weeks.period_type
            and numbered.month_number - 1 = prior_weeks.month_number
            and numbered.week_number = prior_weeks.week_number
        where numbered.week_start_date <= {{ as_of_date() }}
    ),
    week_days as (
        select
            weeks.period_type,
            weeks.month_number,
            weeks.calendar_month,
            weeks.week_number,
            month_days.calendar_date
        from weeks
        inner join
            month_days
            on weeks.period_type = month_days.period_type
            and weeks.calendar_month = month_days.calendar_month
            and weeks.iso_year_number = month_days.iso_year_number
            and weeks.iso_week_number = month_days.iso_week_number
    ),
    contributions as (
        select
            week_days.period_type,
            week_days.calendar_month,
            week_days.week_number,
            daily.*,
            false as is_prior
        from daily
        inner join week_days on daily.event_date = week_days.calendar_date
        union all
        select
            weeks.period_type,
            weeks.calendar_month,
            weeks.week_number,
            daily.*,
            true as is_prior
        from daily
        inner join week_days on daily.event_date = week_days.calendar_date
        inner join
            weeks
            on week_days.period_type = weeks.period_type
            and week_days.month_number = weeks.month_number - 1
            and week_days.week_number = weeks.week_number
            and daily.event_date <= weeks.prior_week_end_date
    ),
    sums as (
        select
            period_type,
            calendar_month,
            week_number,
            scope_key,
            {% for is_prior in [false, true] %}
                {% for column in [
                    "won_count",
                    "lost_count",
                    "won_amount_base",
                    "lost_amount_base",
                    "won_without_amount_count",
                    "won_unconverted_count",
                ] %}
                    sum(
                        case
                            when is_prior = {{ is_prior | lower }}
                            then {{ column }}
                            else 0
                        end
                    ) as {{ "prior_" if is_prior }}{{ column }},
                {% endfor %}
            {% endfor %}
            count(*) as contribution_count
        from contributions
        group by period_type, calendar_month, week_number, scope_key
    ),
    final as (
        select
            cast(weeks.period_type as string) as period_type,
            cast(weeks.calendar_month as date) as calendar_month,
            cast(weeks.week_number as int) as week_number,
            cast(weeks.week_start_date as date) as week_start_date,
            cast(weeks.week_end_date as date) as week_end_date,
            cast(weeks.iso_year_number as int) as iso_year_number,
            cast(weeks.iso_week_number as int) as iso_week_number,
            cast(scopes.scope_key as string) as scope_key,
            cast(scopes.scope_type as string) as scope_type,
            cast(scopes.scope_name as string) as scope_name,
            cast(scopes.employee_key as string) as employee_key,
            cast(scopes.rep_email as string) as rep_email,
            weeks.day_count < 7 as is_partial,
            weeks.is_complete,
            cast(weeks.elapsed_day_count as bigint) as elapsed_day_count,
            cast(coalesce(sums.won_count, 0) as bigint) as won_count,
            cast(coalesce(sums.lost_count, 0) as bigint) as lost_count,
            cast(
                coalesce(sums.won_amount_base, 0) as decimal(18, 2)
            ) as won_amount_base,
            cast(
                coalesce(sums.lost_amount_base, 0) as decimal(18, 2)
            ) as lost_amount_base,
            cast(
                coalesce(sums.won_without_amount_count, 0) as bigint
            ) as won_without_amount_count,
            cast(
                coalesce(sums.won_unconverted_count, 0) as bigint
            ) as won_unconverted_count,
            cast(weeks.prior_week_start_date as date) as prior_week_start_date,
            cast(weeks.prior_week_end_date as date) as prior_week_end_date,
            cast(
                {{
                    days_between(
                        "weeks.prior_week_start_date", "weeks.prior_week_end_date"
                    )
                }} + 1 as bigint
            ) as prior_day_count,
            {% for column, data_type in [
                ["prior_won_count", "bigint"],
                ["prior_lost_count", "bigint"],
                ["prior_won_amount_base", "decimal(18, 2)"],
                ["prior_lost_amount_base", "decimal(18, 2)"],
            ] %}
                cast(
                    case
                        when weeks.prior_week_start_date is not null
                        then coalesce(sums.{{ column }}, 0)
                    end as {{ data_type }}
                ) as {{ column }}
                {%- if not loop.last %},{% endif %}
            {% endfor %}
        from first_months
        inner join scopes on first_months.scope_key = scopes.scope_key
        inner join
            weeks
            on first_months.period_type = weeks.period_type
            and first_months.first_month <= weeks.calendar_month
        left join
            sums
            on weeks.period_type = sums.period_type
            and weeks.calendar_month = sums.calendar_month
            and weeks.week_number = sums.week_number
            and scopes.scope_key = sums.scope_key
    )
select *
from final
