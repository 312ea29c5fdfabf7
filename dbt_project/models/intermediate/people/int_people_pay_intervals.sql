-- What somebody was paid from when to when, as HR's history has it.
-- Grain: one row per (person_key, paid_from_date); rows may lie ahead.
with
    changes as (select * from {{ ref("int_employee_compensation_changes") }}),
    records as (
        select * from {{ ref("int_people_records") }} where record_type = 'employee'
    ),
    ranked as (
        select
            records.person_key,
            changes.pay_amount,
            changes.currency,
            changes.pay_period_type,
            changes.weekly_hours,
            changes.effective_date,
            -- Of several rows of one day the last written one holds.
            row_number() over (
                partition by records.person_key, changes.effective_date
                order by changes.compensation_change_id desc nulls last
            ) as day_rank
        from changes
        inner join
            records
            on changes.vendor = records.vendor
            and changes.employee_id = records.record_id
    )
select
    cast(person_key as string) as person_key,
    cast(pay_amount as decimal(18, 2)) as pay_amount,
    cast(currency as string) as currency,
    cast(pay_period_type as string) as pay_period_type,
    cast(weekly_hours as double) as weekly_hours,
    cast(effective_date as date) as paid_from_date,
    cast(
        coalesce(
            lead(effective_date) over (
                partition by person_key order by effective_date asc nulls last
            ),
            cast('9999-12-31' as date)
        ) as date
    ) as paid_until_date
from ranked
where day_rank = 1
