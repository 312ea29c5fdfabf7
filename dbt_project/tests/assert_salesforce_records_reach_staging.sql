-- Fails if staging shows more or fewer records than Salesforce's completed loads
-- brought. Copies of colleagues and patterns of series are no activities.
{{ config(enabled=is_vendor_used("salesforce")) }}
{% set counts = [
    [
        "contacts and leads",
        loaded_count("salesforce", "contacts")
        ~ " + "
        ~ loaded_count("salesforce", "leads"),
        staged_count("salesforce", "contacts"),
    ],
    [
        "tasks and events",
        loaded_count(
            "salesforce",
            "tasks",
            condition="not coalesce(is_recurrence, false)",
        )
        ~ " + "
        ~ loaded_count(
            "salesforce",
            "events",
            condition="not coalesce(is_recurrence, false) and not coalesce(is_child, false)",
        ),
        staged_count("salesforce", "activities"),
    ],
] %}
{% for table, entity in {
    "opportunities": "deals",
    "accounts": "companies",
    "products": "products",
    "opportunity_line_items": "line_items",
    "forecasting_quotas": "targets",
}.items() %}
    {% do counts.append(
        [
            table,
            loaded_count("salesforce", table),
            staged_count("salesforce", entity),
        ]
    ) %}
{% endfor %}
{{ lost_records(counts) }}
