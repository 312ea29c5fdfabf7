-- K5: how long the shops of every scope were open each day, so far.
-- Grain: one row per (calendar_date, scope_type, scope_name), from the first sale on.
{% set minute_of = "cast(substring({0}, 1, 2) as int) * 60         + cast(substring({0}, 4, 2) as int)" %}
with
    stores as (select * from {{ ref("trading_stores") }}),
    hours as (select * from {{ ref("trading_hours") }}),
    exceptions as (select * from {{ ref("trading_hour_exceptions") }}),
    dates as (select * from {{ ref("dim_dates") }}),
    clock_hours as (
        select * from {{ ref("dim_hours") }} where hour_start_at < {{ as_of() }}
    ),
    holidays as (select * from {{ ref("dim_country_dates") }} where is_public_holiday),
    country_regions as (
        select country_name, min(region_name) as region_name
        from {{ ref("int_country_regions") }}
        group by country_name
    ),
    sold as (
        select scope_name as country_name, min(event_date) as first_date
        from {{ ref("int_sales_daily") }}
        where scope_type = 'country'
        group by scope_name
    ),
    begun as (select min(first_date) as first_date from sold),
    validities as (
        select
            store_name,
            valid_from_date,
            lead(valid_from_date) over (
                partition by store_name order by valid_from_date asc nulls last
            ) as valid_to_date
        from hours
        group by store_name, valid_from_date
    ),
    days as (
        select dates.calendar_date, dates.iso_weekday_number
        from dates
        inner join begun on dates.calendar_date >= begun.first_date
        where dates.calendar_date <= {{ as_of_date() }}
    ),
    store_holidays as (
        select stores.store_name, holidays.calendar_date
        from stores
        inner join holidays on stores.holiday_country_code = holidays.country_code
        group by stores.store_name, holidays.calendar_date
    ),
    exception_days as (
        select store_name, exception_date
        from exceptions
        group by store_name, exception_date
    ),
    opened as (
        select
            hours.store_name,
            days.calendar_date,
            {{ minute_of.format("hours.opening_time") }} as opening_minute,
            {{ minute_of.format("hours.closing_time") }} as closing_minute
        from days
        inner join
            validities
            on days.calendar_date >= validities.valid_from_date
            and days.calendar_date
            < coalesce(validities.valid_to_date, date '9999-12-31')
        inner join
            hours
            on validities.store_name = hours.store_name
            and validities.valid_from_date = hours.valid_from_date
            and days.iso_weekday_number = hours.iso_weekday_number
        left join
            store_holidays
            on hours.store_name = store_holidays.store_name
            and days.calendar_date = store_holidays.calendar_date
        left join
            exception_days
            on hours.store_name = exception_days.store_name
            and days.calendar_date = exception_days.exception_date
        where store_holidays.store_name is null and exception_days.store_name is null
        union all
        select
            exceptions.store_name,
            days.calendar_date,
            {{ minute_of.format("exceptions.opening_time") }} as opening_minute,
            {{ minute_of.format("exceptions.closing_time") }} as closing_minute
        from days
        inner join exceptions on days.calendar_date = exceptions.exception_date
    ),
    -- By the hours that the clock really showed: a night may lack one or repeat it.
    store_days as (
        select
            opened.store_name,
            opened.calendar_date,
            sum(
                greatest(
                    0,
                    least(
                        opened.closing_minute,
                        clock_hours.local_hour * 60 + 60,
                        clock_hours.local_hour * 60
                        + {{ minutes_between("clock_hours.hour_start_at", as_of()) }}
                    )
                    - greatest(opened.opening_minute, clock_hours.local_hour * 60)
                )
            ) as trading_minutes
        from opened
        inner join
            clock_hours
            on opened.calendar_date = clock_hours.local_date
            and opened.opening_minute < clock_hours.local_hour * 60 + 60
            and opened.closing_minute > clock_hours.local_hour * 60
        group by opened.store_name, opened.calendar_date
    ),
    country_stores as (
        select
            sold.country_name, coalesce(own.store_name, others.store_name) as store_name
        from sold
        left join stores as own on sold.country_name = own.country_name
        left join
            stores as others on own.store_name is null and others.country_name = '*'
        where coalesce(own.store_name, others.store_name) is not null
    ),
    scope_stores as (
        select 'country' as scope_type, country_name as scope_name, store_name
        from country_stores
        union all
        select
            'region' as scope_type,
            coalesce(country_regions.region_name, 'unknown') as scope_name,
            country_stores.store_name
        from country_stores
        left join
            country_regions
            on country_stores.country_name = country_regions.country_name
        group by
            coalesce(country_regions.region_name, 'unknown'), country_stores.store_name
        union all
        select 'total' as scope_type, 'all' as scope_name, store_name
        from country_stores
        group by store_name
    )
select
    cast(scope_stores.scope_type as string) as scope_type,
    cast(scope_stores.scope_name as string) as scope_name,
    cast(
        sum(case when store_days.trading_minutes > 0 then 1 else 0 end) as bigint
    ) as open_store_count,
    cast(
        round(sum(coalesce(store_days.trading_minutes, 0)) / 60, 6) as decimal(18, 6)
    ) as trading_hours,
    cast(days.calendar_date as date) as calendar_date
from days
cross join scope_stores
left join
    store_days
    on scope_stores.store_name = store_days.store_name
    and days.calendar_date = store_days.calendar_date
group by days.calendar_date, scope_stores.scope_type, scope_stores.scope_name
