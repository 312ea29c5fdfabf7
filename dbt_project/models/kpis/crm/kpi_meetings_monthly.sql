-- K96: meetings booked against the target and last month; held, cancelled, no-show.
-- Grain: one row per period_type, activity_month and scope_key; dense from the first
-- meeting or target.
with
    daily as (select * from {{ ref("int_meeting_scopes_counted_daily") }}),
    targets as (
        select *
        from {{ ref("int_target_scopes") }}
        where target_type = 'meetings_booked'
    ),
    period_days as (
        select *
        from {{ ref("int_period_days") }}
        where period_type in ('month', 'jalali_month')
    ),
    months as (
        select *
        from {{ ref("int_periods") }}
        where period_type in ('month', 'jalali_month')
    ),
    scopes as (select * from {{ ref("int_scopes") }}),
    first_days as (
        select scope_key, min(event_date) as first_date
        from
            (
                select scope_key, event_date
                from daily
                union all
                select scope_key, period_start_date as event_date
                from targets
                where period_type = 'month'
            ) as events
        group by scope_key
    ),
    sums as (
        select
            period_days.period_type,
            period_days.period_start_date,
            daily.scope_key,
            {% for column in [
                "booked_count",
                "rescheduled_count",
                "held_count",
                "cancelled_count",
                "no_show_count",
            ] %}
                sum(
                    case
                        when period_days.comparison_type = 'current'
                        then daily.{{ column }}
                        else 0
                    end
                ) as {{ column }},
            {% endfor %}
            {% for column in ["booked_count", "held_count"] %}
                sum(
                    case
                        when period_days.comparison_type = 'prior'
                        then daily.{{ column }}
                        else 0
                    end
                ) as prior_{{ column }}
                {%- if not loop.last %}, {% endif %}
            {% endfor %}
        from daily
        inner join period_days on daily.event_date = period_days.calendar_date
        group by period_days.period_type, period_days.period_start_date, daily.scope_key
    ),
    filled as (
        select
            months.period_type,
            months.period_start_date,
            months.is_complete,
            scopes.scope_key,
            scopes.scope_type,
            scopes.scope_name,
            scopes.employee_key,
            scopes.rep_email,
            coalesce(sums.booked_count, 0) as booked_count,
            coalesce(sums.rescheduled_count, 0) as rescheduled_count,
            coalesce(sums.held_count, 0) as held_count,
            coalesce(sums.cancelled_count, 0) as cancelled_count,
            coalesce(sums.no_show_count, 0) as no_show_count,
            coalesce(sums.prior_booked_count, 0) as prior_booked_count,
            coalesce(sums.prior_held_count, 0) as prior_held_count,
            targets.target_value_base as booked_target,
            targets.target_business_day_count,
            targets.elapsed_target_business_day_count,
            targets.total_business_day_count,
            case
                when months.is_complete or targets.target_business_day_count = 0
                then cast(targets.target_value_base as double)
                else
                    cast(targets.target_value_base as double)
                    * targets.elapsed_target_business_day_count
                    / targets.target_business_day_count
            end as booked_target_to_date
        from first_days
        inner join scopes on first_days.scope_key = scopes.scope_key
        inner join months on first_days.first_date <= months.period_end_date
        left join
            sums
            on months.period_type = sums.period_type
            and months.period_start_date = sums.period_start_date
            and scopes.scope_key = sums.scope_key
        left join
            targets
            on months.period_type = targets.period_type
            and months.period_start_date = targets.period_start_date
            and scopes.scope_key = targets.scope_key
    ),
    final as (
        select
            cast(period_type as string) as period_type,
            cast(period_start_date as date) as activity_month,
            cast(scope_key as string) as scope_key,
            cast(scope_type as string) as scope_type,
            cast(scope_name as string) as scope_name,
            cast(employee_key as string) as employee_key,
            cast(rep_email as string) as rep_email,
            is_complete,
            cast(booked_count as bigint) as booked_count,
            cast(rescheduled_count as bigint) as rescheduled_count,
            cast(held_count as bigint) as held_count,
            cast(cancelled_count as bigint) as cancelled_count,
            cast(no_show_count as bigint) as no_show_count,
            cast(booked_target as decimal(18, 2)) as booked_target,
            cast(total_business_day_count as bigint) as total_business_day_count,
            cast(target_business_day_count as bigint) as target_business_day_count,
            cast(
                elapsed_target_business_day_count as bigint
            ) as elapsed_target_business_day_count,
            round(cast(booked_target_to_date as double), 6) as booked_target_to_date,
            {{ safe_ratio("booked_count", "booked_target") }} as booked_to_target_rate,
            {{ safe_ratio("booked_count", "booked_target_to_date") }}
            as booked_to_target_to_date_rate,
            cast(prior_booked_count as bigint) as prior_booked_count,
            cast(prior_held_count as bigint) as prior_held_count,
            {{ growth_rate("booked_count", "prior_booked_count") }}
            as booked_growth_rate,
            {{ growth_rate("held_count", "prior_held_count") }} as held_growth_rate
        from filled
    )
select *
from final
