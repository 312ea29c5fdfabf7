-- Campaigns that are events: trade shows, conferences, webinars. Deleted ones included.
-- Grain: one row per campaign id.
{{ config(enabled=is_vendor_used("salesforce")) }}
with
    campaigns as (
        {{ newest_rows("salesforce", "campaigns", newest_by="system_modstamp") }}
    )
select
    cast(id as string) as marketing_event_id,
    cast(nullif(trim(name), '') as string) as event_name,
    cast(lower(replace(trim(type), ' ', '_')) as string) as event_type,
    coalesce(is_deleted, false) or is_vanished as is_archived,
    lower(trim(status)) in ('aborted', 'cancelled', 'canceled') as is_cancelled,
    cast({{ noon_of("start_date") }} as timestamp) as started_at,
    cast({{ noon_of("end_date") }} as timestamp) as ended_at,
    {{ loaded_at() }} as _loaded_at
from campaigns
where
    lower(type) like '%show%'
    or lower(type) like '%fair%'
    or lower(type) like '%conference%'
    or lower(type) like '%webinar%'
    or lower(type) like '%seminar%'
    or lower(type) like '%event%'
