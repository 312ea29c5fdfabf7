-- The newest version of each row of a raw table, completed loads only. Raw may hold
-- several versions of a key (append-only destinations, kept versions). is_vanished:
-- the vendor no longer lists the record, without having said that it was deleted.
{% macro newest_rows(vendor, table, key=["id"], newest_by="updated_at") -%}
    select
        versions.*,
        coalesce(gone._dlt_load_id > versions._dlt_load_id, false) as is_vanished
    from
        (
            select
                raw_rows.*,
                row_number() over (
                    {% if key %}partition by {{ key | join(", ") }} {% endif %}
                    order by
                        {{ newest_by }} desc nulls last, _dlt_load_id desc nulls last
                ) as version_rank
            from {{ source(vendor, table) }} as raw_rows
            where {{ completed_loads(vendor) }}
        ) as versions
    left join
        (
            select table_name, record_id, max(_dlt_load_id) as _dlt_load_id
            from {{ source(vendor, "vanished_records") }}
            where {{ completed_loads(vendor) }}
            group by table_name, record_id
        ) as gone
        on gone.table_name = '{{ table }}'
        and gone.record_id = {{ record_id(key) }}
    where versions.version_rank = 1
{%- endmacro %}

-- A row's key as one text, as the sources write it into vanished_records.
{% macro record_id(key) -%}
    {%- for column in key -%}
        cast(versions.{{ column }} as string)
        {%- if not loop.last %} || ':' || {% endif -%}
    {%- else -%} cast(null as string)
    {%- endfor -%}
{%- endmacro %}
