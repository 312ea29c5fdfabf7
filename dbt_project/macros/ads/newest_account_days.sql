-- The rows of a raw table of daily figures, each account-day as its newest completed
-- load has it. A load brings a day whole, with a marker row whose id is '': rows that
-- are no longer reported are gone with the load before, on every destination.
{% macro newest_account_days(vendor, table, account, day, id) -%}
    select figures.*
    from
        (
            select
                raw_rows.*,
                max(_dlt_load_id) over (
                    partition by {{ account }}, {{ day }}
                ) as newest_load_id
            from {{ source(vendor, table) }} as raw_rows
            where {{ completed_loads(vendor) }}
        ) as figures
    where figures._dlt_load_id = figures.newest_load_id and figures.{{ id }} <> ''
{%- endmacro %}
