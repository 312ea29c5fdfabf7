-- Amounts of deals, line items and targets in the base currency, or why they are not.
-- Grain: one row per record with an amount. This is the one place that converts them.
with
    excluded as (select * from {{ ref("int_excluded_crm_records") }}),
    outcomes as (select * from {{ ref("int_deal_outcomes") }}),
    rates as (select * from {{ ref("int_exchange_rates_daily") }}),
    deals as (
        select
            outcomes.deal_key,
            outcomes.amount_date,
            deals.vendor,
            deals.deal_id,
            deals.currency,
            deals.deal_amount
        from {{ ref("int_deals") }} as deals
        inner join
            outcomes
            on {{ surrogate_key(["deals.vendor", "deals.deal_id"]) }}
            = outcomes.deal_key
    ),
    line_item_deals as (select * from {{ ref("int_line_item_deals") }}),
    amounts as (
        select
            'deal' as record_type,
            deal_key as record_key,
            currency,
            deal_amount as amount,
            amount_date
        from deals
        where deal_amount is not null
        union all
        select
            'line_item' as record_type,
            {{ surrogate_key(["line_items.vendor", "line_items.line_item_id"]) }}
            as record_key,
            line_items.currency,
            line_items.line_amount as amount,
            deals.amount_date
        from {{ ref("int_line_items") }} as line_items
        inner join
            line_item_deals
            on line_items.vendor = line_item_deals.vendor
            and line_items.line_item_id = line_item_deals.line_item_id
        inner join
            deals
            on line_item_deals.vendor = deals.vendor
            and line_item_deals.deal_id = deals.deal_id
        left join
            excluded
            on excluded.record_type = 'line_item'
            and line_items.vendor = excluded.vendor
            and line_items.line_item_id = excluded.record_id
        where line_items.line_amount is not null and excluded.record_id is null
        union all
        select
            'target' as record_type,
            {{ surrogate_key(["targets.vendor", "targets.target_id"]) }} as record_key,
            targets.currency,
            targets.target_value as amount,
            least(targets.target_month, {{ as_of_date() }}) as amount_date
        from {{ ref("int_targets") }} as targets
        left join
            excluded
            on excluded.record_type = 'target'
            and targets.vendor = excluded.vendor
            and targets.target_id = excluded.record_id
        where
            targets.target_type = 'won_amount'
            and targets.target_value is not null
            and excluded.record_id is null
    ),
    converted as (
        select
            amounts.record_type,
            amounts.record_key,
            amounts.currency,
            amounts.amount_date,
            amounts.amount,
            {{
                base_amount(
                    "amounts.amount", "amounts.currency", "rates.rate_to_base"
                )
            }} as amount_base
        from amounts
        left join
            rates
            on amounts.amount_date = rates.rate_date
            and amounts.currency = rates.currency
    )
select
    cast(record_type as string) as record_type,
    cast(record_key as string) as record_key,
    cast(currency as string) as currency,
    cast(
        case
            when amount_base is not null
            then null
            when currency is null
            then 'no currency'
            else 'no rate'
        end as string
    ) as reason,
    cast(amount as decimal(18, 2)) as amount,
    cast(amount_base as decimal(18, 2)) as amount_base,
    cast(amount_date as date) as amount_date
from converted
