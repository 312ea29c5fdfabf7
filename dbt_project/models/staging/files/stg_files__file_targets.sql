-- Monthly targets of any kind and level.
-- Grain: one row per target_id, of the newest file that has it.
{{ config(enabled=is_vendor_used("files")) }}
with
    rows_of_files as (
        {{
            newest_rows(
                "files", "targets", key=["target_id"], newest_by="file_modified_at"
            )
        }}
    )
select
    cast(nullif(trim(target_id), '') as string) as target_id,
    cast(lower(trim(target_type)) as string) as target_type,
    cast(nullif(lower(trim(employee_email)), '') as string) as employee_email,
    cast(nullif(trim(team_name), '') as string) as team_name,
    cast(nullif(trim(region_name), '') as string) as region_name,
    cast(nullif(trim(country_name), '') as string) as country_name,
    cast(nullif(trim(product_category), '') as string) as product_category,
    cast(nullif(trim(channel_name), '') as string) as channel_name,
    cast(nullif(upper(trim(currency)), '') as string) as currency,
    cast(target_value as decimal(18, 2)) as target_value,
    cast(target_month as date) as target_month,
    {{ loaded_at() }} as _loaded_at
from rows_of_files
where line_number > 0
