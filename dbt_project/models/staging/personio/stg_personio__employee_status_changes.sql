-- Beginnings, changes of kind and ends of employments.
-- Grain: one row per employment and change of its status.
{{ config(enabled=is_vendor_used("personio")) }}
with
    versions as (
        select
            *,
            case when is_on_leave then 'leave' else employment_type end as present_type,
            lag(case when is_on_leave then 'leave' else employment_type end) over (
                partition by employment_id order by version_number asc nulls last
            ) as previous_type,
            lag(fte_share) over (
                partition by employment_id order by version_number asc nulls last
            ) as previous_fte_share
        from {{ ref("stg_personio__employment_versions") }}
        where not is_deleted
    ),
    newest as (
        select
            *,
            lead(start_date) over (
                partition by employee_id
                order by start_date asc nulls last, employment_id asc nulls last
            ) as next_start_date
        from versions
        where is_newest
    ),
    changes as (
        select
            employee_id,
            employment_id || '-start' as status_change_id,
            employment_type,
            employment_status_name,
            cast(null as string) as termination_code,
            cast(null as string) as termination_reason_name,
            fte_share,
            start_date as effective_date,
            _loaded_at
        from versions
        where version_number = 1
        union all
        select
            employee_id,
            employment_id || '-' || row_hash as status_change_id,
            present_type as employment_type,
            employment_status_name,
            cast(null as string) as termination_code,
            cast(null as string) as termination_reason_name,
            fte_share,
            changed_date as effective_date,
            _loaded_at
        from versions
        where
            present_type <> coalesce(previous_type, employment_type)
            or (version_number > 1 and fte_share is distinct from previous_fte_share)
        union all
        select
            employee_id,
            employment_id || '-end' as status_change_id,
            'terminated' as employment_type,
            employment_status_name,
            termination_code,
            termination_reason_name,
            cast(null as double) as fte_share,
            -- The first day without him.
            end_date + 1 as effective_date,
            _loaded_at
        from newest
        where
            end_date is not null
            and (next_start_date is null or next_start_date > end_date + 1)
    )
select
    cast(employee_id as string) as employee_id,
    cast(status_change_id as string) as status_change_id,
    cast(employment_type as string) as employment_type,
    cast(employment_status_name as string) as employment_status_name,
    cast(
        case
            when employment_type <> 'terminated'
            then null
            when termination_code in ('EMPLOYEE', 'QUIT', 'RETIREMENT')
            then 'voluntary'
            when termination_code = 'FIRED'
            then 'involuntary'
            when termination_code <> ''
            then 'other'
        end as string
    ) as termination_type,
    cast(
        coalesce(termination_reason_name, lower(termination_code)) as string
    ) as termination_reason_name,
    -- Personio asks neither.
    cast(null as boolean) as is_rehire_eligible,
    cast(null as boolean) as is_regretted,
    cast(fte_share as double) as fte_share,
    cast(effective_date as date) as effective_date,
    _loaded_at
from changes
where effective_date is not null
