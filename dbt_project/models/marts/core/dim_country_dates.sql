-- What a day is in each country of COUNTRIES: weekend, public holiday, business day.
-- Grain: one row per (country_code, calendar_date), the years whose holidays are known.
with
    dates as (select * from {{ ref("dim_dates") }}),
    holidays as (select * from {{ ref("int_holidays") }}),
    weekends as (select * from {{ ref("int_country_weekends") }}),
    countries as (
        select
            weekends.country_code,
            min(holidays.holiday_date) as first_date,
            max(holidays.holiday_date) as last_date
        from weekends
        left join holidays on weekends.country_code = holidays.country_code
        group by weekends.country_code
    ),
    holiday_days as (
        select
            country_code,
            holiday_date,
            bool_or(is_public_holiday) as is_public_holiday,
            bool_or(is_public_holiday and is_estimated) as is_estimated,
            {{ ordered_list("holiday_name", separator="; ") }} as holiday_names,
            {{ ordered_list("holiday_code", separator="; ") }} as holiday_codes
        from holidays
        group by country_code, holiday_date
    ),
    final as (
        select
            countries.country_code,
            dates.calendar_date,
            holiday_days.holiday_names,
            holiday_days.holiday_codes,
            weekends.iso_weekday_number is not null as is_weekend,
            coalesce(holiday_days.is_public_holiday, false) as is_public_holiday,
            coalesce(holiday_days.is_estimated, false) as is_estimated
        from countries
        inner join
            dates
            on dates.year_number >= year(countries.first_date)
            and dates.year_number <= year(countries.last_date)
        left join
            weekends
            on countries.country_code = weekends.country_code
            and dates.iso_weekday_number = weekends.iso_weekday_number
        left join
            holiday_days
            on countries.country_code = holiday_days.country_code
            and dates.calendar_date = holiday_days.holiday_date
    )
select
    cast(country_code as string) as country_code,
    cast(holiday_codes as string) as holiday_codes,
    cast(holiday_names as string) as holiday_names,
    is_weekend,
    is_public_holiday,
    is_estimated,
    not is_weekend and not is_public_holiday as is_business_day,
    cast(calendar_date as date) as calendar_date
from final
