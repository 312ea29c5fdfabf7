-- The organization of every record, under a key that stays when more is learned.
-- Grain: one row per record_node.
{{
    config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="record_node",
        on_schema_change="fail",
        full_refresh=false,
    )
}}
{{ kept_keys(ref("int_organization_components"), "organization") }}
