-- K17 to K21: how long customers wait for replies and solutions, calendar and business,
-- against the month before.
-- Grain: one row per period_type, cohort_month, time_type and scope_key with a ticket
-- in
-- the cohort.
{% set measures = [
    "average_minutes",
    "median_minutes",
    "average_business_minutes",
    "median_business_minutes",
] %}
with
    times as (select * from {{ ref("int_ticket_times") }}),
    events as (
        select *
        from {{ ref("int_ticket_events") }}
        where scope_type in ('total', 'group', 'priority', 'channel', 'agent')
    ),
    windows as (select * from {{ ref("int_ticket_windows") }}),
    periods as (select * from {{ ref("int_periods") }}),
    scopes as (select * from {{ ref("int_ticket_scopes") }}),
    sums as (
        select
            windows.period_type,
            windows.window_start_date,
            windows.is_partial,
            times.time_type,
            events.scope_key,
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
        inner join windows on events.event_date = windows.calendar_date
        group by
            windows.period_type,
            windows.window_start_date,
            windows.is_partial,
            times.time_type,
            events.scope_key
    )
select
    cast(sums.period_type as string) as period_type,
    cast(sums.window_start_date as date) as cohort_month,
    cast(sums.time_type as string) as time_type,
    cast(sums.scope_key as string) as scope_key,
    cast(scopes.scope_type as string) as scope_type,
    cast(scopes.scope_name as string) as scope_name,
    cast(scopes.person_key as string) as person_key,
    cast(scopes.rep_email as string) as rep_email,
    cast(periods.is_complete as boolean) as is_complete,
    cast(sums.cohort_count as bigint) as cohort_count,
    cast(sums.measured_count as bigint) as measured_count,
    cast(sums.cohort_count - sums.measured_count as bigint) as open_ended_count,
    round(
        {{ safe_ratio("sums.cohort_count - sums.measured_count", "sums.cohort_count") }},
        6
    ) as open_ended_share,
    cast(sums.business_measured_count as bigint) as business_measured_count,
    {% for measure in measures %}
        round(cast(sums.{{ measure }} as double), 6) as {{ measure }},
    {% endfor %}
    {% for count in ["cohort", "measured", "business_measured"] %}
        cast(
            coalesce(priors.{{ count }}_count, 0) as bigint
        ) as prior_{{ count }}_count,
    {% endfor %}
    {% for measure in measures %}
        round(cast(priors.{{ measure }} as double), 6) as prior_{{ measure }}
        {%- if not loop.last %}, {% endif %}
    {% endfor %}
from sums
inner join
    periods
    on sums.period_type = periods.period_type
    and sums.window_start_date = periods.period_start_date
inner join scopes on sums.scope_key = scopes.scope_key
left join
    sums as priors
    on {{ is_prior_window("periods", "priors") }}
    and sums.time_type = priors.time_type
    and sums.scope_key = priors.scope_key
where not sums.is_partial
