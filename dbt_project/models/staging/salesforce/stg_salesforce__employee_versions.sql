-- Every version of every user, with the role of that version as his team.
-- Grain: one row per user and extract in which something about him had changed.
{{ config(enabled=is_vendor_used("salesforce")) }}
with
    users as (
        select users.*
        from {{ source("salesforce", "users") }} as users
        where {{ completed_loads("salesforce") }}
    ),
    roles as ({{ newest_rows("salesforce", "user_roles", newest_by="extracted_at") }})
select
    cast(users.id as string) as employee_id,
    cast(
        coalesce(
            nullif(trim(users.name), ''),
            nullif(
                trim(
                    coalesce(users.first_name, '')
                    || ' '
                    || coalesce(users.last_name, '')
                ),
                ''
            )
        ) as string
    ) as full_name,
    cast(nullif(lower(trim(users.email)), '') as string) as rep_email,
    cast(users.user_role_id as string) as team_id,
    cast(nullif(trim(roles.name), '') as string) as team_name,
    coalesce(users.is_active, false) as is_active,
    cast(users.created_date as timestamp) as created_at,
    cast(users.extracted_at as timestamp) as extracted_at,
    cast(users.row_hash as string) as row_hash,
    {{ loaded_at("users._dlt_load_id") }} as _loaded_at
from users
left join roles on users.user_role_id = roles.id
