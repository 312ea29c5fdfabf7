-- Which region of the company a country belongs to.
-- Grain: one row per country, of the newest file that has it.
{{ config(enabled=is_vendor_used("files")) }}
with
    rows_of_files as (
        {{
            newest_rows(
                "files", "regions", key=["country_name"], newest_by="file_modified_at"
            )
        }}
    )
select
    cast(nullif(trim(country_name), '') as string) as country_name,
    cast(nullif(upper(trim(country_code)), '') as string) as country_code,
    cast(nullif(trim(region_name), '') as string) as region_name,
    {{ loaded_at() }} as _loaded_at
from rows_of_files
where line_number > 0
