-- K84: days from each purchase to the next, those that nobody has ended yet included.
-- Grain: one row per (customer_key, purchase_number, scope_type). An open gap is as
-- long as it has lasted; it is no gap of that length but one of at least that length.
with
    purchases as (select * from {{ ref("int_purchases") }}),
    buyers as (select * from {{ ref("int_buyer_scopes") }})
select
    cast(purchases.customer_key as string) as customer_key,
    cast(purchases.purchase_number as bigint) as purchase_number,
    cast(buyers.scope_type as string) as scope_type,
    cast(buyers.scope_name as string) as scope_name,
    cast(purchases.next_purchase_date is null as boolean) as is_open,
    cast(
        {{
            days_between(
                "purchases.purchase_date",
                "coalesce(purchases.next_purchase_date, " ~ as_of_date() ~ ")",
            )
        }} as bigint
    ) as gap_days
from purchases
inner join buyers on purchases.customer_key = buyers.customer_key
