-- Fails if staging shows more or fewer records than BambooHR's completed loads brought.
{{ config(enabled=is_vendor_used("bamboohr")) }}
with
    counts as (
        select
            'employees' as table_name,
            (
                select count(distinct employee_id)
                from {{ source("bamboohr", "employees") }}
                where {{ completed_loads("bamboohr") }}
            ) as loaded_count,
            (select count(*) from {{ ref("stg_bamboohr__employees") }}) as staged_count
        {% for table, entity, day in [
                ("employment_status", "employee_status", "date"),
                ("job_info", "employee_job", "date"),
                ("compensation", "employee_compensation", "start_date"),
            ] %}
            union all
            select
                '{{ table }}' as table_name,
                (
                    select count(*)
                    from {{ source("bamboohr", table) }}
                    where
                        row_hash <> ''
                        and {{ day }} is not null
                        and {{ completed_loads("bamboohr") }}
                ) as loaded_count,
                (
                    select count(*)
                    from {{ ref("stg_bamboohr__" ~ entity ~ "_versions") }}
                ) as staged_count
        {% endfor %}
    )
select table_name, loaded_count, staged_count
from counts
where loaded_count <> staged_count
