-- The newest version of each row of a raw table, completed loads only. Raw may hold
-- several versions of a key (append-only destinations, kept versions).
{% macro newest_rows(vendor, table, key=["id"], newest_by="updated_at") -%}
    select versions.*
    from
        (
            select
                raw_rows.*,
                row_number() over (
                    partition by {{ key | join(", ") }}
                    order by
                        {{ newest_by }} desc nulls last, _dlt_load_id desc nulls last
                ) as version_rank
            from {{ source(vendor, table) }} as raw_rows
            where {{ completed_loads(vendor) }}
        ) as versions
    where versions.version_rank = 1
{%- endmacro %}
