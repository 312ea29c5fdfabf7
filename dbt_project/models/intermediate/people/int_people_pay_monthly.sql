-- K78: what each person's work cost in a month and department, by days: a twelfth of a
-- year's pay is spread over the days of the month, each at its own exchange rate. Pay
-- by the hour needs weekly hours; days without them or without a rate have no price.
-- Grain: one row per (pay_month, person_key, department_name), days so far.
with
    intervals as (select * from {{ ref("int_employment_intervals") }}),
    pay as (select * from {{ ref("int_people_pay_intervals") }}),
    rates as (select * from {{ ref("int_exchange_rates_daily") }}),
    dates as (
        select
            calendar_date,
            calendar_month,
            cast(count(*) over (partition by calendar_month) as double) as month_days
        from {{ ref("dim_dates") }}
    ),
    priced as (
        select
            dates.calendar_month,
            dates.calendar_date,
            intervals.person_key,
            intervals.department_name,
            intervals.is_on_leave,
            cast(pay.pay_amount as double) * case
                pay.pay_period_type
                when 'year'
                then 1 / (12 * dates.month_days)
                when 'quarter'
                then 1 / (3 * dates.month_days)
                when 'month'
                then 1 / dates.month_days
                when 'week'
                then 1 / cast(7 as double)
                when 'hour'
                then pay.weekly_hours / 7
            end
            * cast(rates.rate_to_base as double) as day_value
        from intervals
        inner join
            dates
            on intervals.valid_from_date <= dates.calendar_date
            and intervals.valid_until_date > dates.calendar_date
        left join
            pay
            on intervals.person_key = pay.person_key
            and dates.calendar_date >= pay.paid_from_date
            and dates.calendar_date < pay.paid_until_date
        left join
            rates
            on dates.calendar_date = rates.rate_date
            and pay.currency = rates.currency
        where dates.calendar_date <= {{ as_of_date() }}
    ),
    summed as (
        select
            calendar_month,
            person_key,
            department_name,
            count(*) as person_day_count,
            count(*) filter (where is_on_leave) as on_leave_day_count,
            count(day_value) as priced_day_count,
            sum(day_value) as total_value,
            max(
                case when day_value is not null then calendar_date end
            ) as last_priced_date
        from priced
        group by calendar_month, person_key, department_name
    )
select
    cast(calendar_month as date) as pay_month,
    cast(person_key as string) as person_key,
    cast(department_name as string) as department_name,
    -- Counts the person once, where he was last: how small a group is.
    coalesce(
        last_priced_date
        = max(last_priced_date) over (partition by calendar_month, person_key),
        false
    ) as is_last_priced,
    cast(person_day_count as bigint) as person_day_count,
    cast(on_leave_day_count as bigint) as on_leave_day_count,
    cast(priced_day_count as bigint) as priced_day_count,
    -- Millionths are counted first: the engines round a double differently.
    cast(
        cast(floor(total_value * 1000000 + 0.5) as bigint)
        * cast(0.000001 as decimal(7, 6)) as decimal(18, 6)
    ) as gross_pay_amount_base
from summed
