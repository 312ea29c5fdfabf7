-- K31, K32, K34, K36, K39: visits, visitors, engagement, conversion and sales per
-- visit.
-- Grain: one row per (period_type, period_start_date, scope_type, scope_name), without
-- gaps from the scope's first visit on. Days and weeks have the daily scopes only.
{% set daily_scopes = ["total", "channel", "device", "country"] %}
with
    sessions as (select * from {{ ref("int_session_scopes") }}),
    periods as (select * from {{ ref("int_periods") }}),
    period_days as (
        select * from {{ ref("int_period_days") }} where comparison_type = 'current'
    ),
    scopes as (
        select scope_type, scope_name, min(session_date) as first_date
        from sessions
        group by scope_type, scope_name
    ),
    sums as (
        select
            period_days.period_type,
            period_days.period_start_date,
            sessions.scope_type,
            sessions.scope_name,
            count(*) as session_count,
            count(distinct sessions.user_key) as user_count,
            sum(case when sessions.is_engaged then 1 else 0 end) as engaged_count,
            sum(case when sessions.has_purchased then 1 else 0 end) as purchase_count,
            count(
                distinct case when sessions.has_purchased then sessions.user_key end
            ) as purchasing_user_count,
            sum(
                case when sessions.furthest_step_number >= 3 then 1 else 0 end
            ) as checkout_count,
            sum(sessions.order_count) as order_count,
            sum(sessions.unconverted_order_count) as unconverted_order_count,
            sum(sessions.net_sales_amount_base) as net_sales_amount_base
        from sessions
        inner join period_days on sessions.session_date = period_days.calendar_date
        where
            period_days.period_type not in ('day', 'week')
            or sessions.scope_type in ('{{ daily_scopes | join("', '") }}')
        group by
            period_days.period_type,
            period_days.period_start_date,
            sessions.scope_type,
            sessions.scope_name
    ),
    final as (
        select
            periods.period_type,
            periods.period_start_date,
            periods.period_end_date,
            periods.is_complete,
            scopes.scope_type,
            scopes.scope_name
            {%- for measure in [
                "session_count",
                "user_count",
                "engaged_count",
                "purchase_count",
                "purchasing_user_count",
                "checkout_count",
                "order_count",
                "unconverted_order_count",
                "net_sales_amount_base",
            ] %}, coalesce(sums.{{ measure }}, 0) as {{ measure }} {%- endfor %}
        from periods
        inner join
            scopes
            on periods.period_end_date >= scopes.first_date
            and (
                periods.period_type not in ('day', 'week')
                or scopes.scope_type in ('{{ daily_scopes | join("', '") }}')
            )
        left join
            sums
            on periods.period_type = sums.period_type
            and periods.period_start_date = sums.period_start_date
            and scopes.scope_type = sums.scope_type
            and scopes.scope_name = sums.scope_name
    )
select
    cast(period_type as string) as period_type,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(is_complete as boolean) as is_complete,
    cast(session_count as bigint) as session_count,
    cast(user_count as bigint) as user_count,
    cast(engaged_count as bigint) as engaged_session_count,
    cast(session_count - engaged_count as bigint) as bounced_session_count,
    cast(checkout_count as bigint) as checkout_session_count,
    cast(purchase_count as bigint) as purchasing_session_count,
    cast(purchasing_user_count as bigint) as purchasing_user_count,
    cast(order_count as bigint) as order_count,
    cast(unconverted_order_count as bigint) as unconverted_order_count,
    cast(net_sales_amount_base as decimal(18, 2)) as net_sales_amount_base,
    {{ safe_ratio("engaged_count", "session_count") }} as engagement_rate,
    {{ safe_ratio("(session_count - engaged_count)", "session_count") }} as bounce_rate,
    {{ safe_ratio("purchase_count", "session_count") }} as conversion_rate,
    {{ safe_ratio("purchasing_user_count", "user_count") }} as user_conversion_rate,
    {{ safe_ratio("(checkout_count - purchase_count)", "checkout_count") }}
    as checkout_abandonment_rate,
    {{ safe_ratio("net_sales_amount_base", "session_count") }} as net_sales_per_session,
    cast(period_start_date as date) as period_start_date,
    cast(period_end_date as date) as period_end_date
from final
