-- Every version of every owner, with the primary team of that version.
-- Grain: one row per owner and extract in which something about him had changed.
{{ config(enabled=is_vendor_used("hubspot")) }}
with
    owners as (
        select owners.*
        from {{ source("hubspot", "owners") }} as owners
        where {{ completed_loads("hubspot") }}
    ),
    teams as (
        select id, row_hash, extracted_at, {{ explode_json_list("teams") }} as team
        from owners
    ),
    ranked_teams as (
        select
            id,
            row_hash,
            extracted_at,
            {{ json_text("team", "id") }} as team_id,
            {{ json_text("team", "name") }} as team_name,
            row_number() over (
                partition by id, row_hash, extracted_at
                order by
                    case
                        when lower({{ json_text("team", "primary") }}) = 'true'
                        then 0
                        else 1
                    end asc nulls last,
                    {{ json_text("team", "name") }} asc nulls last,
                    {{ json_text("team", "id") }} asc nulls last
            ) as team_rank
        from teams
    ),
    primary_teams as (select * from ranked_teams where team_rank = 1),
    newest as ({{ newest_rows("hubspot", "owners", newest_by="extracted_at") }})
select
    cast(owners.id as string) as employee_id,
    cast(
        nullif(
            trim(
                coalesce(owners.first_name, '') || ' ' || coalesce(owners.last_name, '')
            ),
            ''
        ) as string
    ) as full_name,
    cast(nullif(lower(trim(owners.email)), '') as string) as rep_email,
    cast(primary_teams.team_id as string) as team_id,
    cast(nullif(trim(primary_teams.team_name), '') as string) as team_name,
    -- Whoever is no longer listed at all was active in the versions before the last.
    not coalesce(owners.archived or newest.is_vanished, false) as is_active,
    cast(owners.created_at as timestamp) as created_at,
    cast(owners.extracted_at as timestamp) as extracted_at,
    cast(owners.row_hash as string) as row_hash,
    {{ loaded_at("owners._dlt_load_id") }} as _loaded_at
from owners
left join
    primary_teams
    on owners.id = primary_teams.id
    and owners.row_hash = primary_teams.row_hash
    and owners.extracted_at = primary_teams.extracted_at
left join
    newest
    on owners.id = newest.id
    and owners.row_hash = newest.row_hash
    and owners.extracted_at = newest.extracted_at
