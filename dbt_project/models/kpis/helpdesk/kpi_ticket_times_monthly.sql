-- K17 to K21: how long customers wait for replies and solutions, calendar and business.
-- Grain: one row per cohort_month, time_type and scope_key with a ticket in the cohort.
with
    times as (select * from {{ ref("int_ticket_times") }}),
    events as (select * from {{ ref("int_ticket_events") }}),
    dates as (select * from {{ ref("dim_dates") }}),
    periods as (select * from {{ ref("int_periods") }} where period_type = 'month'),
    sums as (
        select
            dates.calendar_month as cohort_month,
            times.time_type,
            events.scope_key,
            events.scope_type,
            max(events.scope_name) as scope_name,
            count(*) as cohort_count,
            count(times.calendar_minutes) as measured_count,
            count(times.business_minutes) as business_measured_count,
            avg(times.calendar_minutes) as average_minutes,
            median(times.calendar_minutes) as median_minutes,
            avg(times.business_minutes) as average_business_minutes,
            median(times.business_minutes) as median_business_minutes
        from times
        inner join
            events
            on times.ticket_key = events.ticket_key
            and times.event_type = events.event_type
            and times.event_number = events.event_number
        inner join dates on events.event_date = dates.calendar_date
        group by
            dates.calendar_month, times.time_type, events.scope_key, events.scope_type
    )
select
    cast(sums.cohort_month as date) as cohort_month,
    cast(sums.time_type as string) as time_type,
    cast(sums.scope_key as string) as scope_key,
    cast(sums.scope_type as string) as scope_type,
    cast(sums.scope_name as string) as scope_name,
    cast(periods.is_complete as boolean) as is_complete,
    cast(sums.cohort_count as bigint) as cohort_count,
    cast(sums.measured_count as bigint) as measured_count,
    cast(sums.cohort_count - sums.measured_count as bigint) as open_ended_count,
    round(
        {{ safe_ratio("sums.cohort_count - sums.measured_count", "sums.cohort_count") }},
        6
    ) as open_ended_share,
    cast(sums.business_measured_count as bigint) as business_measured_count,
    {% for measure in [
        "average_minutes",
        "median_minutes",
        "average_business_minutes",
        "median_business_minutes",
    ] %}
        round(cast(sums.{{ measure }} as double), 6) as {{ measure }}
        {%- if not loop.last %}, {% endif %}
    {% endfor %}
from sums
inner join periods on sums.cohort_month = periods.period_start_date
