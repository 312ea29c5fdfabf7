-- Fails if staging shows more or fewer records than Personio's completed loads brought.
{{ config(enabled=is_vendor_used("personio")) }}
with
    counts as (
        {% for table, key, entity in [
            ("persons", "id", "employees"),
            ("employments", "id || row_hash", "employment_versions"),
        ] %}
            select
                '{{ table }}' as table_name,
                (
                    select count(distinct {{ key }})
                    from {{ source("personio", table) }}
                    where {{ completed_loads("personio") }}
                ) as loaded_count,
                (
                    select count(*) from {{ ref("stg_personio__" ~ entity) }}
                ) as staged_count
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    )
select table_name, loaded_count, staged_count
from counts
where loaded_count <> staged_count
