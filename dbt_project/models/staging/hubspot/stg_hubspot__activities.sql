-- Meetings, calls, e-mails and tasks, archived ones included.
-- Grain: one row per activity type and id.
{{ config(enabled=is_vendor_used("hubspot")) }}
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
{% for activities in ["meetings", "calls", "emails", "tasks"] %}
    select {{ columns | join(", ") }}
    from {{ ref("stg_hubspot__" ~ activities) }}
    {% if not loop.last %}
        union all
    {% endif %}
{% endfor %}
