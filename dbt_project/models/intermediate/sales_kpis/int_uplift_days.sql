-- K7, K8: what was sold on each day of a holiday's or a campaign's window, and what the
-- same weekday sold in the weeks before without a public holiday.
-- Grain: one row per (window_type, window_key, scope_type, scope_name, sales_date),
-- days
-- that are over.
{% set weeks = var("uplift_baseline_weeks") %}
{% set look_back_weeks = 2 * weeks %}
with
    lines as (select * from {{ ref("int_sales_lines") }}),
    holidays as (select * from {{ ref("dim_holidays") }}),
    holiday_days as (select * from {{ ref("int_holidays") }}),
    campaigns as (select * from {{ ref("dim_campaigns") }}),
    dates as (select * from {{ ref("dim_dates") }}),
    countries as (
        select country_name, min(country_code) as country_code
        from {{ ref("int_country_regions") }}
        group by country_name
    ),
    sales as (
        select
            event_date,
            country_name,
            region_name,
            category_name,
            sum(net_amount_base) as net_amount_base
        from lines
        group by event_date, country_name, region_name, category_name
    ),
    categories as (
        select country_name, category_name
        from sales
        group by country_name, category_name
    ),
    holiday_weeks as (
        select holiday_days.country_code, dates.calendar_week
        from holiday_days
        inner join dates on holiday_days.holiday_date = dates.calendar_date
        where holiday_days.is_public_holiday
        group by holiday_days.country_code, dates.calendar_week
    ),
    windows as (
        select
            'holiday' as window_type,
            holidays.holiday_key as window_key,
            'country' as scope_type,
            countries.country_name as scope_name,
            countries.country_name,
            cast(null as string) as region_name,
            cast(null as string) as category_name,
            holidays.country_code,
            holidays.window_start_date,
            holidays.window_end_date
        from holidays
        inner join countries on holidays.country_code = countries.country_code
        union all
        select
            'holiday' as window_type,
            holidays.holiday_key as window_key,
            'product_category' as scope_type,
            categories.category_name as scope_name,
            countries.country_name,
            cast(null as string) as region_name,
            categories.category_name,
            holidays.country_code,
            holidays.window_start_date,
            holidays.window_end_date
        from holidays
        inner join countries on holidays.country_code = countries.country_code
        inner join categories on countries.country_name = categories.country_name
        union all
        select
            'campaign' as window_type,
            campaigns.campaign_key as window_key,
            'campaign' as scope_type,
            campaigns.campaign_name as scope_name,
            campaigns.country_name,
            campaigns.region_name,
            campaigns.product_category as category_name,
            -- Without a country of its own it is measured in the home country's weeks.
            coalesce(
                countries.country_code,
                '{{ (env_var("COUNTRIES", "") or "").split(",")[0] }}'
            ) as country_code,
            campaigns.start_date as window_start_date,
            campaigns.end_date as window_end_date
        from campaigns
        left join countries on campaigns.country_name = countries.country_name
    ),
    begun as (
        select
            *,
            coalesce(country_name, '')
            || '|'
            || coalesce(region_name, '')
            || '|'
            || coalesce(category_name, '') as sales_key
        from windows
        where window_start_date < {{ as_of_date() }}
    ),
    sales_scopes as (
        select sales_key, country_name, region_name, category_name
        from begun
        group by sales_key, country_name, region_name, category_name
    ),
    scope_sales as (
        select
            sales_scopes.sales_key,
            sales.event_date,
            sum(sales.net_amount_base) as net_amount_base
        from sales_scopes
        inner join
            sales
            on coalesce(sales_scopes.country_name, sales.country_name)
            = sales.country_name
            and coalesce(sales_scopes.region_name, sales.region_name)
            = sales.region_name
            and coalesce(sales_scopes.category_name, sales.category_name)
            = sales.category_name
        group by sales_scopes.sales_key, sales.event_date
    ),
    first_dates as (
        select sales_key, min(event_date) as first_date
        from scope_sales
        group by sales_key
    ),
    baseline_dates as (
        select
            begun.window_type,
            begun.window_key,
            begun.sales_key,
            dates.iso_weekday_number,
            dates.calendar_date,
            row_number() over (
                partition by
                    begun.window_type,
                    begun.window_key,
                    begun.sales_key,
                    dates.iso_weekday_number
                order by dates.calendar_date desc nulls last
            ) as week_number
        from begun
        inner join first_dates on begun.sales_key = first_dates.sales_key
        inner join
            dates
            on begun.window_start_date > dates.calendar_date
            and begun.window_start_date - {{ 7 * look_back_weeks }}
            <= dates.calendar_date
            and first_dates.first_date <= dates.calendar_date
        left join
            holiday_weeks
            on begun.country_code = holiday_weeks.country_code
            and dates.calendar_week = holiday_weeks.calendar_week
        where holiday_weeks.country_code is null
    ),
    baselines as (
        select
            baseline_dates.window_type,
            baseline_dates.window_key,
            baseline_dates.sales_key,
            baseline_dates.iso_weekday_number,
            count(*) as baseline_week_count,
            coalesce(sum(scope_sales.net_amount_base), 0) as baseline_amount_base
        from baseline_dates
        left join
            scope_sales
            on baseline_dates.sales_key = scope_sales.sales_key
            and baseline_dates.calendar_date = scope_sales.event_date
        where baseline_dates.week_number <= {{ weeks }}
        group by
            baseline_dates.window_type,
            baseline_dates.window_key,
            baseline_dates.sales_key,
            baseline_dates.iso_weekday_number
    )
select
    cast(begun.window_type as string) as window_type,
    cast(begun.window_key as string) as window_key,
    cast(begun.scope_type as string) as scope_type,
    cast(begun.scope_name as string) as scope_name,
    cast(begun.country_name as string) as country_name,
    cast(coalesce(baselines.baseline_week_count, 0) as bigint) as baseline_week_count,
    cast(coalesce(scope_sales.net_amount_base, 0) as decimal(18, 6)) as net_amount_base,
    cast(
        case
            when
                baselines.baseline_week_count
                >= {{ var("uplift_minimum_baseline_weeks") }}
            then
                round(
                    {{
                        safe_ratio(
                            "baselines.baseline_amount_base",
                            "baselines.baseline_week_count",
                        )
                    }},
                    6
                )
        end as decimal(18, 6)
    ) as expected_amount_base,
    cast(dates.calendar_date as date) as sales_date
from begun
inner join first_dates on begun.sales_key = first_dates.sales_key
inner join
    dates
    on begun.window_start_date <= dates.calendar_date
    and begun.window_end_date >= dates.calendar_date
    and begun.window_end_date >= first_dates.first_date
    and dates.calendar_date < {{ as_of_date() }}
left join
    baselines
    on begun.window_type = baselines.window_type
    and begun.window_key = baselines.window_key
    and begun.sales_key = baselines.sales_key
    and dates.iso_weekday_number = baselines.iso_weekday_number
left join
    scope_sales
    on begun.sales_key = scope_sales.sales_key
    and dates.calendar_date = scope_sales.event_date
