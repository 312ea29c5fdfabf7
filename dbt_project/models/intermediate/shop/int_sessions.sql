-- Visits: what one device did without a pause of session_inactivity_minutes. Neither
-- midnight nor a new campaign ends one (K31). Machines are left out before anything is
-- ordered.
-- Grain: one row per session_key, which names the session's first message.
with
    events as (
        select visitor_events.*
        from {{ ref("int_visitor_events") }} as visitor_events
        left join
            {{ ref("int_user_agents") }} as agents
            on visitor_events.user_agent = agents.user_agent
        where not coalesce(agents.is_bot, false)
    ),
    ordered as (
        select
            *,
            lag(happened_at) over (
                partition by vendor, visitor_id
                order by happened_at asc nulls last, message_id asc nulls last
            ) as previous_at
        from events
    ),
    starts as (
        select *
        from ordered
        where
            previous_at is null
            or {{ minutes_between("previous_at", "happened_at") }}
            > {{ var("session_inactivity_minutes") }}
    ),
    bounded as (
        select
            *,
            lead(happened_at) over (
                partition by vendor, visitor_id
                order by happened_at asc nulls last, message_id asc nulls last
            ) as next_started_at
        from starts
    ),
    facts as (
        select
            bounded.vendor,
            bounded.message_id,
            max(events.happened_at) as ended_at,
            count(*) as event_count,
            -- Two logins in one visit: whose it is stays open.
            case
                when min(events.user_id) = max(events.user_id) then min(events.user_id)
            end as user_id,
            max(events.anonymous_id) as anonymous_id,
            min_by(
                events.country_name,
                case when events.country_name is not null then events.happened_at end
            ) as country_name,
            min_by(
                events.currency,
                case when events.currency is not null then events.happened_at end
            ) as currency
            {%- for event_type in [
                "page_view",
                "product_viewed",
                "product_added",
                "checkout_started",
                "payment_entered",
                "order_completed",
            ] %}
                ,
                sum(
                    case when events.event_type = '{{ event_type }}' then 1 else 0 end
                ) as {{ event_type }}_count
            {%- endfor %}
        from bounded
        inner join
            events
            on bounded.vendor = events.vendor
            and bounded.visitor_id = events.visitor_id
            and bounded.happened_at <= events.happened_at
            and (
                bounded.next_started_at is null
                or bounded.next_started_at > events.happened_at
            )
        group by bounded.vendor, bounded.message_id
    )
select
    cast(
        {{ surrogate_key(["bounded.vendor", "bounded.message_id"]) }} as string
    ) as session_key,
    cast(bounded.vendor as string) as vendor,
    cast(bounded.visitor_id as string) as visitor_id,
    cast(facts.anonymous_id as string) as anonymous_id,
    cast(facts.user_id as string) as user_id,
    cast(facts.country_name as string) as country_name,
    cast(facts.currency as string) as currency,
    cast(bounded.page_path as string) as landing_path,
    -- The shop's own pages are no referrer.
    cast(
        case
            when bounded.referrer_host is distinct from bounded.page_host
            then bounded.referrer_host
        end as string
    ) as referrer_host,
    cast(bounded.campaign_name as string) as campaign_name,
    cast(bounded.campaign_source_name as string) as campaign_source_name,
    cast(bounded.campaign_medium_name as string) as campaign_medium_name,
    cast(bounded.user_agent as string) as user_agent,
    cast(facts.event_count as bigint) as event_count,
    cast(facts.page_view_count as bigint) as page_view_count,
    cast(facts.product_viewed_count as bigint) as product_viewed_count,
    cast(facts.product_added_count as bigint) as product_added_count,
    cast(facts.checkout_started_count as bigint) as checkout_started_count,
    cast(facts.payment_entered_count as bigint) as payment_entered_count,
    cast(facts.order_completed_count as bigint) as order_completed_count,
    cast(bounded.happened_at as timestamp) as started_at,
    cast(facts.ended_at as timestamp) as ended_at,
    cast(bounded.next_started_at as timestamp) as next_started_at
from bounded
inner join
    facts on bounded.vendor = facts.vendor and bounded.message_id = facts.message_id
