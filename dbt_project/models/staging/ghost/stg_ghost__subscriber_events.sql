-- Events of members under vendor-neutral names.
-- Grain: one row per event; a copy of an e-mail has one per thing that became of it.
{{ config(enabled=is_vendor_used("ghost")) }}
{% set event_types = {
    "signup_event": "signup",
    "login_event": "login",
    "email_delivered_event": "email_delivered",
    "email_opened_event": "email_opened",
    "email_failed_event": "email_failed",
    "email_complaint_event": "spam_complaint",
    "click_event": "email_clicked",
    "comment_event": "comment",
    "payment_event": "payment",
    "donation_event": "payment",
    "subscription_event": "paid_change",
    "gift_redemption_event": "paid_change",
    "gift_ended_event": "paid_change",
} %}
with
    events as (
        {{
            newest_rows(
                "ghost",
                "member_events",
                key=["type", "id"],
                newest_by="created_at",
            )
        }}
    ),
    emails as ({{ newest_rows("ghost", "emails") }}),
    named as (
        select
            events.type || '-' || events.id as event_id,
            events.member_id,
            case
                when events.type = 'newsletter_event' and events.subscribed
                then 'newsletter_subscribed'
                when events.type = 'newsletter_event'
                then 'newsletter_unsubscribed'
                {% for vendor_type, event_type in event_types.items() %}
                    when events.type = '{{ vendor_type }}' then '{{ event_type }}'
                {% endfor %}
            end as event_type,
            -- A click names the post, and a post is sent once.
            coalesce(
                events.newsletter_id,
                case when events.type = 'click_event' then emails.newsletter_id end
            ) as newsletter_id,
            case
                when
                    events.type = 'signup_event'
                    and coalesce(events.attribution_type, '') not in ('post', 'page')
                then null
                else coalesce(events.post_id, events.attribution_id)
            end as post_id,
            coalesce(
                events.email_id,
                case when events.type = 'click_event' then emails.id end
            ) as email_id,
            events.link_to,
            events.created_at,
            events._dlt_load_id
        from events
        left join emails on events.post_id = emails.post_id
    ),
    sent as (
        select
            'email_sent-' || id as event_id,
            max(member_id) as member_id,
            'email_sent' as event_type,
            max(newsletter_id) as newsletter_id,
            max(post_id) as post_id,
            max(email_id) as email_id,
            cast(null as string) as link_to,
            -- The start of the sending: the same however far it was when we looked.
            min(coalesce(email_submitted_at, created_at)) as created_at,
            max(_dlt_load_id) as _dlt_load_id
        from events
        where
            type in ('email_sent_event', 'email_delivered_event', 'email_failed_event')
        group by id
    ),
    together as (
        select *
        from named
        where event_type is not null
        union all
        select *
        from sent
    )
select
    cast(event_id as string) as event_id,
    cast(member_id as string) as subscriber_id,
    cast(event_type as string) as event_type,
    cast(newsletter_id as string) as newsletter_id,
    cast(post_id as string) as article_id,
    cast(email_id as string) as email_id,
    cast(link_to as string) as link_url,
    cast(created_at as timestamp) as happened_at,
    {{ loaded_at() }} as _loaded_at
from together
