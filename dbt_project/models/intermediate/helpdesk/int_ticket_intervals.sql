-- What a ticket's status, group, assignee and priority were from when to when, up to
-- as_of. '' is no value.
-- Grain: one row per ticket_key, field_name and interval_number; repeats are one row.
{% set fields = {
    "status": "status_type",
    "group": "group_id",
    "assignee": "assignee_id",
    "priority": "priority_type",
} %}
with
    tickets as (
        select tickets.*
        from {{ ref("int_tickets") }} as tickets
        left join
            {{ ref("int_excluded_tickets") }} as excluded
            on tickets.vendor = excluded.vendor
            and tickets.ticket_id = excluded.record_id
        where excluded.record_id is null
    ),
    present as (
        {% for field, column in fields.items() %}
            select
                vendor,
                ticket_id,
                '{{ field }}' as field_name,
                coalesce({{ column }}, '') as field_value,
                created_at,
                updated_at
            from tickets
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),
    changes as (
        select
            present.vendor,
            present.ticket_id,
            present.field_name,
            coalesce(changes.new_value, '') as field_value,
            coalesce(changes.previous_value, '') as previous_value,
            greatest(changes.changed_at, present.created_at) as changed_at,
            row_number() over (
                partition by present.vendor, present.ticket_id, present.field_name
                order by
                    changes.changed_at asc nulls last,
                    length(changes.change_id) asc nulls last,
                    changes.change_id asc nulls last
            ) as change_number
        from present
        inner join
            {{ ref("int_ticket_field_changes") }} as changes
            on present.vendor = changes.vendor
            and present.ticket_id = changes.ticket_id
            and present.field_name = changes.field_name
    ),
    last_numbers as (
        select vendor, ticket_id, field_name, max(change_number) as change_number
        from changes
        group by vendor, ticket_id, field_name
    ),
    last_changes as (
        select changes.*
        from changes
        inner join
            last_numbers
            on changes.vendor = last_numbers.vendor
            and changes.ticket_id = last_numbers.ticket_id
            and changes.field_name = last_numbers.field_name
            and changes.change_number = last_numbers.change_number
    ),
    entries as (
        select vendor, ticket_id, field_name, field_value, changed_at, change_number
        from changes
        union all
        -- Before the first change; without any, the present value since the creation.
        select
            present.vendor,
            present.ticket_id,
            present.field_name,
            case
                when first_changes.ticket_id is null
                then present.field_value
                -- No ticket is without a status.
                when present.field_name = 'status' and first_changes.previous_value = ''
                then first_changes.field_value
                else first_changes.previous_value
            end as field_value,
            present.created_at as changed_at,
            0 as change_number
        from present
        left join
            changes as first_changes
            on present.vendor = first_changes.vendor
            and present.ticket_id = first_changes.ticket_id
            and present.field_name = first_changes.field_name
            and first_changes.change_number = 1
        where
            first_changes.ticket_id is null
            or first_changes.changed_at > present.created_at
        union all
        -- The history lags behind the ticket.
        select
            present.vendor,
            present.ticket_id,
            present.field_name,
            present.field_value,
            greatest(present.updated_at, last_changes.changed_at) as changed_at,
            last_changes.change_number + 1 as change_number
        from present
        inner join
            last_changes
            on present.vendor = last_changes.vendor
            and present.ticket_id = last_changes.ticket_id
            and present.field_name = last_changes.field_name
        where present.field_value <> last_changes.field_value
    ),
    marked as (
        select
            *,
            lag(field_value) over (
                partition by vendor, ticket_id, field_name
                order by change_number asc nulls last
            ) as value_before
        from entries
        where changed_at <= {{ as_of() }}
    ),
    collapsed as (
        select
            vendor,
            ticket_id,
            field_name,
            field_value,
            value_before,
            changed_at as started_at,
            row_number() over (
                partition by vendor, ticket_id, field_name
                order by change_number asc nulls last
            ) as interval_number,
            lead(changed_at) over (
                partition by vendor, ticket_id, field_name
                order by change_number asc nulls last
            ) as ended_at
        from marked
        where value_before is null or value_before <> field_value
    )
select
    cast({{ surrogate_key(["vendor", "ticket_id"]) }} as string) as ticket_key,
    cast(vendor as string) as vendor,
    cast(ticket_id as string) as ticket_id,
    cast(field_name as string) as field_name,
    cast(interval_number as bigint) as interval_number,
    cast(field_value as string) as field_value,
    cast(value_before as string) as previous_value,
    ended_at is null as is_current,
    cast(started_at as timestamp) as started_at,
    cast(ended_at as timestamp) as ended_at,
    -- A bound to join an instant on.
    coalesce(ended_at, cast('9999-12-31' as timestamp)) as valid_to_at
from collapsed
