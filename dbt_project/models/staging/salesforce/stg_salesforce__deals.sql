-- Opportunities as Salesforce says them, deleted ones included.
-- Grain: one row per opportunity id, newest version.
{{ config(enabled=is_vendor_used("salesforce")) }}
with
    opportunities as (
        {{ newest_rows("salesforce", "opportunities", newest_by="system_modstamp") }}
    ),
    organization as (select * from {{ ref("stg_salesforce__organization") }})
select
    cast(opportunities.id as string) as deal_id,
    -- Record types are what other CRMs call pipelines; `master` is none.
    cast(coalesce(opportunities.record_type_id, 'master') as string) as pipeline_id,
    cast(opportunities.stage_name as string) as stage_id,
    cast(opportunities.owner_id as string) as employee_id,
    cast(nullif(trim(opportunities.name), '') as string) as deal_name,
    cast(nullif(trim(opportunities.type), '') as string) as deal_type,
    cast(nullif(trim(opportunities.won_reason), '') as string) as won_reason,
    cast(nullif(trim(opportunities.lost_reason), '') as string) as lost_reason,
    cast(
        coalesce(
            upper(opportunities.currency_iso_code), organization.currency
        ) as string
    ) as currency,
    coalesce(opportunities.is_closed, false) as is_stated_closed,
    coalesce(opportunities.is_won, false) as is_stated_won,
    coalesce(opportunities.is_deleted, false)
    or opportunities.is_vanished as is_archived,
    opportunities.probability / 100 as stated_probability,
    cast(opportunities.amount as decimal(18, 2)) as deal_amount,
    cast(opportunities.created_date as timestamp) as created_at,
    -- A day without a time; of a closed one the instant of the closing stage, where
    -- that was the day, so that the owner at the close is the right one.
    cast(
        case
            when
                opportunities.is_closed
                and {{ local_date("opportunities.last_stage_change_date") }}
                = opportunities.close_date
            then opportunities.last_stage_change_date
            else {{ noon_of("opportunities.close_date") }}
        end as timestamp
    ) as stated_close_at,
    cast(opportunities.system_modstamp as timestamp) as updated_at,
    {{ loaded_at("opportunities._dlt_load_id") }} as _loaded_at
from opportunities
left join organization on 1 = 1
