-- Fails if staging shows more or fewer records than Zendesk's completed loads brought.
-- Notifications and the like are neither a change nor a comment.
{{ config(enabled=is_vendor_used("zendesk")) }}
{% set neither = (
    "(event_type not in ('Create', 'Change', 'Comment', 'VoiceComment')"
    ~ " or (event_type in ('Create', 'Change') and field_name = ''))"
) %}
{% set counts = [
    [
        "ticket_child_events",
        loaded_count("zendesk", "ticket_child_events", counted="*"),
        staged_count("zendesk", "ticket_field_changes")
        ~ " + "
        ~ staged_count("zendesk", "ticket_comments")
        ~ " + "
        ~ loaded_count(
            "zendesk", "ticket_child_events", counted="*", condition=neither
        ),
    ],
] %}
{% for table, entity in {
    "tickets": "tickets",
    "users": "helpdesk_users",
    "organizations": "helpdesk_organizations",
    "groups": "helpdesk_groups",
}.items() %}
    {% do counts.append(
        [
            table,
            loaded_count("zendesk", table),
            staged_count("zendesk", entity),
        ]
    ) %}
{% endfor %}
{{ lost_records(counts) }}
