-- The calendar: Gregorian, ISO week and Jalali, with the deployment's weekend.
-- Grain: one row per calendar_date, 1990-01-01 to 2060-12-31.
with
    months as (select * from {{ ref("jalali_months") }}),
    days as ({{ date_spine("1990-01-01", "2060-12-31") }}),
    weeks as (
        select
            days.calendar_date,
            cast(date_trunc('week', days.calendar_date) as date) as calendar_week,
            -- The ISO year and week number are those of the week's Thursday.
            cast(date_trunc('week', days.calendar_date) as date) + 3 as thursday_date,
            {{ iso_weekday("days.calendar_date") }} as iso_weekday_number
        from days
    ),
    jalali_days as (
        select
            weeks.*,
            months.first_date,
            months.jalali_year,
            months.jalali_month_number,
            months.month_name_fa,
            months.month_name_en,
            {{ days_between("months.first_date", "weeks.calendar_date") }}
            + 1 as jalali_day
        from weeks
        inner join
            months
            on weeks.calendar_date >= months.first_date
            and weeks.calendar_date < months.first_date + months.day_count
    ),
    jalali_years as (
        select
            jalali_year,
            min(first_date) as first_date,
            max(case when jalali_month_number = 12 then day_count end)
            = 30 as is_jalali_leap_year
        from months
        group by jalali_year
    ),
    final as (
        select
            days.calendar_date,
            days.calendar_week,
            cast(date_trunc('month', days.calendar_date) as date) as calendar_month,
            cast(
                date_trunc('quarter', days.calendar_date) as date
            ) as calendar_quarter_start_date,
            cast(
                date_trunc('year', days.calendar_date) as date
            ) as calendar_year_start_date,
            cast(year(days.calendar_date) as int) as year_number,
            cast(month(days.calendar_date) as int) as month_number,
            cast(day(days.calendar_date) as int) as day_of_month,
            cast(year(days.thursday_date) as int) as iso_year_number,
            cast(
                floor(
                    {{
                        days_between(
                            "date_trunc('year', days.thursday_date)",
                            "days.thursday_date",
                        )
                    }} / 7
                )
                + 1 as int
            ) as iso_week_number,
            days.iso_weekday_number,
            cast(
                case
                    days.iso_weekday_number
                    when 1
                    then 'Monday'
                    when 2
                    then 'Tuesday'
                    when 3
                    then 'Wednesday'
                    when 4
                    then 'Thursday'
                    when 5
                    then 'Friday'
                    when 6
                    then 'Saturday'
                    else 'Sunday'
                end as string
            ) as weekday_name,
            days.iso_weekday_number
            in ({{ env_var("WEEKEND_DAYS", "6,7") or "0" }}) as is_weekend,
            days.iso_weekday_number
            not in ({{ env_var("WEEKEND_DAYS", "6,7") or "0" }}) as is_business_day,
            cast(days.jalali_year as int) as jalali_year,
            cast(days.jalali_month_number as int) as jalali_month_number,
            cast(days.jalali_day as int) as jalali_day,
            days.first_date as jalali_month,
            jalali_years.first_date as jalali_year_start_date,
            cast(days.month_name_fa as string) as jalali_month_name_fa,
            cast(days.month_name_en as string) as jalali_month_name_en,
            cast(
                floor((days.jalali_month_number - 1) / 3) + 1 as int
            ) as jalali_quarter_number,
            jalali_years.is_jalali_leap_year
        from jalali_days as days
        inner join jalali_years on days.jalali_year = jalali_years.jalali_year
    )
select
    calendar_date,
    calendar_week,
    calendar_month,
    calendar_quarter_start_date,
    calendar_year_start_date,
    year_number,
    month_number,
    day_of_month,
    iso_year_number,
    iso_week_number,
    iso_weekday_number,
    weekday_name,
    is_weekend,
    is_business_day,
    jalali_year,
    jalali_month_number,
    jalali_day,
    jalali_month,
    jalali_year_start_date,
    jalali_month_name_fa,
    jalali_month_name_en,
    jalali_quarter_number,
    is_jalali_leap_year
from final
