-- The daily figures of one report of Meta in the columns that all ad platforms share.
-- A breakdown that the report does not have is '' ("not split").
{% macro meta_ads_daily_figures(
    table, breakdown, platform="''", age="''", gender="''"
) %}
    with
        figures as (
            {{
                newest_account_days(
                    "meta_ads", table, "account_id", "date_start", "ad_id"
                )
            }}
        ),
        accounts as (select * from {{ ref("stg_meta_ads__ad_accounts") }}),
        conversion_actions as (
            select *
            from {{ ref("stg_meta_ads__conversion_actions") }}
            where is_counted and conversion_category_name = 'purchase'
        ),
        purchases as (
            select
                actions.account_id,
                actions.ad_id,
                actions.activity_date,
                actions.publisher_platform,
                actions.age,
                actions.gender,
                sum(
                    case
                        when actions.attribution_window_name = 'default'
                        then actions.action_count
                    end
                ) as purchase_count,
                sum(
                    case
                        when actions.attribution_window_name = 'default'
                        then actions.action_amount
                    end
                ) as purchase_amount,
                sum(
                    case
                        when actions.attribution_window_name = '1d_view'
                        then actions.action_count
                    end
                ) as view_through_count
            from {{ ref("stg_meta_ads__insight_actions") }} as actions
            inner join
                conversion_actions
                on actions.account_id = conversion_actions.account_id
                and actions.action_type = conversion_actions.action_type
            where actions.breakdown_name = '{{ breakdown }}'
            group by
                actions.account_id,
                actions.ad_id,
                actions.activity_date,
                actions.publisher_platform,
                actions.age,
                actions.gender
        )
    select
        cast(figures.account_id as string) as account_id,
        cast(figures.campaign_id as string) as campaign_id,
        cast(figures.adset_id as string) as ad_group_id,
        cast(figures.ad_id as string) as ad_id,
        {% if platform == "''" %} cast('' as string) as platform_name,
        {% else %} {{ meta_ads_platform_name(platform) }} as platform_name,
        {% endif %}
        cast({{ platform }} as string) as network_name,
        cast('' as string) as device_name,
        cast({{ age }} as string) as age_group_name,
        cast({{ gender }} as string) as gender_name,
        cast(
            coalesce(upper(figures.account_currency), accounts.currency) as string
        ) as currency,
        accounts.timezone_name,
        cast(coalesce(figures.impressions, 0) as bigint) as impression_count,
        cast(coalesce(figures.clicks, 0) as bigint) as click_count,
        cast(coalesce(figures.spend, 0) as decimal(18, 6)) as spend_amount,
        cast(
            coalesce(purchases.purchase_count, 0) as double
        ) as platform_conversion_count,
        cast(
            coalesce(purchases.purchase_amount, 0) as decimal(18, 6)
        ) as platform_conversion_amount,
        cast(
            coalesce(purchases.view_through_count, 0) as double
        ) as view_through_conversion_count,
        cast('default' as string) as attribution_window_name,
        cast(figures.date_start as date) as activity_date,
        {{ zone_shift_hours("figures.date_start", "accounts.timezone_name") }}
        as tz_shift_hours,
        {{ loaded_at("figures._dlt_load_id") }} as _loaded_at
    from figures
    left join accounts on figures.account_id = accounts.account_id
    left join
        purchases
        on figures.account_id = purchases.account_id
        and figures.ad_id = purchases.ad_id
        and figures.date_start = purchases.activity_date
        and {{ platform }} = purchases.publisher_platform
        and {{ age }} = purchases.age
        and {{ gender }} = purchases.gender
{% endmacro %}
