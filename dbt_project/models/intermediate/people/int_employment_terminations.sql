-- Why somebody left, as HR says on the day from which he is not employed.
-- Grain: one row per (person_key, separation_date).
with
    status_changes as (
        select *
        from {{ ref("int_employee_status_changes") }}
        where employment_type = 'terminated'
    ),
    records as (
        select * from {{ ref("int_people_records") }} where record_type = 'employee'
    ),
    ranked as (
        select
            records.person_key,
            status_changes.effective_date as separation_date,
            status_changes.termination_type,
            status_changes.is_regretted,
            -- Of several rows of one day one that says why.
            row_number() over (
                partition by records.person_key, status_changes.effective_date
                order by
                    case
                        when status_changes.termination_type is null then 1 else 0
                    end asc nulls last,
                    status_changes.status_change_id desc nulls last
            ) as day_rank
        from status_changes
        inner join
            records
            on status_changes.vendor = records.vendor
            and status_changes.employee_id = records.record_id
    )
select
    cast(person_key as string) as person_key,
    cast(coalesce(termination_type, 'unknown') as string) as separation_type,
    coalesce(is_regretted, false) as is_regretted,
    is_regretted is not null as is_regret_known,
    cast(separation_date as date) as separation_date
from ranked
where day_rank = 1
