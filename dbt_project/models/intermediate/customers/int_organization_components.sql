-- Which records are one organization by the present evidence.
-- Grain: one row per record_node; a record without a link is a component of its own.
{{
    config(
        pre_hook="{{ connect_components(ref('int_organization_links')) }}",
        post_hook="drop table if exists {{ found_components() }}",
    )
}}
-- depends_on: {{ ref("int_organization_links") }}
{{ founded_components(ref("int_organization_records")) }}
