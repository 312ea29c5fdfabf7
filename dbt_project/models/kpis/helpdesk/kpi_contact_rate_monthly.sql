-- K29: how many tickets 100 orders and an active customer bring, by country, against
-- the
-- month before.
-- Grain: one row per period_type, contact_month and scope_key with a ticket or an
-- order.
{% set counts = ["ticket", "order", "active_customer"] %}
with
    contacts as (select * from {{ ref("int_support_contacts") }}),
    windows as (select * from {{ ref("int_ticket_windows") }}),
    periods as (select * from {{ ref("int_periods") }}),
    scoped as (
        select *, 'total' as scope_key, 'total' as scope_type, 'all' as scope_name
        from contacts
        union all
        select
            *,
            'country:' || country_name as scope_key,
            'country' as scope_type,
            country_name as scope_name
        from contacts
    ),
    sums as (
        select
            windows.period_type,
            windows.window_start_date,
            windows.is_partial,
            scoped.scope_key,
            scoped.scope_type,
            scoped.scope_name,
            count(*) filter (where scoped.contact_type = 'ticket') as ticket_count,
            count(*) filter (where scoped.contact_type = 'order') as order_count,
            count(
                distinct case
                    when scoped.contact_type = 'order' then scoped.customer_key
                end
            ) as active_customer_count
        from scoped
        inner join windows on scoped.contact_date = windows.calendar_date
        group by
            windows.period_type,
            windows.window_start_date,
            windows.is_partial,
            scoped.scope_key,
            scoped.scope_type,
            scoped.scope_name
    )
select
    cast(sums.period_type as string) as period_type,
    cast(sums.window_start_date as date) as contact_month,
    cast(sums.scope_key as string) as scope_key,
    cast(sums.scope_type as string) as scope_type,
    cast(sums.scope_name as string) as scope_name,
    cast(periods.is_complete as boolean) as is_complete,
    {% for count in counts %}
        cast(sums.{{ count }}_count as bigint) as {{ count }}_count,
    {% endfor %}
    round(
        {{ safe_ratio("100 * sums.ticket_count", "sums.order_count") }}, 6
    ) as tickets_per_100_orders,
    round(
        {{ safe_ratio("sums.ticket_count", "sums.active_customer_count") }}, 6
    ) as tickets_per_active_customer,
    {% for count in counts %}
        cast(
            coalesce(priors.{{ count }}_count, 0) as bigint
        ) as prior_{{ count }}_count,
    {% endfor %}
    round(
        {{ safe_ratio("100 * priors.ticket_count", "priors.order_count") }}, 6
    ) as prior_tickets_per_100_orders,
    round(
        {{ safe_ratio("priors.ticket_count", "priors.active_customer_count") }}, 6
    ) as prior_tickets_per_active_customer
from sums
inner join
    periods
    on sums.period_type = periods.period_type
    and sums.window_start_date = periods.period_start_date
left join
    sums as priors
    on {{ is_prior_window("periods", "priors") }}
    and sums.scope_key = priors.scope_key
where not sums.is_partial
