-- Events as meetings, tasks as calls, e-mails and tasks; deleted ones included.
-- Grain: one row per activity type and id.
{{ config(enabled=is_vendor_used("salesforce")) }}
{% set columns = [
    "activity_type",
    "activity_id",
    "employee_id",
    "attendee_employee_ids",
    "direction_type",
    "outcome_status",
    "is_connected",
    "is_archived",
    "duration_minutes",
    "booked_at",
    "started_at",
    "ended_at",
    "_loaded_at",
] %}
{% for activities in ["events", "tasks"] %}
    select {{ columns | join(", ") }}
    from {{ ref("stg_salesforce__" ~ activities) }}
    {% if not loop.last %}
        union all
    {% endif %}
{% endfor %}
