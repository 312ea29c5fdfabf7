-- What conversion actions counted. Of a category that has actions which Google counts
-- as "conversions", only those: the others are the same events seen by another tag.
-- Grain: one row per campaign, conversion action and day of the account.
{{ config(enabled=is_vendor_used("google_ads")) }}
with
    figures as (
        {{
            newest_account_days(
                "google_ads", "conversion_stats", "customer_id", "date", "campaign_id"
            )
        }}
    ),
    accounts as (select * from {{ ref("stg_google_ads__ad_accounts") }}),
    conversion_actions as (
        select * from {{ ref("stg_google_ads__conversion_actions") }}
    ),
    counted_categories as (
        select account_id, conversion_category_name
        from conversion_actions
        where is_counted
        group by account_id, conversion_category_name
    ),
    counted as (
        select
            figures.*,
            {{ google_ads_resource_id("figures.conversion_action") }}
            as conversion_action_id,
            conversion_actions.conversion_action_name as current_name,
            coalesce(
                lower(figures.conversion_action_category),
                conversion_actions.conversion_category_name
            ) as category_name,
            conversion_actions.click_window_days,
            conversion_actions.view_window_days,
            -- A manager's action is not among the account's own.
            coalesce(conversion_actions.is_counted, false)
            or coalesce(figures.conversions, 0) <> 0 as is_counted
        from figures
        left join
            conversion_actions
            on figures.customer_id = conversion_actions.account_id
            and {{ google_ads_resource_id("figures.conversion_action") }}
            = conversion_actions.conversion_action_id
    )
select
    cast(counted.customer_id as string) as account_id,
    cast(counted.campaign_id as string) as campaign_id,
    cast(counted.conversion_action_id as string) as conversion_action_id,
    cast(
        coalesce(counted.current_name, counted.conversion_action_name) as string
    ) as conversion_action_name,
    cast(counted.category_name as string) as conversion_category_name,
    cast(
        cast(counted.click_window_days as string)
        || 'd_click_'
        || cast(counted.view_window_days as string)
        || 'd_view' as string
    ) as attribution_window_name,
    cast('google' as string) as platform_name,
    cast(
        coalesce(
            case
                when counted.is_counted
                then counted.conversions
                else counted.all_conversions
            end,
            0
        ) as double
    ) as conversion_count,
    cast(
        coalesce(
            case
                when counted.is_counted
                then counted.conversions_value
                else counted.all_conversions_value
            end,
            0
        ) as decimal(18, 6)
    ) as conversion_amount,
    accounts.currency,
    cast(counted.date as date) as activity_date,
    {{ loaded_at("counted._dlt_load_id") }} as _loaded_at
from counted
left join accounts on counted.customer_id = accounts.account_id
left join
    counted_categories
    on counted.customer_id = counted_categories.account_id
    and counted.category_name = counted_categories.conversion_category_name
where counted.is_counted or counted_categories.account_id is null
