-- What channels cost beside media.
-- Grain: one row per cost_id, of the newest file that has it.
{{ config(enabled=is_vendor_used("files")) }}
with
    rows_of_files as (
        {{
            newest_rows(
                "files",
                "channel_costs",
                key=["cost_id"],
                newest_by="file_modified_at",
            )
        }}
    )
select
    cast(nullif(trim(cost_id), '') as string) as cost_id,
    cast(lower(trim(channel_name)) as string) as channel_name,
    cast(
        case
            when
                replace(lower(trim(cost_type)), ' ', '_') in (
                    'booth',
                    'travel',
                    'freight',
                    'tools',
                    'agency',
                    'media',
                    'staff_time'
                )
            then replace(lower(trim(cost_type)), ' ', '_')
            else 'other'
        end as string
    ) as cost_type,
    cast(nullif(trim(event_name), '') as string) as event_name,
    cast(nullif(trim(campaign_name), '') as string) as campaign_name,
    cast(nullif(trim(country_name), '') as string) as country_name,
    cast(nullif(trim(region_name), '') as string) as region_name,
    cast(
        case
            when lower(trim(cost_status)) in ('committed', 'planned', 'ordered')
            then 'committed'
            else 'actual'
        end as string
    ) as cost_status,
    cast(nullif(trim(description), '') as string) as description_text,
    cast(upper(trim(currency)) as string) as currency,
    cast(amount as decimal(18, 2)) as cost_amount,
    cast(staff_hours as double) as staff_hours,
    cast(start_date as date) as start_date,
    cast(greatest(start_date, end_date) as date) as end_date,
    {{ loaded_at() }} as _loaded_at
from rows_of_files
where line_number > 0
