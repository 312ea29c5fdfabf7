-- Records whose money could not be converted to the reporting currency, and why. They
-- keep NULL in *_amount_base, never a rate of 1.
-- Grain: one row per (record_type, record_key).
with
    rates as (select * from {{ ref("int_exchange_rates_daily") }}),
    -- A refund that names no currency has its order's.
    refunds as (
        select
            refunds.vendor,
            refunds.refund_id,
            coalesce(refunds.currency, orders.currency) as currency,
            refunds.refunded_at
        from {{ ref("int_refunds") }} as refunds
        left join
            {{ ref("int_orders") }} as orders
            on refunds.vendor = orders.vendor
            and refunds.order_id = orders.order_id
    ),
    records as (
        select
            'order' as record_type,
            {{ surrogate_key(["vendor", "order_id"]) }} as record_key,
            currency,
            {{ local_date("ordered_at") }} as amount_date
        from {{ ref("int_orders") }}
        union all
        select
            'refund' as record_type,
            {{ surrogate_key(["vendor", "refund_id"]) }} as record_key,
            currency,
            {{ local_date("refunded_at") }} as amount_date
        from refunds
    )
select
    cast(records.record_type as string) as record_type,
    cast(records.record_key as string) as record_key,
    cast(records.currency as string) as currency,
    cast(records.amount_date as date) as amount_date,
    cast(
        case
            when records.currency is null
            then 'no currency'
            when records.amount_date is null
            then 'no date'
            else 'no rate'
        end as string
    ) as reason
from records
left join
    rates on records.amount_date = rates.rate_date and records.currency = rates.currency
where
    coalesce(records.currency, '') <> {{ base_currency() }}
    and rates.rate_to_base is null
union all
select record_type, record_key, currency, amount_date, reason
from {{ ref("int_unconverted_deal_amounts") }}
