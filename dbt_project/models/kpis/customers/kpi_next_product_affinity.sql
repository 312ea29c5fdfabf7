-- K90: which product the purchase after one with a product holds more often than any
-- purchase that follows another.
-- Grain: one row per (item_type, item_name, next_item_name) seen often enough, as of
-- snapshot_date.
with
    items as (select * from {{ ref("int_purchase_items") }}),
    followed as (
        select customer_key, purchase_number
        from {{ ref("int_purchases") }}
        where next_purchase_date is not null
    ),
    total as (select count(*) as transition_count from followed),
    earlier as (
        select items.*
        from items
        inner join
            followed
            on items.customer_key = followed.customer_key
            and items.purchase_number = followed.purchase_number
    ),
    before_counts as (
        select item_type, item_name, count(*) as purchase_count
        from earlier
        group by item_type, item_name
    ),
    after_counts as (
        select item_type, item_name, count(*) as purchase_count
        from items
        where purchase_number > 1
        group by item_type, item_name
    ),
    pairs as (
        select
            earlier.item_type,
            earlier.item_name,
            later.item_name as next_item_name,
            count(*) as pair_count
        from earlier
        inner join
            items as later
            on earlier.item_type = later.item_type
            and earlier.customer_key = later.customer_key
            and earlier.purchase_number + 1 = later.purchase_number
        group by earlier.item_type, earlier.item_name, later.item_name
        having count(*) >= {{ var("affinity_minimum_support") }}
    )
select
    cast(pairs.item_type as string) as item_type,
    cast(pairs.item_name as string) as item_name,
    cast(pairs.next_item_name as string) as next_item_name,
    cast(total.transition_count as bigint) as transition_count,
    cast(before_counts.purchase_count as bigint) as item_count,
    cast(after_counts.purchase_count as bigint) as next_item_count,
    cast(pairs.pair_count as bigint) as support_count,
    {{ safe_ratio("pairs.pair_count", "before_counts.purchase_count") }}
    as confidence_rate,
    {{
        safe_ratio(
            "cast(pairs.pair_count as double) * total.transition_count",
            "cast(before_counts.purchase_count as double) * after_counts.purchase_count",
        )
    }}
    as affinity_lift,
    {{ as_of_date() }} as snapshot_date
from pairs
cross join total
inner join
    before_counts
    on pairs.item_type = before_counts.item_type
    and pairs.item_name = before_counts.item_name
inner join
    after_counts
    on pairs.item_type = after_counts.item_type
    and pairs.next_item_name = after_counts.item_name
