-- The edges of the identity graph: records and the identifiers that may link them.
-- Grain: one row per (from_node, to_node).
with
    identifiers as (select * from {{ ref("int_customer_identifiers") }}),
    shared_identifiers as (select * from {{ ref("int_shared_identifiers") }})
select
    cast(identifiers.record_node as string) as from_node,
    cast(identifiers.identifier_node as string) as to_node
from identifiers
left join
    shared_identifiers
    on identifiers.identifier_node = shared_identifiers.identifier_node
where shared_identifiers.identifier_node is null
