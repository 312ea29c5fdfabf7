-- K26: how content customers are who answered the survey, and how many did.
-- Grain: one row per offered_month and scope_key with a survey.
{% set minimum = var("satisfaction_minimum_answers", 5) %}
with
    surveys as (select * from {{ ref("int_ticket_surveys") }}),
    dates as (select * from {{ ref("dim_dates") }}),
    periods as (select * from {{ ref("int_periods") }} where period_type = 'month'),
    {{ ticket_scopes("surveys", ["offered_date", "score_type"]) }},
    sums as (
        select
            dates.calendar_month as offered_month,
            scoped.scope_key,
            scoped.scope_type,
            max(scoped.scope_name) as scope_name,
            count(*) as offered_count,
            count(*) filter (where scoped.score_type = 'good') as good_count,
            count(*) filter (where scoped.score_type = 'bad') as bad_count
        from scoped
        inner join dates on scoped.offered_date = dates.calendar_date
        group by dates.calendar_month, scoped.scope_key, scoped.scope_type
    )
select
    cast(sums.offered_month as date) as offered_month,
    cast(sums.scope_key as string) as scope_key,
    cast(sums.scope_type as string) as scope_type,
    cast(sums.scope_name as string) as scope_name,
    cast(periods.is_complete as boolean) as is_complete,
    sums.good_count + sums.bad_count < {{ minimum }} as is_too_few,
    cast(sums.offered_count as bigint) as offered_count,
    cast(sums.good_count + sums.bad_count as bigint) as rated_count,
    cast(
        case
            when sums.good_count + sums.bad_count >= {{ minimum }} then sums.good_count
        end as bigint
    ) as good_count,
    cast(
        case
            when sums.good_count + sums.bad_count >= {{ minimum }} then sums.bad_count
        end as bigint
    ) as bad_count,
    round(
        case
            when sums.good_count + sums.bad_count >= {{ minimum }}
            then {{ safe_ratio("sums.good_count", "sums.good_count + sums.bad_count") }}
        end,
        6
    ) as satisfaction_rate,
    round(
        {{ safe_ratio("sums.good_count + sums.bad_count", "sums.offered_count") }}, 6
    ) as response_rate
from sums
inner join periods on sums.offered_month = periods.period_start_date
