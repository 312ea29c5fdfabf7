-- K15, K16, K27: the backlog at the end of each day, its age, and how long it would
-- take to drain at the pace of the last 14 days.
-- Grain: one row per open_date and scope_key; dense but for organizations.
with
    open_tickets as (select * from {{ ref("int_open_tickets_daily") }}),
    events as (
        select * from {{ ref("int_ticket_events") }} where event_type = 'last_solved'
    ),
    scopes as (
        select * from {{ ref("int_ticket_scopes") }} where scope_type <> 'brand'
    ),
    days as (select * from {{ ref("int_periods") }} where period_type = 'day'),
    {{
        ticket_scopes(
            "open_tickets",
            ["open_date", "age_days", "reopened_age_days"],
            ["total", "group", "priority", "channel", "agent", "organization"],
        )
    }},
    ages as (
        select
            scope_key,
            scope_type,
            open_date,
            count(*) as open_count,
            count(*) filter (where age_days < 2) as open_0_to_1_day_count,
            count(*) filter (
                where age_days >= 2 and age_days < 4
            ) as open_2_to_3_day_count,
            count(*) filter (
                where age_days >= 4 and age_days < 8
            ) as open_4_to_7_day_count,
            count(*) filter (
                where age_days >= 8 and age_days < 15
            ) as open_8_to_14_day_count,
            count(*) filter (where age_days >= 15) as open_15_or_more_day_count,
            median(age_days) as median_age_days,
            percentile_cont(0.9) within group (
                order by age_days asc nulls last
            ) as p90_age_days,
            median(reopened_age_days) as median_reopened_age_days,
            percentile_cont(0.9) within group (
                order by reopened_age_days asc nulls last
            ) as p90_reopened_age_days
        from scoped
        group by scope_key, scope_type, open_date
    ),
    -- An organization has a row on the days on which it waits.
    spine as (
        select scopes.scope_key, days.period_start_date as open_date
        from scopes
        inner join days on scopes.first_date <= days.period_start_date
        where scopes.scope_type <> 'organization'
        union all
        select scope_key, open_date
        from ages
        where scope_type = 'organization'
    ),
    solved as (
        select scope_key, event_date, count(*) as solved_count
        from events
        group by scope_key, event_date
    ),
    offsets as (select cast(day as int) as day from range(0, 14) as days(day)),
    paces as (
        select
            solved.scope_key,
            solved.event_date + offsets.day as open_date,
            sum(solved.solved_count) as solved_14_days_count
        from solved
        cross join offsets
        group by solved.scope_key, solved.event_date + offsets.day
    ),
    final as (
        select
            scopes.*,
            spine.open_date,
            days.is_complete,
            coalesce(paces.solved_14_days_count, 0) as solved_14_days_count,
            {% for column in [
                "open_count",
                "open_0_to_1_day_count",
                "open_2_to_3_day_count",
                "open_4_to_7_day_count",
                "open_8_to_14_day_count",
                "open_15_or_more_day_count",
            ] %}
                coalesce(ages.{{ column }}, 0) as {{ column }},
            {% endfor %}
            ages.median_age_days,
            ages.p90_age_days,
            ages.median_reopened_age_days,
            ages.p90_reopened_age_days
        from spine
        inner join scopes on spine.scope_key = scopes.scope_key
        inner join days on spine.open_date = days.period_start_date
        left join
            ages
            on spine.scope_key = ages.scope_key
            and spine.open_date = ages.open_date
        left join
            paces
            on spine.scope_key = paces.scope_key
            and spine.open_date = paces.open_date
    )
select
    cast(open_date as date) as open_date,
    cast(scope_key as string) as scope_key,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(person_key as string) as person_key,
    cast(rep_email as string) as rep_email,
    cast(is_complete as boolean) as is_complete,
    cast(open_count as bigint) as open_count,
    {% for bucket in [
        "0_to_1",
        "2_to_3",
        "4_to_7",
        "8_to_14",
        "15_or_more",
    ] %}
        cast(open_{{ bucket }}_day_count as bigint) as open_{{ bucket }}_day_count,
    {% endfor %}
    {% for age in ["age", "reopened_age"] %}
        round(cast(median_{{ age }}_days as double), 6) as median_{{ age }}_days,
        round(cast(p90_{{ age }}_days as double), 6) as p90_{{ age }}_days,
    {% endfor %}
    cast(solved_14_days_count as bigint) as solved_14_days_count,
    round({{ safe_ratio("open_count * 14", "solved_14_days_count") }}, 6) as drain_days
from final
