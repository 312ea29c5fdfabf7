-- Marketing e-mails with their counters, which rise for weeks after sending.
-- Grain: one row per e-mail id, newest version.
{{ config(enabled=is_vendor_used("hubspot")) }}
with emails as ({{ newest_rows("hubspot", "marketing_emails") }})
select
    cast(id as string) as marketing_email_id,
    cast(campaign as string) as campaign_id,
    cast(subscription_id as string) as subscription_id,
    cast(name as string) as email_name,
    cast(subject as string) as subject,
    cast(lower(type) as string) as email_type,
    cast(lower(state) as string) as email_status,
    cast(campaign_name as string) as campaign_name,
    coalesce(is_ab, false) as is_ab_test,
    coalesce(archived, false) or is_vanished as is_archived,
    cast(sent as bigint) as sent_count,
    cast(delivered as bigint) as delivered_count,
    cast(open as bigint) as open_count,
    cast(click as bigint) as click_count,
    cast(bounce as bigint) as bounce_count,
    cast(hardbounced as bigint) as hard_bounce_count,
    cast(softbounced as bigint) as soft_bounce_count,
    cast(unsubscribed as bigint) as unsubscribed_count,
    cast(reply as bigint) as reply_count,
    cast(spamreport as bigint) as spam_report_count,
    cast(publish_date as timestamp) as published_at,
    cast(created_at as timestamp) as created_at,
    cast(updated_at as timestamp) as updated_at,
    {{ loaded_at() }} as _loaded_at
from emails
