-- The employment status history, every version of it; labels are the company's own.
-- Grain: one row per employee, set that BambooHR had at a time, and row of the set.
{{ config(enabled=is_vendor_used("bamboohr")) }}
with
    versions as ({{ kept_sets("bamboohr", "employment_status") }}),
    labels as (
        select
            *,
            lower(trim(employment_status)) as label,
            lower(trim(termination_type_id)) as termination_label
        from versions
    )
select
    cast(employee_id as string) as employee_id,
    cast(employee_id || '-' || row_hash as string) as status_change_id,
    cast(set_version as string) as set_version,
    cast(
        case
            when label like '%terminat%' or label in ('resigned', 'retired', 'deceased')
            then 'terminated'
            when
                label like '%leave%'
                or label in ('furlough', 'furloughed', 'sabbatical')
            then 'leave'
            when label like '%contract%' or label like '%freelanc%'
            then 'contractor'
            when
                label like 'intern'
                or label like 'intern %'
                or label like 'internship%'
                or label like '%trainee%'
                or label like '%apprentice%'
            then 'intern'
            when replace(replace(label, '-', ''), ' ', '') like '%fulltime%'
            then 'full_time'
            when replace(replace(label, '-', ''), ' ', '') like '%parttime%'
            then 'part_time'
            else 'other'
        end as string
    ) as employment_type,
    cast(nullif(trim(employment_status), '') as string) as employment_status_name,
    cast(
        case
            when termination_label like '%involuntary%'
            then 'involuntary'
            when
                termination_label like '%voluntary%'
                or termination_label like '%resign%'
                or termination_label like '%retire%'
            then 'voluntary'
            when termination_label <> ''
            then 'other'
        end as string
    ) as termination_type,
    cast(nullif(trim(termination_reason_id), '') as string) as termination_reason_name,
    case
        lower(trim(termination_rehire_id)) when 'yes' then true when 'no' then false
    end as is_rehire_eligible,
    case
        lower(trim(termination_regrettable_id))
        when 'yes'
        then true
        when 'no'
        then false
    end as is_regretted,
    cast(date as date) as effective_date,
    reported_from_at,
    reported_until_at,
    {{ loaded_at() }} as _loaded_at
from labels
where date is not null
