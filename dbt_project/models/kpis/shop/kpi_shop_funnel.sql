-- K33: how many visits went on to each step of the way to an order.
-- Grain: one row per (period_type, period_start_date, scope_type, scope_name,
-- step_number), without gaps from the scope's first visit on. Days and weeks have the
-- daily scopes only.
{% set daily_scopes = ["total", "channel", "device", "country"] %}
{% set steps = [
    ["product view", "not has_viewed_product"],
    ["cart", "not has_added_to_cart"],
    ["checkout", "not has_started_checkout"],
    ["payment", "not has_entered_payment"],
    ["purchase", "false"],
] %}
with
    sessions as (select * from {{ ref("int_session_scopes") }}),
    periods as (select * from {{ ref("int_periods") }}),
    period_days as (
        select * from {{ ref("int_period_days") }} where comparison_type = 'current'
    ),
    -- Visits are counted once, by day: a period is the sum of its days.
    days as (
        select
            session_date,
            scope_type,
            scope_name,
            count(*) as step_0_count
            {%- for _, is_unseen in steps %}
                ,
                sum(
                    case when furthest_step_number >= {{ loop.index }} then 1 else 0 end
                ) as step_{{ loop.index }}_count,
                sum(
                    case
                        when
                            furthest_step_number >= {{ loop.index }} and {{ is_unseen }}
                        then 1
                        else 0
                    end
                ) as imputed_{{ loop.index }}_count
            {%- endfor %}
        from sessions
        group by session_date, scope_type, scope_name
    ),
    scopes as (
        select scope_type, scope_name, min(session_date) as first_date
        from days
        group by scope_type, scope_name
    ),
    sums as (
        select
            period_days.period_type,
            period_days.period_start_date,
            days.scope_type,
            days.scope_name,
            sum(days.step_0_count) as step_0_count
            {%- for _ in steps %}
                ,
                sum(days.step_{{ loop.index }}_count) as step_{{ loop.index }}_count,
                sum(
                    days.imputed_{{ loop.index }}_count
                ) as imputed_{{ loop.index }}_count
            {%- endfor %}
        from days
        inner join period_days on days.session_date = period_days.calendar_date
        where
            period_days.period_type not in ('day', 'week')
            or days.scope_type in ('{{ daily_scopes | join("', '") }}')
        group by
            period_days.period_type,
            period_days.period_start_date,
            days.scope_type,
            days.scope_name
    ),
    steps as (
        {% for step_name, _ in steps %}
            select
                period_type,
                period_start_date,
                scope_type,
                scope_name,
                {{ loop.index }} as step_number,
                step_0_count as session_count,
                step_{{ loop.index0 }}_count as previous_step_count,
                step_{{ loop.index }}_count as step_count,
                imputed_{{ loop.index }}_count as imputed_count
            from sums
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),
    step_names as (
        {% for step_name, _ in steps %}
            select {{ loop.index }} as step_number, '{{ step_name }}' as step_name
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),
    final as (
        select
            periods.period_type,
            periods.period_start_date,
            periods.period_end_date,
            periods.is_complete,
            scopes.scope_type,
            scopes.scope_name,
            step_names.step_number,
            step_names.step_name,
            coalesce(steps.session_count, 0) as session_count,
            coalesce(steps.previous_step_count, 0) as previous_step_count,
            coalesce(steps.step_count, 0) as step_count,
            coalesce(steps.imputed_count, 0) as imputed_count
        from periods
        inner join
            scopes
            on periods.period_end_date >= scopes.first_date
            and (
                periods.period_type not in ('day', 'week')
                or scopes.scope_type in ('{{ daily_scopes | join("', '") }}')
            )
        cross join step_names
        left join
            steps
            on periods.period_type = steps.period_type
            and periods.period_start_date = steps.period_start_date
            and scopes.scope_type = steps.scope_type
            and scopes.scope_name = steps.scope_name
            and step_names.step_number = steps.step_number
    )
select
    cast(period_type as string) as period_type,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(step_name as string) as step_name,
    cast(step_number as int) as step_number,
    cast(is_complete as boolean) as is_complete,
    cast(session_count as bigint) as session_count,
    cast(previous_step_count as bigint) as previous_step_session_count,
    cast(step_count as bigint) as step_session_count,
    cast(imputed_count as bigint) as imputed_session_count,
    {{ safe_ratio("step_count", "previous_step_count") }} as step_rate,
    {{ safe_ratio("step_count", "session_count") }} as reached_rate,
    cast(period_start_date as date) as period_start_date,
    cast(period_end_date as date) as period_end_date
from final
