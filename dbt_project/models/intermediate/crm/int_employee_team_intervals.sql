-- Which team and region a rep belonged to from when to when, from the owner lists
-- loaded.
-- Grain: one row per employee and change of team. Before the first load it is the
-- first.
with
    versions as (select * from {{ ref("int_employee_versions") }}),
    regions as (select * from {{ ref("team_regions") }}),
    ranked as (
        select
            vendor,
            employee_id,
            coalesce(team_name, 'no team') as team_name,
            extracted_at,
            lag(coalesce(team_name, 'no team')) over (
                partition by vendor, employee_id
                order by extracted_at asc nulls last, row_hash asc nulls last
            ) as previous_team_name,
            row_number() over (
                partition by vendor, employee_id
                order by extracted_at asc nulls last, row_hash asc nulls last
            ) as version_number
        from versions
    ),
    changes as (
        select
            vendor,
            employee_id,
            team_name,
            extracted_at,
            row_number() over (
                partition by vendor, employee_id order by version_number asc nulls last
            ) as change_number,
            lead(extracted_at) over (
                partition by vendor, employee_id order by version_number asc nulls last
            ) as next_extracted_at
        from ranked
        where previous_team_name is null or previous_team_name <> team_name
    )
select
    cast(
        {{ surrogate_key(["changes.vendor", "changes.employee_id"]) }} as string
    ) as employee_key,
    cast(changes.team_name as string) as team_name,
    cast(coalesce(regions.region_name, 'unknown') as string) as region_name,
    cast(changes.change_number as bigint) as change_number,
    case
        when changes.change_number = 1
        then cast('1900-01-01' as timestamp)
        else cast(changes.extracted_at as timestamp)
    end as valid_from_at,
    coalesce(
        cast(changes.next_extracted_at as timestamp), cast('9999-12-31' as timestamp)
    ) as valid_to_at
from changes
left join regions on changes.team_name = regions.team_name
