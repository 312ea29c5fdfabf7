-- Fails if staging shows more or fewer records than Personio's completed loads brought.
{{ config(enabled=is_vendor_used("personio")) }}
{{
    lost_records(
        [
            [
                "persons",
                loaded_count("personio", "persons"),
                staged_count("personio", "employees"),
            ],
            [
                "employments",
                loaded_count(
                    "personio", "employments", counted="distinct id || row_hash"
                ),
                staged_count("personio", "employment_versions"),
            ],
        ]
    )
}}
