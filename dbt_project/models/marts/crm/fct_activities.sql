-- Meetings, calls, e-mails and tasks of reps.
-- Grain: one row per activity that is not archived.
with
    activities as (
        select
            {{
                surrogate_key(
                    [
                        "activities.vendor",
                        "activities.activity_type",
                        "activities.activity_id",
                    ]
                )
            }} as activity_key,
            activities.*,
            activities.activity_type = 'email'
            and coalesce(activities.direction_type = 'outbound', false)
            and activities.outcome_status = 'sent' as is_sent_email,
            activities.activity_type = 'meeting'
            and activities.outcome_status = 'completed'
            and coalesce(activities.started_at <= {{ as_of() }}, false) as is_held
        from {{ ref("int_activities") }} as activities
        left join
            {{ ref("int_excluded_crm_records") }} as excluded
            on activities.activity_type = excluded.record_type
            and activities.vendor = excluded.vendor
            and activities.activity_id = excluded.record_id
        where excluded.record_id is null
    ),
    timed as (
        select
            activities.*,
            case
                -- No CRM knows how long an e-mail took: an estimate, and said to be
                -- one.
                when is_sent_email
                then cast({{ var("email_minutes") }} as double)
                when activity_type in ('meeting', 'call')
                then duration_minutes
            end as spent_minutes
        from activities
    ),
    companies as (
        select * from {{ ref("int_record_companies") }} where company_rank = 1
    ),
    deals as (
        select
            links.vendor,
            links.from_type as activity_type,
            links.from_id as activity_id,
            min(links.to_id) as deal_id
        from {{ ref("int_record_associations") }} as links
        inner join
            {{ ref("int_deals") }} as deals
            on links.vendor = deals.vendor
            and links.to_id = deals.deal_id
        left join
            {{ ref("int_excluded_crm_records") }} as excluded
            on excluded.record_type = 'deal'
            and links.vendor = excluded.vendor
            and links.to_id = excluded.record_id
        where links.to_type = 'deal' and excluded.record_id is null
        group by links.vendor, links.from_type, links.from_id
    )
select
    cast(timed.activity_key as string) as activity_key,
    cast(timed.vendor as string) as vendor,
    cast(timed.activity_id as string) as activity_id,
    cast(timed.activity_type as string) as activity_type,
    cast(
        coalesce(
            {{ surrogate_key(["timed.vendor", "timed.employee_id"]) }},
            {{ unassigned_key() }}
        ) as string
    ) as employee_key,
    cast(
        coalesce(companies.company_key, {{ unassigned_key() }}) as string
    ) as company_key,
    cast({{ surrogate_key(["deals.vendor", "deals.deal_id"]) }} as string) as deal_key,
    cast(timed.direction_type as string) as direction_type,
    cast(timed.outcome_status as string) as outcome_status,
    timed.is_held,
    timed.outcome_status = 'cancelled' as is_cancelled,
    timed.activity_type = 'meeting'
    and timed.outcome_status = 'no_show'
    and coalesce(timed.started_at <= {{ as_of() }}, false) as is_no_show,
    timed.activity_type = 'meeting'
    and timed.outcome_status = 'rescheduled' as is_rescheduled,
    timed.is_connected,
    timed.is_sent_email as is_duration_estimated,
    (timed.is_held or timed.is_connected or timed.is_sent_email)
    and coalesce(timed.spent_minutes > 0, false)
    and coalesce(timed.started_at <= {{ as_of() }}, false) as has_counted_time,
    cast(timed.spent_minutes as double) as duration_minutes,
    cast({{ local_date("timed.booked_at") }} as date) as booked_date,
    cast({{ local_date("timed.started_at") }} as date) as started_date,
    cast(timed.booked_at as timestamp) as booked_at,
    cast(timed.started_at as timestamp) as started_at,
    cast(timed.ended_at as timestamp) as ended_at,
    cast(timed._loaded_at as timestamp) as _loaded_at
from timed
left join
    companies
    on timed.vendor = companies.vendor
    and timed.activity_type = companies.record_type
    and timed.activity_id = companies.record_id
left join
    deals
    on timed.vendor = deals.vendor
    and timed.activity_type = deals.activity_type
    and timed.activity_id = deals.activity_id
