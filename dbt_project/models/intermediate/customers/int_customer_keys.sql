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
with
    components as (select * from {{ ref("int_customer_components") }}),
    known as (
        {% if is_incremental() %}
            select
                record_node,
                customer_key,
                founding_record_node,
                founded_at,
                previous_customer_key,
                assigned_at
            from {{ this }}
        {% else %}
            select
                cast(null as string) as record_node,
                cast(null as string) as customer_key,
                cast(null as string) as founding_record_node,
                cast(null as timestamp) as founded_at,
                cast(null as string) as previous_customer_key,
                cast(null as timestamp) as assigned_at
            from (select 1 as one) as nothing
            where 1 = 0
        {% endif %}
    ),
    -- Which keys each present customer has a claim to, by the records that carry them.
    claims as (
        select
            components.founding_record_node as component,
            known.customer_key,
            min(known.founding_record_node) as key_founder,
            min(known.founded_at) as founded_at,
            max(
                case
                    when known.founding_record_node = components.record_node
                    then 1
                    else 0
                end
            ) as has_founder,
            count(*) as record_count
        from components
        inner join known on components.record_node = known.record_node
        group by components.founding_record_node, known.customer_key
    ),
    -- After a split the part with the founding record keeps the key, else the largest.
    owners as (
        select
            *,
            row_number() over (
                partition by customer_key
                order by
                    has_founder desc nulls last,
                    record_count desc nulls last,
                    component asc nulls last
            ) as claim_rank
        from claims
    ),
    -- After a merge the key that was founded first survives.
    survivors as (
        select
            *,
            row_number() over (
                partition by component
                order by founded_at asc nulls last, key_founder asc nulls last
            ) as key_rank
        from owners
        where claim_rank = 1
    ),
    founders as (
        select record_node, first_seen_at
        from components
        where record_node = founding_record_node
    ),
    assigned as (
        select
            components.record_node,
            coalesce(
                survivors.customer_key,
                {{ surrogate_key(["'customer'", "components.founding_record_node"]) }}
            ) as customer_key,
            coalesce(
                survivors.key_founder, components.founding_record_node
            ) as founding_record_node,
            case
                when survivors.component is null
                then founders.first_seen_at
                else survivors.founded_at
            end as founded_at
        from components
        inner join founders on components.founding_record_node = founders.record_node
        left join
            survivors
            on components.founding_record_node = survivors.component
            and survivors.key_rank = 1
    )
select
    cast(assigned.record_node as string) as record_node,
    cast(assigned.customer_key as string) as customer_key,
    cast(known.customer_key as string) as previous_customer_key,
    cast(assigned.founding_record_node as string) as founding_record_node,
    cast(assigned.founded_at as timestamp) as founded_at,
    {{ as_of() }} as assigned_at
from assigned
left join known on assigned.record_node = known.record_node
where known.record_node is null or known.customer_key <> assigned.customer_key
