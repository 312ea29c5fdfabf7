-- K91, K92, K95: deals created, won and lost per period, against the period before.
-- Grain: one row per period_type, period_start_date and scope_key; dense.
with
    daily as (select * from {{ ref("int_deal_scopes_counted_daily") }}),
    periods as (
        select * from {{ ref("int_periods") }} where period_type <> 'jalali_year'
    ),
    period_days as (select * from {{ ref("int_period_days") }}),
    scopes as (select * from {{ ref("int_scopes") }}),
    first_events as (
        select scope_key, min(event_date) as first_event_date
        from daily
        where not is_in_future
        group by scope_key
    ),
    sums as (
        select
            period_days.period_type,
            period_days.period_start_date,
            daily.scope_key
            {%- for comparison_type in ["current", "prior"] %}
                {%- for column in [
                    "created_count",
                    "won_count",
                    "lost_count",
                    "won_amount_base",
                    "lost_amount_base",
                    "won_without_amount_count",
                    "won_unconverted_count",
                    "lost_without_amount_count",
                    "lost_unconverted_count",
                ] %}
                    ,
                    sum(
                        case
                            when period_days.comparison_type = '{{ comparison_type }}'
                            then daily.{{ column }}
                            else 0
                        end
                    ) as {{ "prior_" if comparison_type == "prior" }}{{ column }}
                {%- endfor %}
            {%- endfor %}
        from daily
        inner join period_days on daily.event_date = period_days.calendar_date
        where not daily.is_in_future and period_days.comparison_type <> 'prior_year'
        group by period_days.period_type, period_days.period_start_date, daily.scope_key
    ),
    future_sums as (
        select
            periods.period_type,
            periods.period_start_date,
            daily.scope_key,
            sum(daily.won_count + daily.lost_count) as future_dated_count
        from daily
        inner join
            periods
            on daily.event_date >= periods.period_start_date
            and daily.event_date <= periods.period_end_date
        where daily.is_in_future
        group by periods.period_type, periods.period_start_date, daily.scope_key
    ),
    final as (
        select
            cast(periods.period_type as string) as period_type,
            cast(periods.period_start_date as date) as period_start_date,
            cast(periods.period_end_date as date) as period_end_date,
            cast(scopes.scope_key as string) as scope_key,
            cast(scopes.scope_type as string) as scope_type,
            cast(scopes.scope_name as string) as scope_name,
            cast(scopes.employee_key as string) as employee_key,
            cast(scopes.rep_email as string) as rep_email,
            periods.is_complete,
            cast(periods.elapsed_day_count as bigint) as elapsed_day_count,
            {% for column in ["created_count", "won_count", "lost_count"] %}
                cast(coalesce(sums.{{ column }}, 0) as bigint) as {{ column }},
            {% endfor %}
            {% for column in ["won_amount_base", "lost_amount_base"] %}
                cast(coalesce(sums.{{ column }}, 0) as decimal(18, 2)) as {{ column }},
            {% endfor %}
            {% for column in [
                "won_without_amount_count",
                "won_unconverted_count",
                "lost_without_amount_count",
                "lost_unconverted_count",
            ] %}
                cast(coalesce(sums.{{ column }}, 0) as bigint) as {{ column }},
            {% endfor %}
            cast(
                coalesce(future_sums.future_dated_count, 0) as bigint
            ) as future_dated_count,
            cast(periods.prior_start_date as date) as prior_period_start_date,
            cast(periods.prior_end_date as date) as prior_period_end_date,
            {% for column in [
                "prior_created_count",
                "prior_won_count",
                "prior_lost_count",
            ] %}
                cast(coalesce(sums.{{ column }}, 0) as bigint) as {{ column }},
            {% endfor %}
            {% for column in ["prior_won_amount_base", "prior_lost_amount_base"] %}
                cast(coalesce(sums.{{ column }}, 0) as decimal(18, 2)) as {{ column }},
            {% endfor %}
            {{ growth_rate("sums.created_count", "sums.prior_created_count") }}
            as created_growth_rate,
            {{ growth_rate("sums.won_count", "sums.prior_won_count") }}
            as won_growth_rate,
            {{ growth_rate("sums.lost_count", "sums.prior_lost_count") }}
            as lost_growth_rate,
            {{ growth_rate("sums.won_amount_base", "sums.prior_won_amount_base") }}
            as won_amount_growth_rate,
            {{ growth_rate("sums.lost_amount_base", "sums.prior_lost_amount_base") }}
            as lost_amount_growth_rate
        from first_events
        inner join scopes on first_events.scope_key = scopes.scope_key
        inner join periods on first_events.first_event_date <= periods.period_end_date
        left join
            sums
            on periods.period_type = sums.period_type
            and periods.period_start_date = sums.period_start_date
            and scopes.scope_key = sums.scope_key
        left join
            future_sums
            on periods.period_type = future_sums.period_type
            and periods.period_start_date = future_sums.period_start_date
            and scopes.scope_key = future_sums.scope_key
    )
select *
from final
