-- What hiring cost, one row per bill or booking.
-- Grain: one row per cost_id, of the newest file that has it.
{{ config(enabled=is_vendor_used("files")) }}
with
    rows_of_files as (
        {{
            newest_rows(
                "files", "hiring_costs", key=["cost_id"], newest_by="file_modified_at"
            )
        }}
    )
select
    cast(nullif(trim(cost_id), '') as string) as cost_id,
    cast(nullif(trim(requisition_id), '') as string) as requisition_id,
    cast(nullif(trim(department), '') as string) as department_name,
    cast(nullif(trim(job_title), '') as string) as job_title,
    cast(nullif(trim(source_name), '') as string) as source_name,
    cast(
        case
            when lower(trim(cost_type)) in ('internal', 'external')
            then lower(trim(cost_type))
            else 'other'
        end as string
    ) as cost_type,
    cast(nullif(trim(category), '') as string) as category_name,
    cast(nullif(trim(description), '') as string) as description_text,
    cast(upper(trim(currency)) as string) as currency,
    cast(amount as decimal(18, 2)) as cost_amount,
    cast(cost_date as date) as cost_date,
    {{ loaded_at() }} as _loaded_at
from rows_of_files
where line_number > 0
