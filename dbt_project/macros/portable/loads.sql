-- What dlt says of a row's load.
-- A condition: the row's load finished. A killed load leaves rows behind.
{% macro completed_loads(vendor) -%}
    _dlt_load_id in (
        select loads.load_id
        from {{ source(vendor, "_dlt_loads") }} as loads
        where loads.status = 0
    )
{%- endmacro %}

-- The instant of a row's load: dlt's load id is the epoch second that it started.
{% macro loaded_at(load_id="_dlt_load_id") %}
    {{- return(adapter.dispatch("loaded_at")(load_id)) -}}
{% endmacro %}
