-- K15, K16, K27: the backlog at the end of each day, its age, and how long it would
-- take to drain at the pace of the last 14 days.
-- Grain: one row per open_date and scope_key; dense.
with
    open_tickets as (select * from {{ ref("int_open_tickets_daily") }}),
    days as (select * from {{ ref("kpi_tickets") }} where period_type = 'day'),
    {{ ticket_scopes("open_tickets", ["open_date", "age_days", "reopened_age_days"]) }},
    ages as (
        select
            scope_key,
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
        group by scope_key, open_date
    ),
    paced as (
        select
            *,
            sum(last_solved_count) over (
                partition by scope_key
                order by period_start_date asc nulls last
                rows between 13 preceding and current row
            ) as solved_14_days_count
        from days
    )
select
    cast(paced.period_start_date as date) as open_date,
    cast(paced.scope_key as string) as scope_key,
    cast(paced.scope_type as string) as scope_type,
    cast(paced.scope_name as string) as scope_name,
    cast(paced.is_complete as boolean) as is_complete,
    cast(coalesce(ages.open_count, 0) as bigint) as open_count,
    {% for bucket in [
        "0_to_1",
        "2_to_3",
        "4_to_7",
        "8_to_14",
        "15_or_more",
    ] %}
        cast(
            coalesce(ages.open_{{ bucket }}_day_count, 0) as bigint
        ) as open_{{ bucket }}_day_count,
    {% endfor %}
    {% for age in ["age", "reopened_age"] %}
        round(cast(ages.median_{{ age }}_days as double), 6) as median_{{ age }}_days,
        round(cast(ages.p90_{{ age }}_days as double), 6) as p90_{{ age }}_days,
    {% endfor %}
    cast(paced.solved_14_days_count as bigint) as solved_14_days_count,
    round(
        {{
            safe_ratio(
                "coalesce(ages.open_count, 0) * 14", "paced.solved_14_days_count"
            )
        }},
        6
    ) as drain_days
from paced
left join
    ages
    on paced.scope_key = ages.scope_key
    and paced.period_start_date = ages.open_date
