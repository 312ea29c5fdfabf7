-- Deals as HubSpot says them, archived ones and merge losers included.
-- Grain: one row per deal id, newest version.
{{ config(enabled=is_vendor_used("hubspot")) }}
with
    deals as ({{ newest_rows("hubspot", "deals") }}),
    account as (select * from {{ ref("stg_hubspot__account") }})
select
    cast(deals.id as string) as deal_id,
    cast(nullif(deals.pipeline, '') as string) as pipeline_id,
    cast(nullif(deals.dealstage, '') as string) as stage_id,
    cast(nullif(deals.hubspot_owner_id, '') as string) as employee_id,
    cast(nullif(trim(deals.dealname), '') as string) as deal_name,
    cast(nullif(deals.dealtype, '') as string) as deal_type,
    cast(nullif(trim(deals.closed_won_reason), '') as string) as won_reason,
    cast(nullif(trim(deals.closed_lost_reason), '') as string) as lost_reason,
    cast(
        coalesce(
            upper(nullif(trim(deals.deal_currency_code), '')), account.currency
        ) as string
    ) as currency,
    -- HubSpot's own flags; only for stages that no pipeline lists any more.
    coalesce(deals.hs_is_closed, false) as is_stated_closed,
    coalesce(deals.hs_is_closed_won, false) as is_stated_won,
    coalesce(deals.archived, false) or deals.is_vanished as is_archived,
    cast(deals.hs_deal_stage_probability as double) as stated_probability,
    cast(deals.amount as decimal(18, 2)) as deal_amount,
    cast(coalesce(deals.createdate, deals.created_at) as timestamp) as created_at,
    -- When closed, the close; while open, what the rep expects.
    cast(deals.closedate as timestamp) as stated_close_at,
    cast(deals.updated_at as timestamp) as updated_at,
    {{ loaded_at("deals._dlt_load_id") }} as _loaded_at
from deals
left join account on 1 = 1
