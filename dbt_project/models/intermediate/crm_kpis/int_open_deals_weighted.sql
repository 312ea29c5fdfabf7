-- The value of open deals weighted by probability, as stated and as measured.
-- Grain: one row per deal_key that is open. A stage with too few closed deals to
-- measure keeps the probability that the CRM states.
with
    deals as (select * from {{ ref("fct_deals") }} where is_open),
    funnel as (select * from {{ ref("int_funnel_stages") }}),
    measured as (select * from {{ ref("int_stage_win_rates") }}),
    rated as (
        select
            deals.deal_key,
            deals.deal_amount_base,
            deals.close_date,
            cast(round(deals.stage_probability, 6) as decimal(9, 6)) as stated_rate,
            cast(
                round(
                    case
                        when
                            measured.closed_count
                            >= {{ var("measured_rate_minimum_deals") }}
                        then measured.win_rate
                    end,
                    6
                ) as decimal(9, 6)
            ) as measured_rate
        from deals
        left join
            funnel
            on deals.vendor = funnel.vendor
            and deals.pipeline_id = funnel.pipeline_id
            and deals.stage_id = funnel.stage_id
        left join
            measured
            on funnel.vendor = measured.vendor
            and funnel.pipeline_id = measured.pipeline_id
            and funnel.funnel_position = measured.funnel_position
    )
select
    cast(deal_key as string) as deal_key,
    stated_rate is null as is_without_probability,
    measured_rate is null as is_measured_fallback,
    cast(deal_amount_base * stated_rate as decimal(27, 8)) as weighted_amount_base,
    cast(
        deal_amount_base * coalesce(measured_rate, stated_rate) as decimal(27, 8)
    ) as measured_weighted_amount_base,
    cast(close_date as date) as close_date
from rated
