-- Pay from a day on, as Personio says it now. Grain: one row per compensation id.
{{ config(enabled=is_vendor_used("personio")) }}
with
    compensations as (
        {{ newest_rows("personio", "compensations", newest_by="_dlt_load_id") }}
    )
select
    cast(person_id as string) as employee_id,
    cast(id as string) as compensation_change_id,
    cast(
        case
            upper(type_category)
            when 'FIXED_SALARY'
            then 'salary'
            when 'HOURLY_SALARY'
            then 'hourly'
            else 'other'
        end as string
    ) as pay_type,
    cast(upper(nullif(trim(amount_currency), '')) as string) as currency,
    cast(
        case
            when upper(type_category) = 'HOURLY_SALARY'
            then 'hour'
            when upper(interval) = 'YEARLY'
            then 'year'
            when upper(interval) = 'MONTHLY'
            then 'month'
        end as string
    ) as pay_period_type,
    cast(nullif(trim(type_name), '') as string) as change_reason_name,
    cast(amount_value as decimal(18, 2)) as pay_amount,
    cast(weekly_working_hours as double) as weekly_hours,
    cast(effective_from as date) as effective_date,
    {{ loaded_at() }} as _loaded_at
from compensations
where person_id is not null and effective_from is not null
