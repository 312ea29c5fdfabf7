-- K14, K27: tickets created and solved per period, against the period before, and by
-- how many the backlog grew.
-- Grain: one row per period_type, period_start_date and scope_key; dense but for
-- organizations.
{% set measures = ["created", "first_solved", "last_solved"] %}
with
    events as (select * from {{ ref("int_ticket_events") }}),
    periods as (
        select *
        from {{ ref("int_periods") }}
        where period_type in ('day', 'week', 'month', 'jalali_month')
    ),
    period_days as (
        select *
        from {{ ref("int_period_days") }}
        where comparison_type in ('current', 'prior')
    ),
    scopes as (select * from {{ ref("int_ticket_scopes") }}),
    daily as (
        select
            scope_key,
            scope_type,
            event_date,
            {% for measure in measures %}
                count(*) filter (
                    where event_type = '{{ measure }}'
                ) as {{ measure }}_count
                {%- if not loop.last %}, {% endif %}
            {% endfor %}
        from events
        where event_type <> 'asked'
        group by scope_key, scope_type, event_date
    ),
    counted as (
        select
            daily.scope_key,
            daily.scope_type,
            period_days.period_type,
            period_days.period_start_date,
            {% for measure in measures %}
                sum(
                    case
                        when period_days.comparison_type = 'current'
                        then daily.{{ measure }}_count
                        else 0
                    end
                ) as {{ measure }}_count,
                sum(
                    case
                        when period_days.comparison_type = 'prior'
                        then daily.{{ measure }}_count
                        else 0
                    end
                ) as prior_{{ measure }}_count
                {%- if not loop.last %}, {% endif %}
            {% endfor %}
        from daily
        inner join period_days on daily.event_date = period_days.calendar_date
        group by
            daily.scope_key,
            daily.scope_type,
            period_days.period_type,
            period_days.period_start_date
    ),
    -- Most organizations write seldom: a row where something is counted.
    spine as (
        select scopes.scope_key, periods.period_type, periods.period_start_date
        from scopes
        inner join periods on scopes.first_date <= periods.period_end_date
        where scopes.scope_type <> 'organization'
        union all
        select scope_key, period_type, period_start_date
        from counted
        where scope_type = 'organization'
    ),
    final as (
        select
            periods.period_type,
            periods.period_start_date,
            periods.period_end_date,
            scopes.scope_key,
            scopes.scope_type,
            scopes.scope_name,
            scopes.person_key,
            scopes.rep_email,
            periods.is_complete,
            {% for measure in measures %}
                coalesce(counted.{{ measure }}_count, 0) as {{ measure }}_count,
                coalesce(
                    counted.prior_{{ measure }}_count, 0
                ) as prior_{{ measure }}_count
                {%- if not loop.last %}, {% endif %}
            {% endfor %}
        from spine
        inner join scopes on spine.scope_key = scopes.scope_key
        inner join
            periods
            on spine.period_type = periods.period_type
            and spine.period_start_date = periods.period_start_date
        left join
            counted
            on spine.period_type = counted.period_type
            and spine.period_start_date = counted.period_start_date
            and spine.scope_key = counted.scope_key
    )
select
    cast(period_type as string) as period_type,
    cast(period_start_date as date) as period_start_date,
    cast(period_end_date as date) as period_end_date,
    cast(scope_key as string) as scope_key,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(person_key as string) as person_key,
    cast(rep_email as string) as rep_email,
    cast(is_complete as boolean) as is_complete,
    {% for measure in measures %}
        cast({{ measure }}_count as bigint) as {{ measure }}_count,
    {% endfor %}
    cast(created_count - last_solved_count as bigint) as net_flow,
    {% for measure in measures %}
        cast(prior_{{ measure }}_count as bigint) as prior_{{ measure }}_count,
    {% endfor %}
    cast(prior_created_count - prior_last_solved_count as bigint) as prior_net_flow,
    {{ growth_rate("created_count", "prior_created_count") }} as created_growth_rate
from final
