-- Fails if the last change of a Zendesk ticket's status, priority, group or assignee is
-- not what the ticket has now: an event is missing from its history. It only warns: a
-- ticket can change between the reading of events and of tickets.
{{ config(enabled=is_vendor_used("zendesk"), severity="warn") }}
with
    tickets as (select * from {{ ref("stg_zendesk__tickets") }} where not is_deleted),
    changes as (
        select
            ticket_id,
            field_name,
            new_value,
            row_number() over (
                partition by ticket_id, field_name
                order by
                    changed_at desc nulls last,
                    length(change_id) desc nulls last,
                    change_id desc nulls last
            ) as newest_rank
        from {{ ref("stg_zendesk__ticket_field_changes") }}
    ),
    present as (
        {% for field, column in {
            "status": "status_type",
            "priority": "priority_type",
            "group": "group_id",
            "assignee": "assignee_id",
        }.items() %}
            select ticket_id, '{{ field }}' as field_name, {{ column }} as present_value
            from tickets
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    )
select present.ticket_id, present.field_name, present.present_value, changes.new_value
from present
left join
    changes
    on present.ticket_id = changes.ticket_id
    and present.field_name = changes.field_name
    and changes.newest_rank = 1
where present.present_value is distinct from changes.new_value
