-- What one unit of the corporate currency buys, stated again every few days while it
-- holds: a dated rate holds until the next begins, a rate without dates since it was
-- entered. Both are the org's own words, so neither grows too old to convert.
-- Grain: one row per currency and day on which a rate is stated.
{{ config(enabled=is_vendor_used("salesforce")) }}
{% set most_statements = 1100 %}  -- two decades, a week each
with
    organization as (select * from {{ ref("stg_salesforce__organization") }}),
    dated as (
        {{
            newest_rows(
                "salesforce", "dated_conversion_rates", newest_by="system_modstamp"
            )
        }}
    ),
    currencies_with_dates as (
        select upper(iso_code) as currency from dated group by upper(iso_code)
    ),
    undated as (
        select *
        from {{ source("salesforce", "currency_types") }}
        where {{ completed_loads("salesforce") }} and not coalesce(is_corporate, false)
    ),
    rates as (
        select
            upper(iso_code) as currency,
            conversion_rate,
            start_date,
            coalesce(next_start_date, cast('9999-12-31' as date)) as end_date
        from dated
        where not is_vanished
        union all
        select
            upper(undated.iso_code) as currency,
            undated.conversion_rate,
            {{ local_date("undated.system_modstamp") }} as start_date,
            coalesce(
                lead({{ local_date("undated.system_modstamp") }}) over (
                    partition by undated.id
                    order by
                        undated.system_modstamp asc nulls last,
                        undated.extracted_at asc nulls last
                ),
                cast('9999-12-31' as date)
            ) as end_date
        from undated
        left join
            currencies_with_dates as with_dates
            on upper(undated.iso_code) = with_dates.currency
        where with_dates.currency is null
    ),
    statements as (
        select
            rates.currency,
            rates.conversion_rate,
            cast(
                rates.start_date
                + cast(numbers.number * {{ var("exchange_rate_days") }} as int) as date
            ) as effective_date,
            rates.end_date
        from rates
        cross join range(0, {{ most_statements }}) as numbers(number)
        where
            rates.start_date
            + cast(numbers.number * {{ var("exchange_rate_days") }} as int)
            <= {{ as_of_date() }}
    )
select
    cast(organization.currency as string) as from_currency,
    cast(statements.currency as string) as to_currency,
    cast(statements.conversion_rate as decimal(28, 12)) as conversion_rate,
    statements.effective_date,
    cast({{ noon_of("statements.effective_date") }} as timestamp) as effective_at
from statements
inner join organization on statements.currency <> organization.currency
where statements.effective_date < statements.end_date and statements.conversion_rate > 0
