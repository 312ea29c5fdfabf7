-- Every day of every holiday: public ones, the company's own changes, and Ramadan.
-- Grain: one row per (country_code, holiday_date, holiday_code).
{% set ramadan = 9 %}
with
    public_holidays as (select * from {{ ref("int_public_holidays") }}),
    countries as (
        select country_code from {{ ref("int_country_weekends") }} group by country_code
    ),
    islamic_months as (select * from {{ ref("int_islamic_months") }}),
    overrides as (select * from {{ ref("holiday_overrides") }}),
    codes as (select * from {{ ref("holiday_codes") }}),
    offsets as (select cast(day as int) as day from range(0, 31) as days(day)),
    kept as (
        select
            holidays.country_code,
            holidays.holiday_date,
            holidays.holiday_name,
            holidays.holiday_name_local,
            holidays.is_estimated,
            true as is_public_holiday
        from public_holidays as holidays
        left join
            overrides
            on holidays.country_code = overrides.country_code
            and holidays.holiday_date = overrides.holiday_date
            and holidays.holiday_name = overrides.holiday_name
        where overrides.country_code is null
    ),
    added as (
        select
            country_code,
            holiday_date,
            holiday_name,
            cast(null as string) as holiday_name_local,
            false as is_estimated,
            true as is_public_holiday
        from overrides
        where is_holiday
    ),
    -- Ramadan ends on the eve of the country's own Eid, which the moon may move by a
    -- day or two against the calendar of Umm al-Qura.
    eids as (
        select
            countries.country_code,
            months.first_date,
            min(
                case
                    when
                        {{
                            days_between(
                                "months.first_date + cast(months.day_count as int)",
                                "kept.holiday_date",
                            )
                        }} between -2 and 2
                    then kept.holiday_date
                end
            ) as eid_date
        from countries
        inner join islamic_months as months on months.month_number = {{ ramadan }}
        left join
            kept
            on countries.country_code = kept.country_code
            and kept.holiday_name = 'Eid al-Fitr'
        group by countries.country_code, months.first_date
    ),
    -- Where it ends a day later it mostly began a day later: a month has 30 days at
    -- most.
    ramadans as (
        select
            eids.country_code,
            greatest(
                eids.first_date, coalesce(eids.eid_date - 30, eids.first_date)
            ) as first_date,
            coalesce(
                eids.eid_date, eids.first_date + cast(months.day_count as int)
            ) as end_date
        from eids
        inner join islamic_months as months on eids.first_date = months.first_date
    ),
    fasting as (
        select
            ramadans.country_code,
            ramadans.first_date + offsets.day as holiday_date,
            'Ramadan' as holiday_name,
            'رمضان' as holiday_name_local,
            true as is_estimated,
            false as is_public_holiday
        from ramadans
        inner join offsets on ramadans.first_date + offsets.day < ramadans.end_date
    ),
    every_day as (
        select *
        from kept
        union all
        select *
        from added
        union all
        select *
        from fasting
    ),
    coded as (
        select
            every_day.*,
            coalesce(
                codes.holiday_code,
                lower(
                    replace(
                        replace(
                            replace(
                                replace(every_day.holiday_name, ' (observed)', ''),
                                '''',
                                ''
                            ),
                            '.',
                            ''
                        ),
                        ' ',
                        '_'
                    )
                )
            ) as holiday_code
        from every_day
        left join
            codes
            on replace(every_day.holiday_name, ' (observed)', '') = codes.holiday_name
    )
select
    cast(country_code as string) as country_code,
    cast(holiday_code as string) as holiday_code,
    cast(min(holiday_name) as string) as holiday_name,
    cast(min(holiday_name_local) as string) as holiday_name_local,
    bool_or(is_public_holiday) as is_public_holiday,
    bool_or(is_estimated) as is_estimated,
    cast(holiday_date as date) as holiday_date
from coded
group by country_code, holiday_date, holiday_code
