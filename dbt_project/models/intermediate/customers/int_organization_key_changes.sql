-- Organizations that turned out to be one, or not to be one: old key and new key.
-- Grain: one row per (from_organization_key, to_organization_key, changed_at).
{{
    config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key=["from_organization_key", "to_organization_key", "changed_at"],
        on_schema_change="fail",
        full_refresh=false,
    )
}}
{{ key_changes(ref("int_organization_keys"), "organization") }}
