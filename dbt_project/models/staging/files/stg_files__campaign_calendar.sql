-- Campaigns and sales seasons; days of either calendar became Gregorian ones.
-- Grain: one row per campaign_id, of the newest file that has it.
{{ config(enabled=is_vendor_used("files")) }}
with
    rows_of_files as (
        {{
            newest_rows(
                "files",
                "campaign_calendar",
                key=["campaign_code"],
                newest_by="file_modified_at",
            )
        }}
    )
select
    cast(nullif(trim(campaign_code), '') as string) as campaign_id,
    cast(nullif(trim(campaign_name), '') as string) as campaign_name,
    cast(nullif(lower(trim(campaign_type)), '') as string) as campaign_type,
    cast(nullif(trim(holiday_code), '') as string) as holiday_code,
    cast(nullif(trim(utm_campaign), '') as string) as utm_campaign,
    cast(nullif(trim(channel_name), '') as string) as channel_name,
    cast(nullif(trim(country_name), '') as string) as country_name,
    cast(nullif(trim(region_name), '') as string) as region_name,
    cast(nullif(trim(product_category), '') as string) as product_category,
    cast(coalesce(start_date, start_date_jalali) as date) as start_date,
    cast(coalesce(end_date, end_date_jalali) as date) as end_date,
    {{ loaded_at() }} as _loaded_at
from rows_of_files
where
    line_number > 0
    and coalesce(start_date, start_date_jalali) is not null
    and coalesce(end_date, end_date_jalali) is not null
