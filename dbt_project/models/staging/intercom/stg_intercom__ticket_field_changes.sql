-- What status, assignee and group of a conversation were set to, from its parts.
-- Priority,
-- requester and organization have no history at Intercom: what they are now counts from
-- the creation on.
-- Grain: one row per conversation, part (change_id, '0' is the creation) and field.
{{ config(enabled=is_vendor_used("intercom")) }}
with
    conversations as ({{ newest_rows("intercom", "conversations") }}),
    tickets as (
        select tickets.*, conversations.source_author_id
        from {{ ref("stg_intercom__tickets") }} as tickets
        left join conversations on tickets.ticket_id = conversations.id
    ),
    parts as (select * from {{ ref("stg_intercom__conversation_parts") }}),
    at_creation as (
        select
            ticket_id,
            '0' as change_id,
            'status' as field_name,
            'open' as new_value,
            source_author_id as changed_by_user_id,
            created_at as changed_at,
            _loaded_at
        from tickets
        {% for field, column in {
                "priority": "priority_type",
                "requester": "requester_id",
                "organization": "organization_id",
            }.items() %}
            union all
            select
                ticket_id,
                '0' as change_id,
                '{{ field }}' as field_name,
                {{ column }} as new_value,
                source_author_id as changed_by_user_id,
                created_at as changed_at,
                _loaded_at
            from tickets
            where {{ column }} is not null
        {% endfor %}
    ),
    set_values as (
        select *
        from at_creation
        union all
        select
            ticket_id,
            part_id as change_id,
            'status' as field_name,
            status_type as new_value,
            author_id as changed_by_user_id,
            created_at as changed_at,
            _loaded_at
        from parts
        where status_type is not null
        union all
        select
            ticket_id,
            part_id as change_id,
            assigned_field_name as field_name,
            assigned_value as new_value,
            author_id as changed_by_user_id,
            created_at as changed_at,
            _loaded_at
        from parts
        where assigned_field_name is not null
    ),
    in_order as (
        select
            set_values.*,
            lag(new_value) over (
                partition by ticket_id, field_name
                order by
                    changed_at asc nulls last,
                    length(change_id) asc nulls last,
                    change_id asc nulls last
            ) as previous_value
        from set_values
    )
select
    cast(ticket_id as string) as ticket_id,
    cast(change_id as string) as change_id,
    cast(field_name as string) as field_name,
    cast(previous_value as string) as previous_value,
    cast(new_value as string) as new_value,
    cast(changed_by_user_id as string) as changed_by_user_id,
    cast(changed_at as timestamp) as changed_at,
    _loaded_at
from in_order
-- Every part says the state; only where it differs something changed.
where changed_at is not null and coalesce(previous_value, '') <> coalesce(new_value, '')
