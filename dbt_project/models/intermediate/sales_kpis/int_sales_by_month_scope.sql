-- K12: what the shop sold and the sales teams won per month that is over, for the
-- forecast. A deal is under the product of its largest line. Products beyond the best
-- ones of all time are together one, so that parts stay few and add up.
-- Grain: one row per (measure_type, scope_type, scope_name, sales_month), from the
-- first month that was observed whole on, without gaps.
with
    daily as (
        select *
        from {{ ref("int_sales_daily") }}
        where
            scope_type in ('total', 'country', 'region', 'product_category', 'product')
            and order_count + refund_count > 0
    ),
    sold_products as (
        select scope_name as product_name, sum(net_amount) as net_amount
        from daily
        where scope_type = 'product'
        group by scope_name
    ),
    best_sold as (
        select
            product_name,
            row_number() over (
                order by net_amount desc nulls last, product_name asc nulls last
            ) as product_rank
        from sold_products
    ),
    sales as (
        select
            'net_sales' as measure_type,
            daily.scope_type,
            case
                when daily.scope_type <> 'product'
                then daily.scope_name
                when best_sold.product_rank <= {{ var("forecast_products") }}
                then daily.scope_name
                else 'other products'
            end as scope_name,
            daily.event_date,
            daily.net_amount as month_value
        from daily
        left join
            best_sold
            on daily.scope_type = 'product'
            and daily.scope_name = best_sold.product_name
    ),
    scopes as (select * from {{ ref("int_scopes") }}),
    counted as (
        select
            scopes.scope_type,
            scopes.scope_name,
            won_days.event_date,
            won_days.won_count,
            won_days.won_amount_base
        from {{ ref("int_deal_scopes_counted_daily") }} as won_days
        inner join scopes on won_days.scope_key = scopes.scope_key
        where
            scopes.scope_type in ('total', 'team', 'region')
            and not won_days.is_in_future
            and won_days.won_count > 0
    ),
    main_lines as (
        select
            deal_key,
            product_name,
            row_number() over (
                partition by deal_key
                order by line_amount_base desc nulls last, line_item_id asc nulls last
            ) as line_rank
        from {{ ref("fct_deal_line_items") }}
    ),
    won_products as (
        select
            coalesce(main_lines.product_name, 'unknown') as product_name,
            deals.close_date as event_date,
            coalesce(deals.deal_amount_base, 0) as won_amount_base
        from {{ ref("fct_deals") }} as deals
        left join
            main_lines
            on deals.deal_key = main_lines.deal_key
            and main_lines.line_rank = 1
        where deals.is_won and deals.close_date <= {{ as_of_date() }}
    ),
    product_values as (
        select product_name, sum(won_amount_base) as won_amount_base
        from won_products
        group by product_name
    ),
    best_won as (
        select
            product_name,
            row_number() over (
                order by won_amount_base desc nulls last, product_name asc nulls last
            ) as product_rank
        from product_values
    ),
    of_products as (
        select
            'product' as scope_type,
            case
                when best_won.product_rank <= {{ var("forecast_products") }}
                then won_products.product_name
                else 'other products'
            end as scope_name,
            won_products.event_date,
            cast(1 as bigint) as won_count,
            won_products.won_amount_base
        from won_products
        inner join best_won on won_products.product_name = best_won.product_name
    ),
    won as (
        select *
        from counted
        union all
        select *
        from of_products
    ),
    deals as (
        select
            'won_amount' as measure_type,
            scope_type,
            scope_name,
            event_date,
            cast(won_amount_base as decimal(18, 6)) as month_value
        from won
        union all
        select
            'won_deals' as measure_type,
            scope_type,
            scope_name,
            event_date,
            cast(won_count as decimal(18, 6)) as month_value
        from won
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
            sum(events.month_value) as month_value
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
    cast(coalesce(summed.month_value, 0) as decimal(18, 2)) as sales_value_base,
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
