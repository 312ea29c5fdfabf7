-- Rows of a table whose sets per employee are kept: all versions, each with the time in
-- which it was what the vendor said (reported_until_at is NULL for the present one).
{% macro kept_sets(vendor, table) -%}
    select kept_rows.*, sets.reported_from_at, sets.reported_until_at
    from {{ source(vendor, table) }} as kept_rows
    inner join
        (
            select
                employee_id,
                set_version,
                cast(min(extracted_at) as timestamp) as reported_from_at,
                cast(
                    lead(min(extracted_at)) over (
                        partition by employee_id
                        order by
                            min(_dlt_load_id) asc nulls last, set_version asc nulls last
                    ) as timestamp
                ) as reported_until_at
            from {{ source(vendor, table) }}
            where {{ completed_loads(vendor) }}
            group by employee_id, set_version
        ) as sets
        on kept_rows.employee_id = sets.employee_id
        and kept_rows.set_version = sets.set_version
    -- row_hash '' marks an employee who has no row any more.
    where kept_rows.row_hash <> '' and kept_rows.{{ completed_loads(vendor) }}
{%- endmacro %}
