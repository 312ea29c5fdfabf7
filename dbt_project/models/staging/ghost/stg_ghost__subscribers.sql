-- Members with how they signed up, and when they joined and left the newsletters.
-- Grain: one row per member, deleted ones included.
{{ config(enabled=is_vendor_used("ghost")) }}
with
    members as ({{ newest_rows("ghost", "members") }}),
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
    signups as (
        select
            events.*,
            row_number() over (
                partition by member_id
                order by created_at asc nulls last, id asc nulls last
            ) as signup_rank
        from events
        where type = 'signup_event'
    ),
    first_signups as (select * from signups where signup_rank = 1),
    subscriptions as (
        select
            member_id,
            min(case when subscribed then created_at end) as subscribed_at,
            max(case when not subscribed then created_at end) as unsubscribed_at
        from events
        where type = 'newsletter_event'
        group by member_id
    ),
    judged as (
        select
            members.*,
            coalesce(members.subscribed, false)
            and not coalesce(members.email_suppression_suppressed, false)
            and not members.is_vanished as is_subscribed
        from members
    )
select
    cast(judged.id as string) as subscriber_id,
    cast(nullif(lower(trim(judged.email)), '') as string) as email,
    cast(nullif(trim(judged.name), '') as string) as full_name,
    cast(
        case
            when judged.status = 'paid'
            then 'paid'
            when judged.status in ('comped', 'gift')
            then 'comped'
            else 'free'
        end as string
    ) as status_type,
    cast(judged.geolocation_country as string) as country_name,
    cast(
        case
            when first_signups.attribution_type in ('post', 'page')
            then first_signups.attribution_id
        end as string
    ) as signup_article_id,
    cast(first_signups.referrer_source as string) as signup_source_name,
    cast(first_signups.referrer_url as string) as signup_referrer_url,
    cast(first_signups.utm_source as string) as utm_source,
    cast(first_signups.utm_medium as string) as utm_medium,
    cast(first_signups.utm_campaign as string) as utm_campaign,
    judged.is_subscribed,
    judged.is_vanished as is_deleted,
    cast(
        coalesce(
            subscriptions.subscribed_at,
            case when judged.subscribed then judged.created_at end
        ) as timestamp
    ) as subscribed_at,
    case
        when not judged.is_subscribed
        then
            cast(
                coalesce(
                    judged.email_suppression_timestamp, subscriptions.unsubscribed_at
                ) as timestamp
            )
    end as unsubscribed_at,
    cast(judged.created_at as timestamp) as created_at,
    cast(judged.updated_at as timestamp) as updated_at,
    {{ loaded_at("judged._dlt_load_id") }} as _loaded_at
from judged
left join first_signups on judged.id = first_signups.member_id
left join subscriptions on judged.id = subscriptions.member_id
