-- Targets of teams of the kinds that a CRM has; other levels are in file_targets alone.
-- Grain: one row per target_id.
{{ config(enabled=is_vendor_used("files")) }}
select
    target_id,
    cast(null as string) as employee_id,
    team_name,
    target_type,
    currency,
    false as is_archived,
    true as is_monthly,
    target_value,
    target_month,
    _loaded_at
from {{ ref("stg_files__file_targets") }}
where
    team_name is not null
    and employee_email is null
    and product_category is null
    and channel_name is null
    and country_name is null
    and target_type in ('won_amount', 'won_deals', 'meetings_booked')
