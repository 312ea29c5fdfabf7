-- A select for an incremental model: the key of every record's component, kept from run
-- to run. Only a merge or a split of components changes it.
{% macro kept_keys(components, kind) %}
    with
        components as (select * from {{ components }}),
        known as (
            {% if is_incremental() %}
                select
                    record_node,
                    {{ kind }}_key,
                    founding_record_node,
                    founded_at,
                    previous_{{ kind }}_key,
                    assigned_at
                from {{ this }}
            {% else %}
                select
                    cast(null as string) as record_node,
                    cast(null as string) as {{ kind }}_key,
                    cast(null as string) as founding_record_node,
                    cast(null as timestamp) as founded_at,
                    cast(null as string) as previous_{{ kind }}_key,
                    cast(null as timestamp) as assigned_at
                from (select 1 as one) as nothing
                where 1 = 0
            {% endif %}
        ),
        -- Which keys each present group has a claim to, by the records that carry them.
        claims as (
            select
                components.founding_record_node as component,
                known.{{ kind }}_key,
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
            group by components.founding_record_node, known.{{ kind }}_key
        ),
        -- After a split the part with the founding record keeps the key, else the
        -- largest.
        owners as (
            select
                *,
                row_number() over (
                    partition by {{ kind }}_key
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
                    survivors.{{ kind }}_key,
                    {{
                        surrogate_key(
                            ["'" ~ kind ~ "'", "components.founding_record_node"]
                        )
                    }}
                ) as {{ kind }}_key,
                coalesce(
                    survivors.key_founder, components.founding_record_node
                ) as founding_record_node,
                case
                    when survivors.component is null
                    then founders.first_seen_at
                    else survivors.founded_at
                end as founded_at
            from components
            inner join
                founders on components.founding_record_node = founders.record_node
            left join
                survivors
                on components.founding_record_node = survivors.component
                and survivors.key_rank = 1
        )
    select
        cast(assigned.record_node as string) as record_node,
        cast(assigned.{{ kind }}_key as string) as {{ kind }}_key,
        cast(known.{{ kind }}_key as string) as previous_{{ kind }}_key,
        cast(assigned.founding_record_node as string) as founding_record_node,
        cast(assigned.founded_at as timestamp) as founded_at,
        {{ as_of() }} as assigned_at
    from assigned
    left join known on assigned.record_node = known.record_node
    where known.record_node is null or known.{{ kind }}_key <> assigned.{{ kind }}_key
{% endmacro %}

-- A select for an incremental model: which keys of kept_keys gave way to which.
{% macro key_changes(keys, kind) %}
    with
        keys as (select * from {{ keys }}),
        current_keys as (select {{ kind }}_key from keys group by {{ kind }}_key),
        changed as (
            select
                previous_{{ kind }}_key as from_{{ kind }}_key,
                {{ kind }}_key as to_{{ kind }}_key,
                assigned_at as changed_at,
                count(*) as record_count
            from keys
            where previous_{{ kind }}_key is not null
            group by previous_{{ kind }}_key, {{ kind }}_key, assigned_at
        )
    select
        cast(changed.from_{{ kind }}_key as string) as from_{{ kind }}_key,
        cast(changed.to_{{ kind }}_key as string) as to_{{ kind }}_key,
        cast(
            case
                when current_keys.{{ kind }}_key is null then 'merge' else 'split'
            end as string
        ) as change_type,
        cast(changed.record_count as bigint) as record_count,
        cast(changed.changed_at as timestamp) as changed_at
    from changed
    left join current_keys on changed.from_{{ kind }}_key = current_keys.{{ kind }}_key
{% endmacro %}
