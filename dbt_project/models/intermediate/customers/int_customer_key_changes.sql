-- Customers that turned out to be one, or not to be one: old key and new key.
-- Grain: one row per (from_customer_key, to_customer_key, changed_at).
{{
    config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key=["from_customer_key", "to_customer_key", "changed_at"],
        on_schema_change="fail",
        full_refresh=false,
    )
}}
{{ key_changes(ref("int_customer_keys"), "customer") }}
