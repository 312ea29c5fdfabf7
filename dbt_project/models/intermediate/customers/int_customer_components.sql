-- The connected components of the identity graph: which records are one customer now.
-- Grain: one row per record_node; a record without a link is a component of its own.
{{
    config(
        pre_hook="{{ connect_components(ref('int_customer_links')) }}",
        post_hook="drop table if exists {{ found_components() }}",
    )
}}
-- depends_on: {{ ref("int_customer_links") }}
{{ founded_components(ref("int_customer_records")) }}
