-- What each account of the ledger moved in a month that has begun, in the reporting
-- currency at the mean of the month's daily rates. People cost is one line of the whole
-- company: a department's would tell what few people earn.
-- Grain: one row per ledger_entry_key: month, account, department, cost center and
-- currency.
with
    entries as (
        select
            vendor,
            period_type,
            entry_month,
            account_type,
            currency,
            entry_amount,
            account_type = 'people_cost' as is_pay,
            account_code,
            account_name,
            coalesce(department_name, 'no department') as department_name,
            coalesce(cost_center_code, 'no cost center') as cost_center_code
        from {{ ref("int_ledger_entries") }}
    ),
    periods as (
        select period_type, period_start_date, period_end_date
        from {{ ref("int_periods") }}
    ),
    rates as (
        select
            periods.period_type,
            periods.period_start_date,
            rates.currency,
            count(*) as day_count,
            avg(cast(rates.rate_to_base as double)) as mean_rate
        from {{ ref("int_exchange_rates_daily") }} as rates
        inner join
            periods
            on rates.rate_date >= periods.period_start_date
            and rates.rate_date <= periods.period_end_date
        where
            periods.period_type in ('month', 'jalali_month')
            and rates.rate_date <= {{ as_of_date() }}
            and rates.rate_to_base is not null
        group by periods.period_type, periods.period_start_date, rates.currency
    ),
    masked as (
        select
            vendor,
            period_type,
            entry_month,
            account_type,
            currency,
            entry_amount,
            case when is_pay then 'people cost' else account_code end as account_code,
            case when is_pay then 'People cost' else account_name end as account_name,
            case
                when is_pay then 'all departments' else department_name
            end as department_name,
            case
                when is_pay then 'all cost centers' else cost_center_code
            end as cost_center_code
        from entries
    ),
    summed as (
        select
            vendor,
            period_type,
            entry_month,
            account_type,
            account_code,
            min(account_name) as account_name,
            department_name,
            cost_center_code,
            currency,
            count(*) as entry_count,
            sum(entry_amount) as entry_amount
        from masked
        group by
            vendor,
            period_type,
            entry_month,
            account_type,
            account_code,
            department_name,
            cost_center_code,
            currency
    )
select
    cast(
        {{
            surrogate_key(
                [
                    "summed.vendor",
                    "summed.period_type",
                    "summed.entry_month",
                    "summed.account_type",
                    "summed.account_code",
                    "summed.department_name",
                    "summed.cost_center_code",
                    "summed.currency",
                ]
            )
        }} as string
    ) as ledger_entry_key,
    cast(summed.vendor as string) as vendor,
    cast(summed.period_type as string) as period_type,
    cast(summed.account_type as string) as account_type,
    cast(summed.account_code as string) as account_code,
    cast(summed.account_name as string) as account_name,
    cast(summed.department_name as string) as department_name,
    cast(summed.cost_center_code as string) as cost_center_code,
    cast(summed.entry_count as bigint) as entry_count,
    cast(summed.currency as string) as currency,
    cast(summed.entry_amount as decimal(18, 2)) as entry_amount,
    cast(
        case
            when summed.currency = {{ base_currency() }}
            then summed.entry_amount
            -- Cents are counted first: the engines round a double differently.
            else
                cast(
                    floor(
                        cast(summed.entry_amount as double) * rates.mean_rate * 100
                        + 0.5
                    ) as bigint
                )
                * cast(0.01 as decimal(3, 2))
        end as decimal(18, 2)
    ) as entry_amount_base,
    cast(coalesce(rates.day_count, 0) as bigint) as rate_day_count,
    cast(summed.entry_month as date) as entry_month
from summed
inner join
    periods
    on summed.period_type = periods.period_type
    and summed.entry_month = periods.period_start_date
left join
    rates
    on summed.period_type = rates.period_type
    and summed.entry_month = rates.period_start_date
    and summed.currency = rates.currency
