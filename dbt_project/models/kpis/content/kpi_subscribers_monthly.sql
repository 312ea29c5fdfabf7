-- How many subscribers came, came back and left per month, in total and by the source
-- of their signup (K56).
-- Grain: one row per (period_type, change_month, scope_type, scope_name), without gaps
-- from the scope's first subscriber on.
{% set change_types = [
    "new",
    "reactivated",
    "unsubscribed",
    "suppressed",
    "deleted",
] %}
with
    changes as (
        select *
        from {{ ref("fct_subscriber_changes") }}
        where change_date <= {{ as_of_date() }}
    ),
    periods as (
        select *
        from {{ ref("int_periods") }}
        where period_type in ('month', 'jalali_month')
    ),
    period_days as (
        select *
        from {{ ref("int_period_days") }}
        where comparison_type = 'current' and period_type in ('month', 'jalali_month')
    ),
    scoped as (
        select 'total' as scope_type, 'all' as scope_name, changes.*
        from changes
        union all
        select 'source' as scope_type, source_name as scope_name, changes.*
        from changes
    ),
    scopes as (
        select scope_type, scope_name, min(change_date) as first_date
        from scoped
        group by scope_type, scope_name
    ),
    summed as (
        select
            period_days.period_type,
            period_days.period_start_date,
            scoped.scope_type,
            scoped.scope_name,
            sum(scoped.subscriber_change) as net_subscribers
            {%- for change_type in change_types %}
                ,
                sum(
                    case when scoped.change_type = '{{ change_type }}' then 1 else 0 end
                ) as {{ change_type }}_count
            {%- endfor %}
        from scoped
        inner join period_days on scoped.change_date = period_days.calendar_date
        group by
            period_days.period_type,
            period_days.period_start_date,
            scoped.scope_type,
            scoped.scope_name
    ),
    filled as (
        select
            scopes.scope_type,
            scopes.scope_name,
            periods.period_type,
            periods.period_start_date,
            periods.is_complete,
            coalesce(summed.net_subscribers, 0) as net_subscribers
            {%- for change_type in change_types %}
                , coalesce(summed.{{ change_type }}_count, 0) as {{ change_type }}_count
            {%- endfor %}
        from scopes
        inner join periods on scopes.first_date <= periods.period_end_date
        left join
            summed
            on scopes.scope_type = summed.scope_type
            and scopes.scope_name = summed.scope_name
            and periods.period_type = summed.period_type
            and periods.period_start_date = summed.period_start_date
    ),
    final as (
        select
            *,
            sum(net_subscribers) over (
                partition by period_type, scope_type, scope_name
                order by period_start_date asc nulls last
            ) as closing_count
        from filled
    )
select
    cast(period_type as string) as period_type,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(is_complete as boolean) as is_complete,
    cast(closing_count - net_subscribers as bigint) as opening_count,
    {% for change_type in change_types %}
        cast({{ change_type }}_count as bigint) as {{ change_type }}_count,
    {% endfor %}
    cast(net_subscribers as bigint) as net_subscribers,
    cast(closing_count as bigint) as closing_count,
    cast(period_start_date as date) as change_month
from final
