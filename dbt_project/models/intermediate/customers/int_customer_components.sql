-- The connected components of the identity graph: which records are one customer now.
-- Grain: one row per record_node; a record without a link is a component of its own.
{{
    config(
        pre_hook="{{ connect_components(ref('int_customer_links')) }}",
        post_hook="drop table if exists {{ found_components() }}",
    )
}}
-- depends_on: {{ ref("int_customer_links") }}
with
    records as (select * from {{ ref("int_customer_records") }}),
    components as (select node, component from {{ found_components() }}),
    labelled as (
        select records.record_node, records.first_seen_at, components.component
        from records
        left join components on records.record_node = components.node
    ),
    -- The component is named by the record that was seen first.
    named as (
        select
            *,
            case
                when component is null
                then record_node
                else
                    first_value(record_node) over (
                        partition by component
                        order by
                            first_seen_at asc nulls last, record_node asc nulls last
                    )
            end as founding_record_node
        from labelled
    )
select
    cast(record_node as string) as record_node,
    cast(founding_record_node as string) as founding_record_node,
    cast(first_seen_at as timestamp) as first_seen_at
from named
