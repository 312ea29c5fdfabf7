-- K26: how content customers are who answered the survey, and how many did, against the
-- month before.
-- Grain: one row per period_type, offered_month and scope_key with a survey.
{% set minimum = var("satisfaction_minimum_answers", 5) %}
with
    surveys as (select * from {{ ref("int_ticket_surveys") }}),
    windows as (select * from {{ ref("int_ticket_windows") }}),
    periods as (select * from {{ ref("int_periods") }}),
    scopes as (select * from {{ ref("int_ticket_scopes") }}),
    {{
        ticket_scopes(
            "surveys",
            ["offered_date", "score_type"],
            ["total", "group", "priority", "channel", "agent", "organization"],
        )
    }},
    sums as (
        select
            windows.period_type,
            windows.window_start_date,
            windows.is_partial,
            scoped.scope_key,
            count(*) as offered_count,
            count(*) filter (where scoped.score_type = 'good') as good_count,
            count(*) filter (where scoped.score_type = 'bad') as bad_count,
            count(*) filter (where scoped.score_type in ('good', 'bad')) as rated_count,
            count(*) filter (where scoped.score_type in ('good', 'bad'))
            < {{ minimum }} as is_too_few
        from scoped
        inner join windows on scoped.offered_date = windows.calendar_date
        group by
            windows.period_type,
            windows.window_start_date,
            windows.is_partial,
            scoped.scope_key
    )
select
    cast(sums.period_type as string) as period_type,
    cast(sums.window_start_date as date) as offered_month,
    cast(sums.scope_key as string) as scope_key,
    cast(scopes.scope_type as string) as scope_type,
    cast(scopes.scope_name as string) as scope_name,
    cast(scopes.person_key as string) as person_key,
    cast(scopes.rep_email as string) as rep_email,
    cast(periods.is_complete as boolean) as is_complete,
    sums.is_too_few,
    cast(sums.offered_count as bigint) as offered_count,
    cast(sums.rated_count as bigint) as rated_count,
    cast(
        case when not sums.is_too_few then sums.good_count end as bigint
    ) as good_count,
    cast(case when not sums.is_too_few then sums.bad_count end as bigint) as bad_count,
    round(
        case
            when not sums.is_too_few
            then {{ safe_ratio("sums.good_count", "sums.rated_count") }}
        end,
        6
    ) as satisfaction_rate,
    round(
        {{ safe_ratio("sums.rated_count", "sums.offered_count") }}, 6
    ) as response_rate,
    cast(coalesce(priors.offered_count, 0) as bigint) as prior_offered_count,
    cast(coalesce(priors.rated_count, 0) as bigint) as prior_rated_count,
    round(
        case
            when not priors.is_too_few
            then {{ safe_ratio("priors.good_count", "priors.rated_count") }}
        end,
        6
    ) as prior_satisfaction_rate,
    round(
        {{ safe_ratio("priors.rated_count", "priors.offered_count") }}, 6
    ) as prior_response_rate
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
