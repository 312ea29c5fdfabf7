-- K8: what each campaign's scope sold in its window against what those days sell
-- without it, and the uplift per money spent.
-- Grain: one row per campaign_key whose window began and whose scope sold before.
with
    days as (select * from {{ ref("int_uplift_days") }} where window_type = 'campaign'),
    campaigns as (select * from {{ ref("dim_campaigns") }}),
    spends as (select * from {{ ref("fct_marketing_spend_daily") }}),
    ad_campaigns as (select * from {{ ref("dim_ad_campaigns") }}),
    costs as (
        select
            campaigns.campaign_key,
            sum(spends.spend_amount_base) as cost_amount_base,
            sum(
                case when spends.spend_amount_base is null then 1 else 0 end
            ) as unconverted_cost_count
        from spends
        left join ad_campaigns on spends.ad_campaign_key = ad_campaigns.ad_campaign_key
        inner join
            campaigns
            on campaigns.utm_campaign
            = coalesce(spends.campaign_name, ad_campaigns.utm_campaign)
            and spends.spend_date >= campaigns.start_date
            and spends.spend_date <= campaigns.end_date
            and spends.spend_date < {{ as_of_date() }}
        where not spends.is_committed
        group by campaigns.campaign_key
    ),
    summed as (
        select
            window_key as campaign_key,
            count(*) as elapsed_day_count,
            min(baseline_week_count) as baseline_week_count,
            sum(net_amount_base) as net_amount_base,
            case
                when count(expected_amount_base) = count(*)
                then sum(expected_amount_base)
            end as expected_amount_base
        from days
        group by window_key
    ),
    final as (
        select
            campaigns.*,
            summed.elapsed_day_count,
            summed.baseline_week_count,
            summed.net_amount_base,
            summed.expected_amount_base,
            summed.net_amount_base - summed.expected_amount_base as uplift_amount_base,
            case
                when summed.expected_amount_base > 0
                then
                    {{
                        safe_ratio(
                            "summed.net_amount_base", "summed.expected_amount_base"
                        )
                    }} - 1
            end as uplift_rate,
            costs.cost_amount_base,
            coalesce(costs.unconverted_cost_count, 0) as unconverted_cost_count
        from summed
        inner join campaigns on summed.campaign_key = campaigns.campaign_key
        left join costs on summed.campaign_key = costs.campaign_key
    )
select
    cast(campaign_key as string) as campaign_key,
    cast(campaign_id as string) as campaign_id,
    cast(campaign_name as string) as campaign_name,
    cast(campaign_type as string) as campaign_type,
    cast(channel_name as string) as channel_name,
    cast(country_name as string) as country_name,
    cast(region_name as string) as region_name,
    cast(product_category as string) as product_category,
    cast(end_date < {{ as_of_date() }} as boolean) as is_complete,
    cast(overlap_count > 0 as boolean) as is_overlapping,
    cast(net_amount_base as decimal(18, 2)) as net_sales_amount_base,
    cast(expected_amount_base as decimal(18, 2)) as expected_net_sales_amount_base,
    cast(uplift_amount_base as decimal(18, 2)) as uplift_amount_base,
    cast(cost_amount_base as decimal(18, 2)) as cost_amount_base,
    uplift_rate,
    {{ safe_ratio("uplift_amount_base", "cost_amount_base") }} as uplift_to_cost_rate,
    cast(elapsed_day_count as bigint) as elapsed_day_count,
    cast(baseline_week_count as bigint) as baseline_week_count,
    cast(overlap_count as bigint) as overlap_count,
    cast(unconverted_cost_count as bigint) as unconverted_cost_count,
    cast(start_date as date) as start_date,
    cast(end_date as date) as end_date
from final
