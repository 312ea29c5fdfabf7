-- K12: what the shop sold and the sales teams won per month that is over, for the
-- forecast.
-- Grain: one row per (measure_type, scope_type, scope_name, sales_month), from the
-- first
-- month that was observed whole on, without gaps.
with
    sales as (
        select
            'net_sales' as measure_type, scope_type, scope_name, event_date, net_amount
        from {{ ref("int_sales_daily") }}
        where
            scope_type in ('total', 'country', 'region', 'product_category')
            and order_count + refund_count > 0
    ),
    scopes as (select * from {{ ref("int_scopes") }}),
    deals as (
        select
            'won_amount' as measure_type,
            scopes.scope_type,
            scopes.scope_name,
            won_days.event_date,
            cast(won_days.won_amount_base as decimal(18, 6)) as net_amount
        from {{ ref("int_deal_scopes_counted_daily") }} as won_days
        inner join scopes on won_days.scope_key = scopes.scope_key
        where
            scopes.scope_type in ('total', 'team', 'region')
            and not won_days.is_in_future
            and won_days.won_count > 0
    ),
    months as (
        select *
        from {{ ref("int_periods") }}
        where period_type = 'month' and is_complete
    ),
    events as (
        select *
        from sales
        union all
        select *
        from deals
    ),
    -- A month that the first sale cuts is no month to learn from.
    begun as (
        select measure_type, min(event_date) as first_date
        from events
        group by measure_type
    ),
    names as (
        select measure_type, scope_type, scope_name
        from events
        group by measure_type, scope_type, scope_name
    ),
    summed as (
        select
            events.measure_type,
            events.scope_type,
            events.scope_name,
            months.period_start_date,
            sum(events.net_amount) as net_amount
        from events
        inner join
            months
            on events.event_date >= months.period_start_date
            and events.event_date <= months.period_end_date
        group by
            events.measure_type,
            events.scope_type,
            events.scope_name,
            months.period_start_date
    )
select
    cast(names.measure_type as string) as measure_type,
    cast(names.scope_type as string) as scope_type,
    cast(names.scope_name as string) as scope_name,
    cast(coalesce(summed.net_amount, 0) as decimal(18, 2)) as sales_amount_base,
    cast(months.period_start_date as date) as sales_month
from names
inner join begun on names.measure_type = begun.measure_type
inner join months on begun.first_date <= months.period_start_date
left join
    summed
    on names.measure_type = summed.measure_type
    and names.scope_type = summed.scope_type
    and names.scope_name = summed.scope_name
    and months.period_start_date = summed.period_start_date
