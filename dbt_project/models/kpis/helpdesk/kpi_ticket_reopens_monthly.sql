-- K23, K24, K28: how well tickets stay solved, with how many touches and hands, against
-- the month before.
-- Grain: one row per period_type, first_solved_month and scope_key with a ticket
-- solved.
{% set touches = ["one_touch", "multi_touch", "no_touch"] %}
{% set hands = ["assignee_station", "group_station", "commenting_agent"] %}
with
    tickets as (select * from {{ ref("fct_tickets") }}),
    reopenings as (select * from {{ ref("int_ticket_first_reopenings") }}),
    events as (
        select *
        from {{ ref("int_ticket_events") }}
        where event_type = 'first_solved' and scope_type <> 'organization'
    ),
    windows as (select * from {{ ref("int_ticket_windows") }}),
    periods as (select * from {{ ref("int_periods") }}),
    scopes as (select * from {{ ref("int_ticket_scopes") }}),
    sums as (
        select
            windows.period_type,
            windows.window_start_date,
            windows.is_partial,
            events.scope_key,
            bool_and(reopenings.is_mature) as is_mature,
            count(*) as solved_count,
            count(*) filter (where tickets.was_reopened) as reopened_count,
            sum(tickets.reopen_count) as reopen_count,
            count(*) filter (where reopenings.is_mature) as mature_count,
            count(*) filter (
                where reopenings.is_mature and reopenings.was_reopened_in_time
            ) as mature_reopened_count,
            count(*) filter (where tickets.is_solved) as still_solved_count,
            {% for touch in touches %}
                count(*) filter (
                    where tickets.touch_type = '{{ touch }}'
                ) as {{ touch }}_count,
            {% endfor %}
            sum(tickets.assignee_station_count) as assignee_station_count,
            sum(tickets.group_station_count) as group_station_count,
            sum(tickets.commenting_agent_count) as commenting_agent_count
        from events
        inner join tickets on events.ticket_key = tickets.ticket_key
        inner join reopenings on events.ticket_key = reopenings.ticket_key
        inner join windows on events.event_date = windows.calendar_date
        group by
            windows.period_type,
            windows.window_start_date,
            windows.is_partial,
            events.scope_key
    )
select
    cast(sums.period_type as string) as period_type,
    cast(sums.window_start_date as date) as first_solved_month,
    cast(sums.scope_key as string) as scope_key,
    cast(scopes.scope_type as string) as scope_type,
    cast(scopes.scope_name as string) as scope_name,
    cast(scopes.person_key as string) as person_key,
    cast(scopes.rep_email as string) as rep_email,
    cast(periods.is_complete as boolean) as is_complete,
    sums.is_mature and periods.is_complete as is_mature,
    cast(sums.solved_count as bigint) as solved_count,
    cast(sums.reopened_count as bigint) as reopened_count,
    cast(sums.reopen_count as bigint) as reopen_count,
    cast(sums.mature_count as bigint) as mature_count,
    cast(sums.mature_reopened_count as bigint) as mature_reopened_count,
    round(
        {{ safe_ratio("sums.mature_reopened_count", "sums.mature_count") }}, 6
    ) as reopen_rate,
    cast(sums.still_solved_count as bigint) as still_solved_count,
    {% for touch in touches %}
        cast(sums.{{ touch }}_count as bigint) as {{ touch }}_count,
    {% endfor %}
    round(
        {{ safe_ratio("sums.one_touch_count", "sums.still_solved_count") }}, 6
    ) as one_touch_rate,
    {% for hand in hands %}
        cast(sums.{{ hand }}_count as bigint) as {{ hand }}_count,
        round(
            {{ safe_ratio("sums." ~ hand ~ "_count", "sums.solved_count") }}, 6
        ) as average_{{ hand }}s,
    {% endfor %}
    {% for count in [
        "solved",
        "mature",
        "mature_reopened",
        "still_solved",
        "one_touch",
    ] %}
        cast(
            coalesce(priors.{{ count }}_count, 0) as bigint
        ) as prior_{{ count }}_count,
    {% endfor %}
    round(
        {{ safe_ratio("priors.mature_reopened_count", "priors.mature_count") }}, 6
    ) as prior_reopen_rate,
    round(
        {{ safe_ratio("priors.one_touch_count", "priors.still_solved_count") }}, 6
    ) as prior_one_touch_rate,
    {% for hand in hands %}
        round(
            {{ safe_ratio("priors." ~ hand ~ "_count", "priors.solved_count") }}, 6
        ) as prior_average_{{ hand }}s
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
    and sums.scope_key = priors.scope_key
where not sums.is_partial
