-- A select: every record with the record of its component that was seen first, after
-- connect_components has run as the model's pre-hook.
{% macro founded_components(records) %}
    with
        records as (select * from {{ records }}),
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
{% endmacro %}
