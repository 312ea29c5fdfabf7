-- Links between records, one per pair however many labels it has.
-- Grain: one row per from and to record, by type (singular nouns) and id.
{{ config(enabled=is_vendor_used("hubspot")) }}
with
    -- A read replaces the whole set of links between a record and a type.
    sets as (
        select
            *,
            rank() over (
                partition by from_type, from_id, to_type
                order by _dlt_load_id desc nulls last
            ) as set_rank
        from {{ source("hubspot", "associations") }} as links
        where {{ completed_loads("hubspot") }}
    ),
    pairs as (
        select
            from_type,
            from_id,
            to_type,
            to_id,
            max(
                case
                    when lower(label) = 'primary'
                    then 1
                    -- HubSpot's type ids of the primary company.
                    when
                        from_type = 'contacts' and to_type = 'companies' and type_id = 1
                    then 1
                    when from_type = 'deals' and to_type = 'companies' and type_id = 5
                    then 1
                    else 0
                end
            ) as primary_flag
        from sets
        -- to_id '' marks a record that was read and has no associations.
        where set_rank = 1 and to_id <> ''
        group by from_type, from_id, to_type, to_id
    )
    {% set nouns = {
        "companies": "company",
        "contacts": "contact",
        "deals": "deal",
        "line_items": "line_item",
        "meetings": "meeting",
        "calls": "call",
        "emails": "email",
        "tasks": "task",
    } %}
select
    {% for side in ["from", "to"] %}
        cast(
            case
                {{ side }}_type
                {% for plural, singular in nouns.items() %}
                    when '{{ plural }}' then '{{ singular }}'
                {% endfor %}
                else {{ side }}_type
            end as string
        ) as {{ side }}_type,
        cast({{ side }}_id as string) as {{ side }}_id,
    {% endfor %}
    primary_flag = 1 as is_primary
from pairs
