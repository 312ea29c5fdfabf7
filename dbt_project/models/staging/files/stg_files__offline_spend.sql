-- Offline media spend by week.
-- Grain: one row per week, medium, outlet, campaign and country, of the newest file
-- that has it.
{{ config(enabled=is_vendor_used("files")) }}
with
    rows_of_files as (
        {{
            newest_rows(
                "files",
                "offline_spend",
                key=[
                    "week_start_date",
                    "medium",
                    "outlet",
                    "campaign_name",
                    "country_name",
                ],
                newest_by="file_modified_at",
            )
        }}
    )
select
    cast(lower(trim(medium)) as string) as medium_name,
    cast(coalesce(trim(outlet), '') as string) as outlet_name,
    cast(coalesce(trim(campaign_name), '') as string) as campaign_name,
    cast(coalesce(trim(country_name), '') as string) as country_name,
    cast(nullif(trim(region_name), '') as string) as region_name,
    cast(upper(trim(currency)) as string) as currency,
    cast(spend_amount as decimal(18, 2)) as spend_amount,
    cast(reach_count as bigint) as reach_count,
    cast(week_start_date as date) as week_start_date,
    {{ loaded_at() }} as _loaded_at
from rows_of_files
where line_number > 0
