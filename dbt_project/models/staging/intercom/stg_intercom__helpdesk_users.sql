-- Everybody in Intercom: contacts, teammates, and the bots that parts name. A contact
-- that was merged is no longer listed; its survivor says so.
-- Grain: one row per id.
{{ config(enabled=is_vendor_used("intercom")) }}
with
    contacts as ({{ newest_rows("intercom", "contacts") }}),
    admins as ({{ newest_rows("intercom", "admins", newest_by="_dlt_load_id") }}),
    parts as (select * from {{ ref("stg_intercom__conversation_parts") }}),
    merge_entries as (
        select id, updated_at, {{ explode_json_list("merge_history") }} as merge_entry
        from contacts
    ),
    absorbed as (
        select
            {{ json_text("merge_entry", "source_contact_id") }} as merged_id,
            {{ json_text("merge_entry", "source_contact_role") }} as merged_role,
            max(id) as surviving_id
        from merge_entries
        group by
            {{ json_text("merge_entry", "source_contact_id") }},
            {{ json_text("merge_entry", "source_contact_role") }}
    ),
    users as (
        select
            contacts.id as user_id,
            contacts.name as full_name,
            contacts.email,
            'end_user' as user_type,
            contacts.company_id as organization_id,
            (contacts.is_vanished or absorbed.merged_id is not null) as is_deleted,
            absorbed.surviving_id as merged_into_user_id,
            cast(contacts.created_at as timestamp) as created_at,
            cast(contacts.updated_at as timestamp) as updated_at,
            {{ loaded_at("contacts._dlt_load_id") }} as _loaded_at
        from contacts
        left join absorbed on contacts.id = absorbed.merged_id
        union all
        -- Merged before we ever saw them; parts still name them.
        select
            absorbed.merged_id as user_id,
            null as full_name,
            null as email,
            'end_user' as user_type,
            null as organization_id,
            true as is_deleted,
            absorbed.surviving_id as merged_into_user_id,
            null as created_at,
            null as updated_at,
            {{ loaded_at("survivors._dlt_load_id") }} as _loaded_at
        from absorbed
        inner join contacts as survivors on absorbed.surviving_id = survivors.id
        left join contacts as known on absorbed.merged_id = known.id
        where known.id is null
        union all
        select
            id as user_id,
            name as full_name,
            email,
            'agent' as user_type,
            null as organization_id,
            is_vanished as is_deleted,
            null as merged_into_user_id,
            null as created_at,
            null as updated_at,
            {{ loaded_at() }} as _loaded_at
        from admins
        union all
        -- Bots, and agents who left before the first load: no list has them.
        select
            parts.author_id as user_id,
            max(parts.author_name) as full_name,
            null as email,
            parts.author_type as user_type,
            null as organization_id,
            (parts.author_type = 'agent') as is_deleted,
            null as merged_into_user_id,
            null as created_at,
            null as updated_at,
            max(parts._loaded_at) as _loaded_at
        from parts
        left join admins on parts.author_id = admins.id
        where
            parts.author_type in ('bot', 'agent')
            and parts.author_id is not null
            and admins.id is null
        group by parts.author_id, parts.author_type
    )
select
    cast(user_id as string) as user_id,
    cast(nullif(trim(full_name), '') as string) as full_name,
    cast(nullif(lower(trim(email)), '') as string) as email,
    cast(user_type as string) as user_type,
    cast(organization_id as string) as organization_id,
    -- Intercom keeps places, not zones.
    cast(null as string) as timezone_name,
    not is_deleted as is_active,
    is_deleted,
    cast(merged_into_user_id as string) as merged_into_user_id,
    cast(created_at as timestamp) as created_at,
    cast(updated_at as timestamp) as updated_at,
    _loaded_at
from users
