-- Campaigns as they are now, removed ones included.
-- Grain: one row per account and campaign, newest version.
{{ config(enabled=is_vendor_used("google_ads")) }}
with
    campaigns as (
        {{
            newest_rows(
                "google_ads",
                "campaigns",
                key=["customer_id", "id"],
                newest_by="_dlt_load_id",
            )
        }}
    ),
    campaign_budgets as (
        {{
            newest_rows(
                "google_ads",
                "campaign_budgets",
                key=["customer_id", "id"],
                newest_by="_dlt_load_id",
            )
        }}
    ),
    accounts as (select * from {{ ref("stg_google_ads__ad_accounts") }})
select
    cast(campaigns.customer_id as string) as account_id,
    cast(campaigns.id as string) as campaign_id,
    cast(nullif(trim(campaigns.name), '') as string) as campaign_name,
    -- Google Ads has no objective: goals are those of the conversion actions.
    cast(null as string) as objective_type,
    {{ google_ads_status_type("campaigns.status") }} as status_type,
    cast(lower(campaigns.advertising_channel_type) as string) as channel_type,
    -- Days of the account's time zone already.
    cast(left(campaigns.start_date_time, 10) as date) as started_date,
    -- Google's "no end" is the last day that it can say.
    cast(
        case
            when left(campaigns.end_date_time, 10) < '2037-12-30'
            then left(campaigns.end_date_time, 10)
        end as date
    ) as ended_date,
    -- A shared budget is not the campaign's own.
    case
        when
            campaign_budgets.period = 'DAILY'
            and not coalesce(campaign_budgets.explicitly_shared, false)
        then {{ google_ads_amount("campaign_budgets.amount_micros", 2) }}
    end as daily_budget_amount,
    accounts.currency,
    cast(nullif(campaigns.final_url_suffix, '') as string) as tracking_parameters,
    {{ loaded_at("campaigns._dlt_load_id") }} as _loaded_at
from campaigns
left join
    campaign_budgets
    on campaigns.customer_id = campaign_budgets.customer_id
    and {{ google_ads_resource_id("campaigns.campaign_budget") }} = campaign_budgets.id
left join accounts on campaigns.customer_id = accounts.account_id
