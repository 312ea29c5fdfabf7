-- Campaigns and sales seasons of the company's own calendar, with the scope they aim
-- at.
-- Grain: one row per (vendor, campaign_id) of the campaign calendar.
with
    campaigns as (select * from {{ ref("int_campaign_calendar") }}),
    overlapping as (
        select campaigns.vendor, campaigns.campaign_id, count(*) as overlap_count
        from campaigns
        inner join
            campaigns as others
            on campaigns.start_date <= others.end_date
            and campaigns.end_date >= others.start_date
            and campaigns.campaign_id <> others.campaign_id
            -- An empty scope is everything.
            and coalesce(campaigns.country_name, others.country_name, '')
            = coalesce(others.country_name, campaigns.country_name, '')
            and coalesce(campaigns.region_name, others.region_name, '')
            = coalesce(others.region_name, campaigns.region_name, '')
            and coalesce(campaigns.product_category, others.product_category, '')
            = coalesce(others.product_category, campaigns.product_category, '')
        group by campaigns.vendor, campaigns.campaign_id
    )
select
    cast(
        {{ surrogate_key(["campaigns.vendor", "campaigns.campaign_id"]) }} as string
    ) as campaign_key,
    cast(campaigns.vendor as string) as vendor,
    cast(campaigns.campaign_id as string) as campaign_id,
    cast(campaigns.campaign_name as string) as campaign_name,
    cast(campaigns.campaign_type as string) as campaign_type,
    cast(campaigns.holiday_code as string) as holiday_code,
    cast(campaigns.utm_campaign as string) as utm_campaign,
    cast(campaigns.channel_name as string) as channel_name,
    cast(campaigns.country_name as string) as country_name,
    cast(campaigns.region_name as string) as region_name,
    cast(campaigns.product_category as string) as product_category,
    cast(coalesce(overlapping.overlap_count, 0) as bigint) as overlap_count,
    cast(campaigns.start_date as date) as start_date,
    cast(campaigns.end_date as date) as end_date
from campaigns
left join
    overlapping
    on campaigns.vendor = overlapping.vendor
    and campaigns.campaign_id = overlapping.campaign_id
