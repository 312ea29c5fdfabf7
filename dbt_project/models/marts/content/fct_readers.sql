-- Readers from their first article on: whether they subscribed, took an interest in a
-- product and bought.
-- Grain: one row per reader_key, a customer or, where nobody knows who it is, a device.
with
    views as (select * from {{ ref("fct_page_views") }} where is_engaged),
    changes as (
        select customer_records.customer_key, changes.*
        from {{ ref("fct_subscriber_changes") }} as changes
        inner join
            {{ ref("dim_customer_records") }} as customer_records
            on changes.vendor = customer_records.vendor
            and customer_records.record_type = 'subscriber'
            and changes.subscriber_id = customer_records.record_id
    ),
    sessions as (
        select customer_key, visitor_key, started_at, session_date
        from {{ ref("fct_sessions") }}
        where has_viewed_product
    ),
    orders as (
        select customer_key, ordered_at, order_date
        from {{ ref("fct_customer_orders") }}
        where order_number = 1
    ),
    numbered as (
        select
            *,
            count(*) over (partition by reader_key) as engaged_view_count,
            row_number() over (
                partition by reader_key
                order by viewed_at asc nulls last, page_view_key asc nulls last
            ) as view_number
        from views
    ),
    firsts as (select * from numbered where view_number = 1),
    subscriptions as (
        select
            firsts.reader_key,
            sum(
                case
                    when changes.changed_at <= firsts.viewed_at
                    then changes.subscriber_change
                    else 0
                end
            ) as subscription_count,
            min(
                case
                    when
                        changes.changed_at > firsts.viewed_at
                        and changes.subscriber_change > 0
                    then changes.change_date
                end
            ) as subscription_date
        from firsts
        inner join changes on firsts.customer_key = changes.customer_key
        group by firsts.reader_key
    ),
    interests as (
        select firsts.reader_key, min(sessions.session_date) as interest_date
        from firsts
        inner join
            sessions
            on firsts.reader_key = coalesce(sessions.customer_key, sessions.visitor_key)
            and firsts.viewed_at < sessions.started_at
        group by firsts.reader_key
    ),
    final as (
        select
            firsts.*,
            coalesce(subscriptions.subscription_count, 0) > 0 as was_subscriber,
            coalesce(orders.ordered_at <= firsts.viewed_at, false) as was_buyer,
            subscriptions.subscription_date,
            interests.interest_date,
            case
                when orders.ordered_at > firsts.viewed_at then orders.order_date
            end as first_order_date
        from firsts
        left join subscriptions on firsts.reader_key = subscriptions.reader_key
        left join interests on firsts.reader_key = interests.reader_key
        left join orders on firsts.customer_key = orders.customer_key
    )
select
    cast(reader_key as string) as reader_key,
    cast(customer_key as string) as customer_key,
    cast(article_key as string) as first_article_key,
    cast(source_name as string) as source_name,
    cast(channel_group_name as string) as channel_group_name,
    cast(device_type as string) as device_type,
    was_subscriber,
    was_buyer,
    not was_subscriber
    and coalesce(
        subscription_date <= view_date + {{ var("reader_subscription_days") }}, false
    ) as has_subscribed,
    coalesce(
        interest_date <= view_date + {{ var("reader_purchase_days") }}, false
    ) as has_shown_interest,
    not was_buyer
    and coalesce(
        first_order_date <= view_date + {{ var("reader_purchase_days") }}, false
    ) as has_bought,
    cast(engaged_view_count as bigint) as engaged_view_count,
    cast(view_date as date) as first_read_date,
    cast(subscription_date as date) as subscription_date,
    cast(interest_date as date) as interest_date,
    cast(first_order_date as date) as first_order_date,
    cast(viewed_at as timestamp) as first_read_at
from final
