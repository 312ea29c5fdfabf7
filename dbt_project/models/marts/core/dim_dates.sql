-- The calendar: Gregorian, ISO week, Jalali and fiscal, with the deployment's weekend
-- and its home country's public holidays.
-- Grain: one row per calendar_date, 1990-01-01 to 2060-12-31.
{% set home_country = (env_var("COUNTRIES", "") or "").split(",")[0] %}
{% set week_start_day = env_var("WEEK_START_DAY", "1") or "1" %}
{% set fiscal_year_start = env_var("FISCAL_YEAR_START", "01-01") or "01-01" %}
with
    home_holidays as (
        select
            holiday_date,
            {{ ordered_list("holiday_name", separator="; ") }} as holiday_names
        from {{ ref("int_holidays") }}
        where is_public_holiday and country_code = '{{ home_country }}'
        group by holiday_date
    ),
    months as (select * from {{ ref("jalali_months") }}),
    days as ({{ date_spine("1990-01-01", "2060-12-31") }}),
    weeks as (
        select
            days.calendar_date,
            cast(
                days.calendar_date - (
                    ({{ iso_weekday("days.calendar_date") }} + 7 - {{ week_start_day }})
                    % 7
                ) as date
            ) as calendar_week,
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
    {% if fiscal_year_start != "nowruz" %}
        fiscal_years as (
            select
                calendar_date,
                year(calendar_date) - case
                    when
                        month(calendar_date) * 100 + day(calendar_date)
                        < {{ fiscal_year_start | replace("-", "") | int }}
                    then 1
                    else 0
                end as fiscal_start_year
            from days
        ),
    {% endif %}
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
            cast(
                case
                    month(days.calendar_date)
                    {% for name in [
                        "January",
                        "February",
                        "March",
                        "April",
                        "May",
                        "June",
                        "July",
                        "August",
                        "September",
                        "October",
                        "November",
                        "December",
                    ] %}
                        when {{ loop.index }} then '{{ name }}'
                    {% endfor %}
                end as string
            ) as month_name,
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
            home_holidays.holiday_date is not null as is_public_holiday,
            days.iso_weekday_number not in ({{ env_var("WEEKEND_DAYS", "6,7") or "0" }})
            and home_holidays.holiday_date is null as is_business_day,
            cast(home_holidays.holiday_names as string) as holiday_names,
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
            jalali_years.is_jalali_leap_year,
            {% if fiscal_year_start == "nowruz" %}
                jalali_years.first_date as fiscal_year_start_date,
                cast(days.jalali_year as int) as fiscal_year_number,
                cast(days.jalali_month_number as int) as fiscal_month_number
            {% else %}
                cast(
                    make_date(
                        cast(fiscal_years.fiscal_start_year as int),
                        {{ fiscal_year_start.split("-")[0] | int }},
                        {{ fiscal_year_start.split("-")[1] | int }}
                    ) as date
                ) as fiscal_year_start_date,
                -- Named by the year in which it ends.
                cast(
                    fiscal_years.fiscal_start_year
                    + {{ 0 if fiscal_year_start == "01-01" else 1 }} as int
                ) as fiscal_year_number,
                cast(
                    (year(days.calendar_date) - fiscal_years.fiscal_start_year) * 12
                    + month(days.calendar_date)
                    - {{ fiscal_year_start.split("-")[0] | int }}
                    - case
                        when
                            day(days.calendar_date)
                            < {{ fiscal_year_start.split("-")[1] | int }}
                        then 1
                        else 0
                    end
                    + 1 as int
                ) as fiscal_month_number
            {% endif %}
        from jalali_days as days
        inner join jalali_years on days.jalali_year = jalali_years.jalali_year
        left join home_holidays on days.calendar_date = home_holidays.holiday_date
        {% if fiscal_year_start != "nowruz" %}
            inner join fiscal_years on days.calendar_date = fiscal_years.calendar_date
        {% endif %}
    )
select
    calendar_date,
    calendar_week,
    calendar_month,
    calendar_quarter_start_date,
    calendar_year_start_date,
    year_number,
    month_number,
    month_name,
    day_of_month,
    iso_year_number,
    iso_week_number,
    iso_weekday_number,
    weekday_name,
    holiday_names,
    is_weekend,
    is_public_holiday,
    is_business_day,
    jalali_year,
    jalali_month_number,
    jalali_day,
    jalali_month,
    jalali_year_start_date,
    jalali_month_name_fa,
    jalali_month_name_en,
    jalali_quarter_number,
    is_jalali_leap_year,
    fiscal_year_start_date,
    fiscal_year_number,
    cast(floor((fiscal_month_number - 1) / 3) + 1 as int) as fiscal_quarter_number,
    fiscal_month_number
from final
