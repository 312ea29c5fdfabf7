-- Ads with the page that they lead to, the utm parameters of ad or campaign included.
-- Grain: one row per account, ad group and ad, newest version.
{{ config(enabled=is_vendor_used("google_ads")) }}
with
    ads as (
        {{
            newest_rows(
                "google_ads",
                "ads",
                key=["customer_id", "ad_group_id", "id"],
                newest_by="_dlt_load_id",
            )
        }}
    ),
    campaigns as (select * from {{ ref("stg_google_ads__ad_campaigns") }}),
    links as (
        select
            ads.*,
            -- The first of a JSON list; a URL holds no quotation mark.
            nullif(split_part(cast(ads.final_urls as string), '"', 2), '') as first_url,
            -- The nearest suffix wins.
            coalesce(
                nullif(ads.final_url_suffix, ''), campaigns.tracking_parameters
            ) as tracking_parameters
        from ads
        left join
            campaigns
            on ads.customer_id = campaigns.account_id
            and ads.campaign_id = campaigns.campaign_id
    )
select
    cast(customer_id as string) as account_id,
    cast(campaign_id as string) as campaign_id,
    cast(ad_group_id as string) as ad_group_id,
    cast(id as string) as ad_id,
    cast(nullif(trim(name), '') as string) as ad_name,
    {{ google_ads_status_type("status") }} as status_type,
    cast(
        case
            when tracking_parameters is null
            then first_url
            when first_url like '%?%'
            then first_url || '&' || tracking_parameters
            else first_url || '?' || tracking_parameters
        end as string
    ) as landing_page_url,
    {{ loaded_at() }} as _loaded_at
from links
