-- Value of the deals created in a month that a channel or marketing event sourced, and
-- of those it influenced (K63). One deal has one source and any number of influences:
-- influenced amounts add up to more than the pipeline, by design.
-- Grain: one row per (period_type, created_month, scope_type, scope_name) with a deal.
with
    touches as (select * from {{ ref("int_deal_touches") }}),
    deals as (
        select * from {{ ref("fct_deals") }} where created_date <= {{ as_of_date() }}
    ),
    periods as (
        select *
        from {{ ref("int_periods") }}
        where period_type in ('month', 'jalali_month')
    ),
    period_days as (
        select *
        from {{ ref("int_period_days") }}
        where comparison_type = 'current' and period_type in ('month', 'jalali_month')
    ),
    totals as (
        select
            period_days.period_type,
            period_days.period_start_date,
            count(*) as deal_count,
            coalesce(sum(deals.deal_amount_base), 0) as total_amount
        from deals
        inner join period_days on deals.created_date = period_days.calendar_date
        group by period_days.period_type, period_days.period_start_date
    ),
    final as (
        select
            period_days.period_type,
            period_days.period_start_date,
            touches.scope_type,
            touches.scope_name,
            count(case when touches.is_source then 1 end) as sourced_count,
            count(case when touches.is_influence then 1 end) as influenced_count,
            coalesce(
                sum(case when touches.is_source then deals.deal_amount_base end), 0
            ) as sourced_amount,
            coalesce(
                sum(case when touches.is_influence then deals.deal_amount_base end), 0
            ) as influenced_amount,
            count(case when touches.is_source and deals.is_won then 1 end) as won_count,
            count(*) - count(deals.deal_amount_base) as valueless_count
        from touches
        inner join deals on touches.deal_key = deals.deal_key
        inner join period_days on deals.created_date = period_days.calendar_date
        group by
            period_days.period_type,
            period_days.period_start_date,
            touches.scope_type,
            touches.scope_name
    )
select
    cast(final.period_type as string) as period_type,
    cast(final.period_start_date as date) as created_month,
    cast(final.scope_type as string) as scope_type,
    cast(final.scope_name as string) as scope_name,
    cast(periods.is_complete as boolean) as is_complete,
    cast(final.sourced_count as bigint) as sourced_deal_count,
    cast(final.won_count as bigint) as won_sourced_deal_count,
    cast(final.influenced_count as bigint) as influenced_deal_count,
    cast(totals.deal_count as bigint) as deal_count,
    cast(final.valueless_count as bigint) as deal_without_amount_count,
    cast(final.sourced_amount as decimal(18, 2)) as sourced_deal_amount_base,
    cast(final.influenced_amount as decimal(18, 2)) as influenced_deal_amount_base,
    cast(totals.total_amount as decimal(18, 2)) as total_deal_amount_base,
    {{ safe_ratio("final.sourced_amount", "totals.total_amount") }}
    as sourced_deal_amount_share,
    {{ safe_ratio("final.influenced_amount", "totals.total_amount") }}
    as influenced_deal_amount_share
from final
inner join
    totals
    on final.period_type = totals.period_type
    and final.period_start_date = totals.period_start_date
inner join
    periods
    on final.period_type = periods.period_type
    and final.period_start_date = periods.period_start_date
