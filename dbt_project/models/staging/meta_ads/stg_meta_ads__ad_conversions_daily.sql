-- Conversions of the counted action types, at the attribution that each ad set has;
-- stg_meta_ads__insight_actions has the other windows, which overlap.
-- Grain: one row per campaign, day of the account, platform and action type.
{{ config(enabled=is_vendor_used("meta_ads")) }}
with
    insight_actions as (
        select *
        from {{ ref("stg_meta_ads__insight_actions") }}
        where breakdown_name = 'platform' and attribution_window_name = 'default'
    ),
    conversion_actions as (
        select * from {{ ref("stg_meta_ads__conversion_actions") }} where is_counted
    ),
    accounts as (select * from {{ ref("stg_meta_ads__ad_accounts") }})
select
    insight_actions.account_id,
    insight_actions.campaign_id,
    insight_actions.action_type as conversion_action_id,
    insight_actions.action_type as conversion_action_name,
    conversion_actions.conversion_category_name,
    insight_actions.attribution_window_name,
    {{ meta_ads_platform_name("insight_actions.publisher_platform") }} as platform_name,
    sum(insight_actions.action_count) as conversion_count,
    cast(sum(insight_actions.action_amount) as decimal(18, 6)) as conversion_amount,
    accounts.currency,
    insight_actions.activity_date,
    {{ loaded_at("max(insight_actions._dlt_load_id)") }} as _loaded_at
from insight_actions
inner join
    conversion_actions
    on insight_actions.account_id = conversion_actions.account_id
    and insight_actions.action_type = conversion_actions.action_type
left join accounts on insight_actions.account_id = accounts.account_id
group by
    insight_actions.account_id,
    insight_actions.campaign_id,
    insight_actions.action_type,
    conversion_actions.conversion_category_name,
    insight_actions.attribution_window_name,
    {{ meta_ads_platform_name("insight_actions.publisher_platform") }},
    accounts.currency,
    insight_actions.activity_date
