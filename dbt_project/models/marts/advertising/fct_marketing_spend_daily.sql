-- What marketing cost per day: ads as their platforms charge them, offline media and
-- channels spread evenly over their days, to the cent.
-- Grain: one row per marketing_spend_key: a campaign and platform, a week of a medium
-- or a cost, and spend_date.
with
    ad_figures as (select * from {{ ref("int_ad_performance_daily") }}),
    offline_weeks as (select * from {{ ref("int_offline_spend") }}),
    channel_costs as (select * from {{ ref("int_channel_costs") }}),
    rates as (select * from {{ ref("int_exchange_rates_daily") }}),
    day_offsets as (
        select cast(day as int) as day_offset from range(0, 3660) as days(day)
    ),
    spread as (
        select
            'offline' as spend_type,
            vendor,
            {{
                surrogate_key(
                    [
                        "medium_name",
                        "outlet_name",
                        "campaign_name",
                        "country_name",
                        "week_start_date",
                    ]
                )
            }} as record_id,
            medium_name as channel_name,
            'media' as cost_type,
            nullif(campaign_name, '') as campaign_name,
            cast(null as string) as event_name,
            nullif(country_name, '') as country_name,
            false as is_committed,
            currency,
            spend_amount as total_amount,
            week_start_date as first_date,
            7 as day_count
        from offline_weeks
        union all
        select
            'channel' as spend_type,
            vendor,
            cost_id as record_id,
            channel_name,
            cost_type,
            campaign_name,
            event_name,
            country_name,
            coalesce(cost_status = 'committed', false) as is_committed,
            currency,
            cost_amount as total_amount,
            start_date as first_date,
            {{ days_between("start_date", "coalesce(end_date, start_date)") }}
            + 1 as day_count
        from channel_costs
    ),
    spends as (
        select
            'ads' as spend_type,
            vendor,
            account_id || '-' || campaign_id || '-' || platform_name as record_id,
            platform_name as channel_name,
            'media' as cost_type,
            cast(null as string) as campaign_name,
            cast(null as string) as event_name,
            cast(null as string) as country_name,
            {{ surrogate_key(["vendor", "account_id", "campaign_id"]) }}
            as ad_campaign_key,
            false as is_committed,
            currency,
            sum(spend_amount) as spend_amount,
            activity_date as spend_date
        from ad_figures
        group by vendor, account_id, campaign_id, platform_name, currency, activity_date
        union all
        select
            spread.spend_type,
            spread.vendor,
            spread.record_id,
            spread.channel_name,
            spread.cost_type,
            spread.campaign_name,
            spread.event_name,
            spread.country_name,
            cast(null as string) as ad_campaign_key,
            spread.is_committed,
            spread.currency,
            {{
                daily_share(
                    "spread.total_amount",
                    "(day_offsets.day_offset + 1)",
                    "spread.day_count",
                )
            }} as spend_amount,
            spread.first_date + day_offsets.day_offset as spend_date
        from spread
        inner join day_offsets on spread.day_count > day_offsets.day_offset
    ),
    final as (
        select spends.*, rates.rate_to_base
        from spends
        left join
            rates
            on cast(spends.spend_date as date) = rates.rate_date
            and spends.currency = rates.currency
    )
select
    cast(
        {{
            surrogate_key(
                ["vendor", "spend_type", "record_id", "currency", "spend_date"]
            )
        }} as string
    ) as marketing_spend_key,
    cast(ad_campaign_key as string) as ad_campaign_key,
    cast(vendor as string) as vendor,
    cast(spend_type as string) as spend_type,
    cast(record_id as string) as record_id,
    cast(channel_name as string) as channel_name,
    cast(cost_type as string) as cost_type,
    cast(campaign_name as string) as campaign_name,
    cast(event_name as string) as event_name,
    cast(country_name as string) as country_name,
    cast(currency as string) as currency,
    cast(is_committed as boolean) as is_committed,
    cast(spend_amount as decimal(18, 6)) as spend_amount,
    {{ base_amount("spend_amount", "currency", "rate_to_base", 6) }}
    as spend_amount_base,
    cast(spend_date as date) as spend_date
from final
