-- K11: the days of every monthly target, each with its part of it.
-- Grain: one row per (target_type, scope_type, scope_key, calendar_date). Goals of a
-- month and scope add up; a goal without a rate makes their sum unknown. Business days
-- are those of the target's country, else of the home country. A rep's days before he
-- joined are none of his.
with
    file_targets as (select * from {{ ref("int_file_targets") }}),
    crm_targets as (select * from {{ ref("fct_targets") }}),
    target_scopes as (
        select *, period_start_date as target_month
        from {{ ref("int_target_scopes") }}
        where period_type = 'month'
    ),
    scopes as (select * from {{ ref("int_scopes") }}),
    employee_scopes as (select * from {{ ref("int_employee_scopes") }}),
    rates as (select * from {{ ref("int_exchange_rates_daily") }}),
    dates as (select * from {{ ref("dim_dates") }}),
    country_dates as (select * from {{ ref("dim_country_dates") }}),
    countries as (
        select country_name, min(country_code) as country_code
        from {{ ref("int_country_regions") }}
        group by country_name
    ),
    shop_targets as (
        select
            targets.target_type,
            case
                when targets.country_name is not null
                then 'country'
                when targets.region_name is not null
                then 'region'
                when targets.product_category is not null
                then 'product_category'
                when targets.channel_name is not null
                then 'channel'
                else 'total'
            end as scope_type,
            coalesce(
                targets.country_name,
                targets.region_name,
                targets.product_category,
                targets.channel_name,
                'all'
            ) as scope_name,
            countries.country_code,
            case
                when
                    targets.target_type = 'orders'
                    or coalesce(targets.currency, {{ base_currency() }})
                    = {{ base_currency() }}
                then cast(targets.target_value as decimal(18, 6))
                else
                    {{
                        base_amount(
                            "targets.target_value",
                            "targets.currency",
                            "rates.rate_to_base",
                            6,
                        )
                    }}
            end as target_value_base,
            targets.target_month
        from file_targets as targets
        left join countries on targets.country_name = countries.country_name
        left join
            rates
            on targets.target_month = rates.rate_date
            and targets.currency = rates.currency
        where
            targets.target_type in ('net_sales', 'orders')
            and targets.employee_email is null
            and targets.team_name is null
            -- A target of two dimensions at once is none of either.
            and case when targets.country_name is null then 0 else 1 end
            + case when targets.region_name is null then 0 else 1 end
            + case when targets.product_category is null then 0 else 1 end
            + case when targets.channel_name is null then 0 else 1 end
            <= 1
    ),
    joined as (
        select
            employee_key,
            cast(min({{ to_local_time("valid_from_at") }}) as date) as joined_date
        from employee_scopes
        where scope_type = 'rep'
        group by employee_key
    ),
    targets as (
        select
            target_type,
            scope_type,
            scope_type || ':' || scope_name as scope_key,
            scope_name,
            cast(null as string) as rep_email,
            min(country_code) as country_code,
            case
                when count(target_value_base) = count(*) then sum(target_value_base)
            end as target_value_base,
            cast(null as date) as joined_date,
            target_month
        from shop_targets
        group by target_type, scope_type, scope_name, target_month
        union all
        select
            targets.target_type,
            'rep' as scope_type,
            targets.employee_key as scope_key,
            min(scopes.scope_name) as scope_name,
            min(scopes.rep_email) as rep_email,
            cast(null as string) as country_code,
            case
                when count(targets.target_value_base) = count(*)
                then sum(targets.target_value_base)
            end as target_value_base,
            min(joined.joined_date) as joined_date,
            targets.target_month
        from crm_targets as targets
        inner join scopes on targets.employee_key = scopes.scope_key
        left join joined on targets.employee_key = joined.employee_key
        where
            targets.scope_type = 'rep'
            and targets.target_type in ('won_amount', 'won_deals')
        group by targets.target_type, targets.employee_key, targets.target_month
        union all
        select
            target_scopes.target_type,
            scopes.scope_type,
            target_scopes.scope_key,
            scopes.scope_name,
            cast(null as string) as rep_email,
            cast(null as string) as country_code,
            target_scopes.target_value_base,
            cast(null as date) as joined_date,
            target_scopes.target_month
        from target_scopes
        inner join scopes on target_scopes.scope_key = scopes.scope_key
        where
            scopes.scope_type in ('team', 'region', 'total')
            and target_scopes.target_type in ('won_amount', 'won_deals')
    ),
    days as (
        select
            targets.*,
            dates.calendar_date,
            coalesce(
                country_dates.is_business_day, dates.is_business_day
            ) as is_business_day,
            coalesce(dates.calendar_date >= targets.joined_date, true) as is_counted
        from targets
        inner join dates on targets.target_month = dates.calendar_month
        left join
            country_dates
            on targets.country_code = country_dates.country_code
            and dates.calendar_date = country_dates.calendar_date
    )
select
    cast(target_type as string) as target_type,
    cast(scope_type as string) as scope_type,
    cast(scope_key as string) as scope_key,
    cast(scope_name as string) as scope_name,
    cast(rep_email as string) as rep_email,
    cast(is_business_day and is_counted as boolean) as is_target_day,
    cast(target_value_base as decimal(18, 6)) as month_target_value_base,
    cast(
        sum(case when is_business_day then 1 else 0 end) over (
            partition by target_type, scope_type, scope_key, target_month
        ) as bigint
    ) as month_business_day_count,
    cast(target_month as date) as target_month,
    cast(calendar_date as date) as calendar_date
from days
