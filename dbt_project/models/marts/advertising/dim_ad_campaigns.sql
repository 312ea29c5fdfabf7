-- Ad campaigns of every platform as they are now, with the utm campaign that their ads
-- lead visitors in with: a platform's name of a campaign need not be its utm_campaign.
-- Grain: one row per ad_campaign_key; removed campaigns stay, and those that only daily
-- figures name are added.
with
    campaigns as (select * from {{ ref("int_ad_campaigns") }}),
    ads as (select * from {{ ref("int_ads") }}),
    performance as (select * from {{ ref("int_ad_performance_daily") }}),
    conversions as (select * from {{ ref("int_ad_conversions_daily") }}),
    named as (
        select vendor, account_id, campaign_id, currency, _loaded_at
        from performance
        union all
        select vendor, account_id, campaign_id, currency, _loaded_at
        from conversions
    ),
    unlisted as (
        select
            named.vendor,
            named.account_id,
            named.campaign_id,
            max(named.currency) as currency,
            max(named._loaded_at) as _loaded_at
        from named
        left join
            campaigns
            on named.vendor = campaigns.vendor
            and named.account_id = campaigns.account_id
            and named.campaign_id = campaigns.campaign_id
        where campaigns.campaign_id is null
        group by named.vendor, named.account_id, named.campaign_id
    ),
    all_campaigns as (
        select
            vendor,
            account_id,
            campaign_id,
            campaign_name,
            objective_type,
            status_type,
            channel_type,
            true as is_listed,
            currency,
            daily_budget_amount,
            started_date,
            ended_date,
            _loaded_at
        from campaigns
        union all
        select
            vendor,
            account_id,
            campaign_id,
            cast(null as string) as campaign_name,
            cast(null as string) as objective_type,
            'removed' as status_type,
            cast(null as string) as channel_type,
            false as is_listed,
            currency,
            cast(null as decimal(18, 2)) as daily_budget_amount,
            cast(null as date) as started_date,
            cast(null as date) as ended_date,
            _loaded_at
        from unlisted
    ),
    landing_pages as (
        select
            vendor,
            account_id,
            campaign_id,
            ad_id,
            status_type,
            lower({{ url_parameter("landing_page_url", "utm_source") }}) as utm_source,
            lower({{ url_parameter("landing_page_url", "utm_medium") }}) as utm_medium,
            lower(
                {{ url_parameter("landing_page_url", "utm_campaign") }}
            ) as utm_campaign
        from ads
    ),
    ranked as (
        select
            *,
            row_number() over (
                partition by vendor, account_id, campaign_id
                order by
                    case
                        status_type when 'active' then 1 when 'paused' then 2 else 3
                    end
                    asc nulls last,
                    ad_id desc nulls last
            ) as preference
        from landing_pages
        where utm_campaign is not null
    ),
    tags as (
        select
            vendor,
            account_id,
            campaign_id,
            max(case when preference = 1 then utm_source end) as utm_source,
            max(case when preference = 1 then utm_medium end) as utm_medium,
            max(case when preference = 1 then utm_campaign end) as utm_campaign,
            count(distinct utm_campaign) as utm_campaign_count
        from ranked
        group by vendor, account_id, campaign_id
    ),
    final as (
        select
            all_campaigns.*,
            tags.utm_source,
            tags.utm_medium,
            -- What Meta and Google fill in when somebody clicks.
            replace(
                replace(
                    replace(
                        tags.utm_campaign,
                        '{{ "{{campaign.name}}" }}',
                        coalesce(lower(all_campaigns.campaign_name), '')
                    ),
                    '{{ "{{campaign.id}}" }}',
                    all_campaigns.campaign_id
                ),
                '{campaignid}',
                all_campaigns.campaign_id
            ) as utm_campaign,
            coalesce(tags.utm_campaign_count, 0) as utm_campaign_count
        from all_campaigns
        left join
            tags
            on all_campaigns.vendor = tags.vendor
            and all_campaigns.account_id = tags.account_id
            and all_campaigns.campaign_id = tags.campaign_id
    )
select
    cast(
        {{ surrogate_key(["vendor", "account_id", "campaign_id"]) }} as string
    ) as ad_campaign_key,
    cast({{ surrogate_key(["vendor", "account_id"]) }} as string) as ad_account_key,
    cast(vendor as string) as vendor,
    cast(account_id as string) as account_id,
    cast(campaign_id as string) as campaign_id,
    cast(
        coalesce(campaign_name, 'campaign ' || campaign_id) as string
    ) as campaign_name,
    cast(objective_type as string) as objective_type,
    cast(status_type as string) as status_type,
    cast(channel_type as string) as channel_type,
    cast(utm_source as string) as utm_source,
    cast(utm_medium as string) as utm_medium,
    cast(utm_campaign as string) as utm_campaign,
    cast(currency as string) as currency,
    cast(is_listed as boolean) as is_listed,
    cast(utm_campaign_count as bigint) as utm_campaign_count,
    cast(daily_budget_amount as decimal(18, 2)) as daily_budget_amount,
    cast(started_date as date) as started_date,
    cast(ended_date as date) as ended_date,
    cast(_loaded_at as timestamp) as _loaded_at
from final
