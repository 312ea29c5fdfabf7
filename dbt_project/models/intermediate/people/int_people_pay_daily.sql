-- K78: what each person's work cost on a day: a twelfth of a year's pay is spread over
-- the days of the Gregorian month, each at its own exchange rate. Pay by the hour needs
-- weekly hours; days without them or without a rate have no price.
-- Grain: one row per (person_key, pay_date) of employed people, days so far.
with
    intervals as (select * from {{ ref("int_employment_intervals") }}),
    pay as (select * from {{ ref("int_people_pay_intervals") }}),
    rates as (select * from {{ ref("int_exchange_rates_daily") }}),
    dates as (
        select
            calendar_date,
            cast(count(*) over (partition by calendar_month) as double) as month_days
        from {{ ref("dim_dates") }}
    )
select
    cast(intervals.person_key as string) as person_key,
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
    * cast(rates.rate_to_base as double) as gross_pay_value,
    cast(dates.calendar_date as date) as pay_date
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
    rates on dates.calendar_date = rates.rate_date and pay.currency = rates.currency
where dates.calendar_date <= {{ as_of_date() }}
