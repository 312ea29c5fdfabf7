-- Fails if staging shows more or fewer records than BambooHR's completed loads brought.
{{ config(enabled=is_vendor_used("bamboohr")) }}
{% set counts = [
    [
        "employees",
        loaded_count("bamboohr", "employees", counted="distinct employee_id"),
        staged_count("bamboohr", "employees"),
    ],
] %}
{% for table, entity, day in [
    ("employment_status", "employee_status_versions", "date"),
    ("job_info", "employee_job_versions", "date"),
    ("compensation", "employee_compensation_versions", "start_date"),
] %}
    {% do counts.append(
        [
            table,
            loaded_count(
                "bamboohr",
                table,
                counted="*",
                condition="row_hash <> '' and " ~ day ~ " is not null",
            ),
            staged_count("bamboohr", entity),
        ]
    ) %}
{% endfor %}
{{ lost_records(counts) }}
