-- Ads as Meta says them, archived and deleted ones included.
-- Grain: one row per ad, newest version.
{{ config(enabled=is_vendor_used("meta_ads")) }}
with
    ads as ({{ newest_rows("meta_ads", "ads", newest_by="updated_time") }}),
    creatives as (
        {{ newest_rows("meta_ads", "adcreatives", newest_by="_dlt_load_id") }}
    ),
    links as (
        select
            id as creative_id,
            nullif(trim(url_tags), '') as url_tags,
            coalesce(
                {{ json_text("object_story_spec", "link_data.link") }},
                {{
                    json_text(
                        "object_story_spec", "video_data.call_to_action.value.link"
                    )
                }},
                link_url,
                object_url
            ) as link
        from creatives
    )
select
    cast(ads.account_id as string) as account_id,
    cast(ads.campaign_id as string) as campaign_id,
    cast(ads.adset_id as string) as ad_group_id,
    cast(ads.id as string) as ad_id,
    cast(nullif(trim(ads.name), '') as string) as ad_name,
    {{ meta_ads_status_type("ads") }} as status_type,
    -- Meta appends url_tags when somebody clicks; the utm parameters are only there.
    cast(
        case
            when links.url_tags is null
            then links.link
            when links.link like '%?%'
            then links.link || '&' || links.url_tags
            else links.link || '?' || links.url_tags
        end as string
    ) as landing_page_url,
    {{ loaded_at("ads._dlt_load_id") }} as _loaded_at
from ads
left join links on ads.creative_id = links.creative_id
