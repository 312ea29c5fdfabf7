-- Where people worked from when to when: join a fact's own day, and a person who
-- changes team in the middle of a month is counted where he was.
-- Grain: one row per (person_key, valid_from_date); valid_until_date is the first day
-- after.
with intervals as (select * from {{ ref("int_people_intervals") }})
select
    cast(
        {{ surrogate_key(["person_key", "valid_from_date"]) }} as string
    ) as person_history_key,
    cast(person_key as string) as person_key,
    cast(manager_person_key as string) as manager_person_key,
    cast(employment_type as string) as employment_type,
    cast(job_title as string) as job_title,
    cast(department_name as string) as department_name,
    cast(location_name as string) as location_name,
    cast(team_name as string) as team_name,
    cast(region_name as string) as region_name,
    has_hr_history,
    is_employed,
    valid_from_date <= {{ as_of_date() }}
    and valid_until_date > {{ as_of_date() }} as is_current,
    cast(valid_from_date as date) as valid_from_date,
    cast(valid_until_date as date) as valid_until_date
from intervals
