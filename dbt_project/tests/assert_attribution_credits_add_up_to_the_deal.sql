-- Fails if the credits of a won deal are not the whole deal under every model.
with
    credits as (select * from {{ ref("fct_deal_attribution_credits") }}),
    deals as (
        select *
        from {{ ref("fct_deals") }}
        where is_won and close_date <= {{ as_of_date() }}
    ),
    summed as (
        select
            deal_key,
            attribution_model_name,
            sum(credit_share) as credit_share,
            sum(credited_amount_base) as credited_amount_base
        from credits
        group by deal_key, attribution_model_name
    ),
    counted as (select deal_key, count(*) as model_count from summed group by deal_key)
select deals.deal_key, summed.attribution_model_name
from deals
left join summed on deals.deal_key = summed.deal_key
left join counted on deals.deal_key = counted.deal_key
where
    counted.model_count is null
    or counted.model_count <> 8
    or abs(summed.credit_share - 1) > 0.000000001
    or summed.credited_amount_base is distinct from deals.deal_amount_base
