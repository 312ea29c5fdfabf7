-- K15, K16: which tickets were open at the end of each local day, and how old they
-- were; the day of as_of ends at as_of.
-- Grain: one row per ticket_key and open_date.
{% set zone = env_var("REPORTING_TIMEZONE", "UTC") %}
with
    tickets as (select * from {{ ref("fct_tickets") }}),
    intervals as (select * from {{ ref("fct_ticket_intervals") }} where is_open),
    spans as (select min(created_date) as first_date from tickets),
    days as (
        select
            dates.calendar_date,
            -- 23:59:59.999 local time.
            least(
                {{
                    plus_milliseconds(
                        utc_of_local(
                            "cast(dates.calendar_date + 1 as timestamp)",
                            "'" ~ zone ~ "'",
                        ),
                        "-1",
                    )
                }},
                {{ as_of() }}
            ) as ends_at
        from {{ ref("dim_dates") }} as dates
        inner join spans on dates.calendar_date >= spans.first_date
        where dates.calendar_date <= {{ as_of_date() }}
    )
select
    cast(intervals.ticket_key as string) as ticket_key,
    cast(intervals.vendor as string) as vendor,
    cast(intervals.group_id as string) as group_id,
    cast(intervals.priority_type as string) as priority_type,
    cast(tickets.channel_name as string) as channel_name,
    cast(intervals.assignee_id as string) as assignee_id,
    cast(coalesce(tickets.organization_key, 'none') as string) as organization_key,
    cast(
        {{ minutes_between("tickets.created_at", "days.ends_at") }} / 1440 as double
    ) as age_days,
    cast(
        {{ minutes_between("intervals.open_since_at", "days.ends_at") }}
        / 1440 as double
    ) as reopened_age_days,
    cast(days.calendar_date as date) as open_date
from intervals
inner join tickets on intervals.ticket_key = tickets.ticket_key
inner join
    days
    on intervals.started_at <= days.ends_at
    and coalesce(intervals.ended_at, cast('9999-12-31' as timestamp)) > days.ends_at
