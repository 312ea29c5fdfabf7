-- Subscribers from the day on which they joined, and whether they became buyers; under
-- every scope they count for: all, each newsletter, the source and the article of the
-- signup with its author, topics and language.
-- Grain: one row per (vendor, subscriber_id, scope_type, scope_name). Under a
-- newsletter the day is that of the first subscription to it.
with
    changes as (
        select *
        from {{ ref("fct_subscriber_changes") }}
        where change_type = 'new' and changed_at <= {{ as_of() }}
    ),
    subscribers as (select * from {{ ref("int_subscribers") }}),
    events as (
        select *
        from {{ ref("int_subscriber_events") }}
        where
            event_type = 'newsletter_subscribed'
            and newsletter_id is not null
            and happened_at <= {{ as_of() }}
    ),
    newsletters as (select * from {{ ref("int_newsletters") }}),
    articles as (select * from {{ ref("dim_articles") }}),
    article_scopes as (
        select * from {{ ref("int_article_scopes") }} where scope_type <> 'total'
    ),
    customer_records as (
        select * from {{ ref("dim_customer_records") }} where record_type = 'subscriber'
    ),
    orders as (select * from {{ ref("fct_customer_orders") }} where order_number = 1),
    copies as (
        select
            vendor,
            subscriber_id,
            clicked_at,
            case
                when was_opened and not was_opened_by_machine then opened_at
            end as opened_at
        from {{ ref("fct_newsletter_copies") }}
    ),
    joined as (
        select vendor, subscriber_id, source_name, min(changed_at) as subscribed_at
        from changes
        group by vendor, subscriber_id, source_name
    ),
    scoped as (
        select
            vendor,
            subscriber_id,
            'total' as scope_type,
            'all' as scope_name,
            subscribed_at
        from joined
        union all
        select
            vendor,
            subscriber_id,
            'source' as scope_type,
            source_name as scope_name,
            subscribed_at
        from joined
        union all
        select
            joined.vendor,
            joined.subscriber_id,
            article_scopes.scope_type,
            article_scopes.scope_name,
            joined.subscribed_at
        from joined
        inner join
            subscribers
            on joined.vendor = subscribers.vendor
            and joined.subscriber_id = subscribers.subscriber_id
        inner join
            articles
            on subscribers.vendor = articles.vendor
            and subscribers.signup_article_id = articles.article_id
        inner join article_scopes on articles.article_key = article_scopes.article_key
        union all
        select
            events.vendor,
            events.subscriber_id,
            'newsletter' as scope_type,
            coalesce(newsletters.newsletter_name, events.newsletter_id) as scope_name,
            min(events.happened_at) as subscribed_at
        from events
        inner join
            joined
            on events.vendor = joined.vendor
            and events.subscriber_id = joined.subscriber_id
        left join
            newsletters
            on events.vendor = newsletters.vendor
            and events.newsletter_id = newsletters.newsletter_id
        group by
            events.vendor,
            events.subscriber_id,
            coalesce(newsletters.newsletter_name, events.newsletter_id)
    ),
    -- First orders that a person's opening or click of a newsletter preceded closely.
    prompted as (
        select copies.vendor, copies.subscriber_id
        from copies
        inner join
            customer_records
            on copies.vendor = customer_records.vendor
            and copies.subscriber_id = customer_records.record_id
        inner join orders on customer_records.customer_key = orders.customer_key
        where
            (
                copies.opened_at <= orders.ordered_at
                and copies.opened_at
                >= orders.ordered_at
                - interval {{ var("email_attribution_hours") }} hour
            )
            or (
                copies.clicked_at <= orders.ordered_at
                and copies.clicked_at
                >= orders.ordered_at
                - interval {{ var("email_attribution_hours") }} hour
            )
        group by copies.vendor, copies.subscriber_id
    ),
    final as (
        select
            scoped.*,
            {{ local_date("scoped.subscribed_at") }} as subscription_date,
            coalesce(orders.ordered_at <= scoped.subscribed_at, false) as was_buyer,
            coalesce(
                orders.ordered_at > scoped.subscribed_at
                and orders.order_date
                <= {{ local_date("scoped.subscribed_at") }}
                + {{ var("subscriber_purchase_days") }},
                false
            ) as has_bought,
            prompted.subscriber_id is not null as is_prompted
        from scoped
        left join
            customer_records
            on scoped.vendor = customer_records.vendor
            and scoped.subscriber_id = customer_records.record_id
        left join orders on customer_records.customer_key = orders.customer_key
        left join
            prompted
            on scoped.vendor = prompted.vendor
            and scoped.subscriber_id = prompted.subscriber_id
    )
select
    cast(vendor as string) as vendor,
    cast(subscriber_id as string) as subscriber_id,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    was_buyer,
    has_bought,
    has_bought and is_prompted as has_bought_after_email,
    cast(subscription_date as date) as subscription_date,
    cast(subscribed_at as timestamp) as subscribed_at
from final
