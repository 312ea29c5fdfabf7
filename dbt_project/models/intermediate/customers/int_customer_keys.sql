-- The customer of every record, under a key that stays when more is learned: it is kept
-- from run to run, and only a merge or a split of customers changes it.
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
{{ kept_keys(ref("int_customer_components"), "customer") }}
