"""The visits as somebody would write them by hand for one shop in DuckDB's own SQL."""

# Two windows over one order, one group, and a join back to the first events.
VISITS = """
create or replace table generated.visits as
with
    events as (
        select * from raw_events.events
        where
            type in ('page', 'track')
            and user_agent not in (
                select user_agent from intermediate.int_user_agents where is_bot
            )
    ),
    paused as (
        select
            anonymous_id, message_id, user_id, event, country, currency, event_at,
            case
                when lag(event_at) over visitor >= event_at - interval 30 minute then 0
                else 1
            end as is_start
        from events
        window visitor as (partition by anonymous_id order by event_at, message_id)
    ),
    numbered as (
        select
            *,
            sum(is_start) over (
                partition by anonymous_id order by event_at, message_id
                rows unbounded preceding
            ) as visit
        from paused
    ),
    facts as (
        select
            anonymous_id,
            max(message_id) filter (is_start = 1) as message_id,
            min(event_at) as started_at,
            max(event_at) as ended_at,
            count(*) as event_count,
            case when min(user_id) = max(user_id) then min(user_id) end as user_id,
            min_by(country, event_at) filter (country is not null) as country,
            min_by(currency, event_at) filter (currency is not null) as currency,
            count(*) filter (event is null) as page_views,
            count(*) filter (event = 'Product Viewed') as product_views,
            count(*) filter (event = 'Product Added') as additions,
            count(*) filter (event = 'Checkout Started') as checkouts,
            count(*) filter (event = 'Payment Info Entered') as payments,
            count(*) filter (event = 'Order Completed') as orders
        from numbered
        group by anonymous_id, visit
    )
select
    md5('events' || facts.message_id) as session_key,
    facts.*,
    events.page_path,
    split_part(split_part(events.page_referrer, '://', 2), '/', 1) as referrer_host,
    lower(events.campaign_name) as campaign_name,
    lower(events.campaign_source) as campaign_source,
    lower(events.campaign_medium) as campaign_medium,
    events.user_agent,
    lead(facts.started_at) over (
        partition by facts.anonymous_id order by facts.started_at
    ) as next_started_at
from facts
inner join events on facts.message_id = events.message_id
"""
