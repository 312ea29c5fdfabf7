-- When subscribers joined and left, over all newsletters: a second newsletter is no
-- second subscriber, and who keeps one has not left.
-- Grain: one row per subscriber_change_key, a subscriber and an instant until as_of.
with
    subscribers as (select * from {{ ref("int_subscribers") }}),
    events as (
        select * from {{ ref("int_subscriber_events") }} where subscriber_id is not null
    ),
    stated as (
        select
            vendor,
            subscriber_id,
            newsletter_id,
            event_id,
            case when event_type = 'newsletter_subscribed' then 1 else -1 end as step,
            happened_at
        from events
        where event_type in ('newsletter_subscribed', 'newsletter_unsubscribed')
    ),
    -- Imported subscribers have a date, but no event.
    joined_before as (
        select
            subscribers.vendor,
            subscribers.subscriber_id,
            '' as newsletter_id,
            '' as event_id,
            1 as step,
            subscribers.subscribed_at as happened_at
        from subscribers
        left join
            stated
            on subscribers.vendor = stated.vendor
            and subscribers.subscriber_id = stated.subscriber_id
            and stated.step = 1
        where stated.subscriber_id is null and subscribers.subscribed_at is not null
    ),
    steps as (
        select *
        from stated
        union all
        select *
        from joined_before
    ),
    changed as (
        select
            *,
            lag(step) over (
                partition by vendor, subscriber_id, newsletter_id
                order by happened_at asc nulls last, event_id asc nulls last
            ) as previous_step
        from steps
    ),
    counted as (
        select
            *,
            sum(step) over (
                partition by vendor, subscriber_id
                order by
                    happened_at asc nulls last,
                    step desc nulls last,
                    newsletter_id asc nulls last,
                    event_id asc nulls last
            ) as newsletter_count
        from changed
        where step <> coalesce(previous_step, -1)
    ),
    turns as (
        select
            *,
            row_number() over (
                partition by vendor, subscriber_id, step
                order by happened_at asc nulls last, event_id asc nulls last
            ) as turn_number,
            row_number() over (
                partition by vendor, subscriber_id
                order by
                    happened_at desc nulls last,
                    step asc nulls last,
                    event_id desc nulls last
            ) as turns_after
        from counted
        where (step = 1 and newsletter_count = 1) or newsletter_count = 0
    ),
    last_events as (
        select vendor, subscriber_id, max(happened_at) as last_event_at
        from events
        group by vendor, subscriber_id
    ),
    -- Who still has a newsletter and gets none was cut off: the address bounced or
    -- complained, or the subscriber is gone.
    cut_off as (
        select
            turns.vendor,
            turns.subscriber_id,
            case
                when coalesce(subscribers.is_deleted, true)
                then 'deleted'
                else 'suppressed'
            end as change_type,
            greatest(
                turns.happened_at,
                coalesce(
                    subscribers.unsubscribed_at,
                    subscribers.updated_at,
                    last_events.last_event_at
                )
            ) as changed_at
        from turns
        left join
            subscribers
            on turns.vendor = subscribers.vendor
            and turns.subscriber_id = subscribers.subscriber_id
        left join
            last_events
            on turns.vendor = last_events.vendor
            and turns.subscriber_id = last_events.subscriber_id
        where
            turns.turns_after = 1
            and turns.step = 1
            and not coalesce(subscribers.is_subscribed, false)
    ),
    changes as (
        select
            vendor,
            subscriber_id,
            case
                when step = -1
                then 'unsubscribed'
                when turn_number = 1
                then 'new'
                else 'reactivated'
            end as change_type,
            happened_at as changed_at
        from turns
        union all
        select vendor, subscriber_id, change_type, changed_at
        from cut_off
    ),
    final as (
        select
            changes.*,
            lower(coalesce(subscribers.signup_source_name, 'unknown')) as source_name,
            case
                when changes.change_type in ('new', 'reactivated') then 1 else -1
            end as subscriber_change
        from changes
        left join
            subscribers
            on changes.vendor = subscribers.vendor
            and changes.subscriber_id = subscribers.subscriber_id
    )
select
    cast(
        {{ surrogate_key(["vendor", "subscriber_id", "change_type", "changed_at"]) }}
        as string
    ) as subscriber_change_key,
    cast(vendor as string) as vendor,
    cast(subscriber_id as string) as subscriber_id,
    cast(source_name as string) as source_name,
    cast(change_type as string) as change_type,
    cast(subscriber_change as int) as subscriber_change,
    cast({{ local_date("changed_at") }} as date) as change_date,
    cast(changed_at as timestamp) as changed_at
from final
where changed_at <= {{ as_of() }}
