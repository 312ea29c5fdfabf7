-- What became of each copy of a newsletter: delivered, opened, clicked, left over.
-- Grain: one row per newsletter_copy_key, a send and a subscriber.
with
    events as (
        select *
        from {{ ref("int_subscriber_events") }}
        where subscriber_id is not null and happened_at <= {{ as_of() }}
    ),
    sends as (select * from {{ ref("int_newsletter_sends") }}),
    newsletters as (select * from {{ ref("int_newsletters") }}),
    first_times as (
        select
            vendor,
            email_id,
            subscriber_id,
            max(newsletter_id) as newsletter_id,
            min(happened_at) as first_event_at,
            {% for event_type, instant in [
                ("email_sent", "sent_at"),
                ("email_delivered", "delivered_at"),
                ("email_failed", "failed_at"),
                ("email_opened", "opened_at"),
                ("spam_complaint", "complained_at"),
            ] %}
                min(
                    case when event_type = '{{ event_type }}' then happened_at end
                ) as {{ instant }},
            {% endfor %}
            max(_loaded_at) as _loaded_at
        from events
        where
            email_id is not null
            and (event_type like 'email%' or event_type = 'spam_complaint')
        group by vendor, email_id, subscriber_id
    ),
    -- A link that is followed within a second was followed by a scanner.
    clicks as (
        select
            events.vendor,
            events.email_id,
            events.subscriber_id,
            min(
                case
                    when
                        first_times.delivered_at is null
                        or events.happened_at
                        >= first_times.delivered_at + interval 1 second
                    then events.happened_at
                end
            ) as clicked_at,
            min(
                case
                    when
                        events.happened_at
                        < first_times.delivered_at + interval 1 second
                    then events.happened_at
                end
            ) as machine_clicked_at
        from events
        inner join
            first_times
            on events.vendor = first_times.vendor
            and events.email_id = first_times.email_id
            and events.subscriber_id = first_times.subscriber_id
        where events.event_type = 'email_clicked'
        group by events.vendor, events.email_id, events.subscriber_id
    ),
    copies as (
        select
            first_times.*,
            coalesce(sends.newsletter_id, first_times.newsletter_id) as sent_newsletter,
            coalesce(sends.is_open_tracked, false) as is_open_tracked,
            coalesce(
                first_times.sent_at, sends.sent_at, first_times.first_event_at
            ) as copy_sent_at,
            clicks.clicked_at,
            clicks.machine_clicked_at
        from first_times
        left join
            sends
            on first_times.vendor = sends.vendor
            and first_times.email_id = sends.send_id
        left join
            clicks
            on first_times.vendor = clicks.vendor
            and first_times.email_id = clicks.email_id
            and first_times.subscriber_id = clicks.subscriber_id
    ),
    -- Who leaves a newsletter leaves it over the last copy of the week before.
    departures as (
        select
            copies.vendor,
            copies.email_id,
            copies.subscriber_id,
            events.happened_at as unsubscribed_at,
            row_number() over (
                partition by events.vendor, events.event_id
                order by
                    copies.copy_sent_at desc nulls last, copies.email_id desc nulls last
            ) as preference
        from copies
        inner join
            events
            on copies.vendor = events.vendor
            and copies.subscriber_id = events.subscriber_id
            and copies.sent_newsletter = events.newsletter_id
            and copies.copy_sent_at <= events.happened_at
            and copies.copy_sent_at + interval 7 day >= events.happened_at
        where events.event_type = 'newsletter_unsubscribed'
    ),
    first_departures as (
        select vendor, email_id, subscriber_id, min(unsubscribed_at) as unsubscribed_at
        from departures
        where preference = 1
        group by vendor, email_id, subscriber_id
    ),
    final as (
        select
            copies.*,
            newsletters.newsletter_name,
            first_departures.unsubscribed_at,
            -- Mail programs that hide the reader fetch the pictures on arrival.
            coalesce(
                copies.opened_at <= copies.delivered_at + interval 3 second, false
            ) as was_opened_by_machine
        from copies
        left join
            newsletters
            on copies.vendor = newsletters.vendor
            and copies.sent_newsletter = newsletters.newsletter_id
        left join
            first_departures
            on copies.vendor = first_departures.vendor
            and copies.email_id = first_departures.email_id
            and copies.subscriber_id = first_departures.subscriber_id
    )
select
    cast(
        {{ surrogate_key(["vendor", "email_id", "subscriber_id"]) }} as string
    ) as newsletter_copy_key,
    cast(vendor as string) as vendor,
    cast(email_id as string) as send_id,
    cast(subscriber_id as string) as subscriber_id,
    cast(sent_newsletter as string) as newsletter_id,
    cast(newsletter_name as string) as newsletter_name,
    cast(is_open_tracked as boolean) as is_open_tracked,
    delivered_at is not null as was_delivered,
    failed_at is not null as was_rejected,
    opened_at is not null as was_opened,
    was_opened_by_machine,
    clicked_at is not null as was_clicked,
    machine_clicked_at is not null as was_clicked_by_machine,
    complained_at is not null as has_complained,
    unsubscribed_at is not null as has_unsubscribed,
    cast({{ local_date("copy_sent_at") }} as date) as send_date,
    cast(copy_sent_at as timestamp) as sent_at,
    cast(delivered_at as timestamp) as delivered_at,
    cast(opened_at as timestamp) as opened_at,
    cast(clicked_at as timestamp) as clicked_at,
    cast(unsubscribed_at as timestamp) as unsubscribed_at,
    cast(_loaded_at as timestamp) as _loaded_at
from final
