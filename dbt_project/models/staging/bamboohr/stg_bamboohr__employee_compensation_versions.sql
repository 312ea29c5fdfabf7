-- The history of pay, every version of it.
-- Grain: one row per employee, set that BambooHR had at a time, and row of the set.
{{ config(enabled=is_vendor_used("bamboohr")) }}
with versions as ({{ kept_sets("bamboohr", "compensation") }})
select
    cast(employee_id as string) as employee_id,
    cast(employee_id || '-' || row_hash as string) as compensation_change_id,
    cast(set_version as string) as set_version,
    cast(
        case
            when lower(type) like 'salar%'
            then 'salary'
            when lower(type) like 'hour%'
            then 'hourly'
            when lower(type) like '%commission%'
            then 'commission'
            else 'other'
        end as string
    ) as pay_type,
    cast(upper(nullif(trim(rate_currency), '')) as string) as currency,
    cast(
        case
            when
                lower(trim(paid_per))
                in ('hour', 'day', 'week', 'month', 'quarter', 'year')
            then lower(trim(paid_per))
        end as string
    ) as pay_period_type,
    cast(nullif(trim(reason), '') as string) as change_reason_name,
    cast(rate_value as decimal(18, 2)) as pay_amount,
    -- BambooHR has no hours in these tables.
    cast(null as double) as weekly_hours,
    cast(start_date as date) as effective_date,
    reported_from_at,
    reported_until_at,
    {{ loaded_at() }} as _loaded_at
from versions
where start_date is not null
