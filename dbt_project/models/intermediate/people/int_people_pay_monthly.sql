-- K78: what each person's work cost in a month of either calendar, in the months that
-- it
-- is compared with, and in which group.
-- Grain: one row per (period_type, pay_month, comparison_type, scope_type, scope_name,
-- person_key), days so far.
with
    daily as (select * from {{ ref("int_people_pay_daily") }}),
    scopes as (
        select *
        from {{ ref("int_employment_scopes") }}
        where scope_type in ('total', 'department', 'age_group', 'tenure_band')
    ),
    period_days as (
        select *
        from {{ ref("int_period_days") }}
        where period_type in ('month', 'jalali_month')
    ),
    summed as (
        select
            period_days.period_type,
            period_days.period_start_date,
            period_days.comparison_type,
            scopes.scope_type,
            scopes.scope_name,
            daily.person_key,
            count(*) as person_day_count,
            count(*) filter (where daily.is_on_leave) as on_leave_day_count,
            count(daily.gross_pay_value) as priced_day_count,
            sum(daily.gross_pay_value) as total_value,
            max(
                case when daily.gross_pay_value is not null then daily.pay_date end
            ) as last_priced_date
        from daily
        inner join
            scopes
            on daily.person_key = scopes.person_key
            and daily.pay_date >= scopes.valid_from_date
            and daily.pay_date < scopes.valid_until_date
        inner join period_days on daily.pay_date = period_days.calendar_date
        group by
            period_days.period_type,
            period_days.period_start_date,
            period_days.comparison_type,
            scopes.scope_type,
            scopes.scope_name,
            daily.person_key
    )
select
    cast(period_type as string) as period_type,
    cast(period_start_date as date) as pay_month,
    cast(comparison_type as string) as comparison_type,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(person_key as string) as person_key,
    -- Counts the person once, where he was last: how small a group is.
    coalesce(
        last_priced_date = max(last_priced_date) over (
            partition by
                period_type, period_start_date, comparison_type, scope_type, person_key
        ),
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
