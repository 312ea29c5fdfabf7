-- K68: which part of a whole job somebody had from when to when, as the HR system says
-- it or, where it does not, by his type of employment. A leave keeps what was before.
-- Grain: one row per (person_key, fte_from_date); rows may lie ahead.
with
    changes as (
        select *
        from {{ ref("int_employee_status_changes") }}
        where
            employment_type not in ('terminated', 'leave')
            and effective_date is not null
    ),
    records as (
        select * from {{ ref("int_people_records") }} where record_type = 'employee'
    ),
    types as (select * from {{ ref("employment_type_fte_shares") }}),
    ranked as (
        select
            records.person_key,
            coalesce(changes.fte_share, types.fte_share) as fte_share,
            changes.effective_date,
            -- Of several rows of one day the last written one holds.
            row_number() over (
                partition by records.person_key, changes.effective_date
                order by changes.status_change_id desc nulls last
            ) as day_rank
        from changes
        inner join
            records
            on changes.vendor = records.vendor
            and changes.employee_id = records.record_id
        left join types on changes.employment_type = types.employment_type
    )
select
    cast(person_key as string) as person_key,
    cast(fte_share as double) as fte_share,
    cast(effective_date as date) as fte_from_date,
    cast(
        coalesce(
            lead(effective_date) over (
                partition by person_key order by effective_date asc nulls last
            ),
            cast('9999-12-31' as date)
        ) as date
    ) as fte_until_date
from ranked
where day_rank = 1
