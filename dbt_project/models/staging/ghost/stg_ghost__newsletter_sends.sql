-- E-mails that were sent, with Ghost's counters.
-- Grain: one row per e-mail; a post is sent at most once.
{{ config(enabled=is_vendor_used("ghost")) }}
with
    emails as ({{ newest_rows("ghost", "emails") }}),
    posts as ({{ newest_rows("ghost", "posts") }})
select
    cast(emails.id as string) as send_id,
    cast(emails.post_id as string) as article_id,
    cast(emails.newsletter_id as string) as newsletter_id,
    cast(emails.subject as string) as subject,
    coalesce(emails.track_opens, false) as is_open_tracked,
    cast(emails.email_count as bigint) as sent_count,
    cast(emails.delivered_count as bigint) as delivered_count,
    case
        when emails.track_opens then cast(emails.opened_count as bigint)
    end as opened_count,
    case
        when emails.track_clicks then cast(posts.count_clicks as bigint)
    end as clicked_count,
    cast(emails.failed_count as bigint) as failed_count,
    cast(emails.submitted_at as timestamp) as sent_at,
    {{ loaded_at("emails._dlt_load_id") }} as _loaded_at
from emails
left join posts on emails.post_id = posts.id
where emails.status in ('submitting', 'submitted')
