-- K23, K24, K28: how well tickets stay solved, with how many touches and hands.
-- Grain: one row per first_solved_month and scope_key with a ticket solved.
with
    tickets as (select * from {{ ref("fct_tickets") }}),
    reopenings as (select * from {{ ref("int_ticket_first_reopenings") }}),
    events as (
        select * from {{ ref("int_ticket_events") }} where event_type = 'first_solved'
    ),
    dates as (select * from {{ ref("dim_dates") }}),
    periods as (select * from {{ ref("int_periods") }} where period_type = 'month'),
    sums as (
        select
            dates.calendar_month as first_solved_month,
            events.scope_key,
            events.scope_type,
            max(events.scope_name) as scope_name,
            bool_and(reopenings.is_mature) as is_mature,
            count(*) as solved_count,
            count(*) filter (where tickets.was_reopened) as reopened_count,
            sum(tickets.reopen_count) as reopen_count,
            count(*) filter (where reopenings.is_mature) as mature_count,
            count(*) filter (
                where reopenings.is_mature and reopenings.was_reopened_in_time
            ) as mature_reopened_count,
            count(*) filter (where tickets.is_solved) as still_solved_count,
            {% for touch in ["one_touch", "multi_touch", "no_touch"] %}
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
        inner join dates on events.event_date = dates.calendar_date
        group by dates.calendar_month, events.scope_key, events.scope_type
    )
select
    cast(sums.first_solved_month as date) as first_solved_month,
    cast(sums.scope_key as string) as scope_key,
    cast(sums.scope_type as string) as scope_type,
    cast(sums.scope_name as string) as scope_name,
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
    {% for touch in ["one_touch", "multi_touch", "no_touch"] %}
        cast(sums.{{ touch }}_count as bigint) as {{ touch }}_count,
    {% endfor %}
    round(
        {{ safe_ratio("sums.one_touch_count", "sums.still_solved_count") }}, 6
    ) as one_touch_rate,
    {% for hand in ["assignee_station", "group_station", "commenting_agent"] %}
        cast(sums.{{ hand }}_count as bigint) as {{ hand }}_count,
        round(
            {{ safe_ratio("sums." ~ hand ~ "_count", "sums.solved_count") }}, 6
        ) as average_{{ hand }}s
        {%- if not loop.last %}, {% endif %}
    {% endfor %}
from sums
inner join periods on sums.first_solved_month = periods.period_start_date
