-- Hires, separations and transfers with team, region and day, for BI.
-- Grain: one row per headcount_change_key. Summed up to a day, headcount_change is the
-- headcount of a scope at its end; rows of different scope types must not be added.
with
    changes as (select * from {{ ref("fct_headcount_changes") }}),
    spells as (select * from {{ ref("fct_employment_spells") }}),
    history as (select * from {{ ref("dim_people_history") }}),
    days as (select * from {{ ref("dim_dates") }})
select
    changes.headcount_change_key,
    changes.spell_key,
    changes.person_key,
    changes.scope_type,
    changes.scope_name,
    changes.other_scope_name,
    changes.change_type,
    changes.separation_type,
    spells.hire_type,
    spells.hire_source_name,
    history.employment_type,
    history.job_title,
    history.department_name,
    history.location_name,
    cast(null as string) as rep_email,
    cast(coalesce(history.team_name, 'no team') as string) as team_name,
    cast(coalesce(history.region_name, 'unknown') as string) as region_name,
    changes.headcount_change,
    spells.hire_date,
    changes.change_date,
    {{ calendar_columns("days") }}
from changes
left join spells on changes.spell_key = spells.spell_key
left join
    history
    on changes.person_key = history.person_key
    -- Of who leaves, the day before: the first day without him has no team.
    and changes.change_date
    - case when changes.change_type in ('separation', 'transfer_out') then 1 else 0 end
    >= history.valid_from_date
    and changes.change_date
    - case when changes.change_type in ('separation', 'transfer_out') then 1 else 0 end
    < history.valid_until_date
left join days on changes.change_date = days.calendar_date
