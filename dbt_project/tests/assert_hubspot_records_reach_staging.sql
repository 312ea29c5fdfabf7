-- Fails if staging shows more or fewer records than HubSpot's completed loads brought.
{{ config(enabled=is_vendor_used("hubspot")) }}
{% set counts = [] %}
{% for table, entity in {
    "deals": "deals",
    "companies": "companies",
    "contacts": "contacts",
    "products": "products",
    "line_items": "line_items",
    "meetings": "meetings",
    "calls": "calls",
    "emails": "emails",
    "tasks": "tasks",
    "goal_targets": "targets",
    "marketing_events": "marketing_events",
    "marketing_event_participations": "marketing_event_participations",
    "marketing_emails": "marketing_emails",
}.items() %}
    {% do counts.append(
        [
            table,
            loaded_count("hubspot", table),
            staged_count("hubspot", entity),
        ]
    ) %}
{% endfor %}
{{ lost_records(counts) }}
