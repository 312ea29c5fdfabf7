-- K59: sales of orders that reading preceded, and what they come to per 1,000 readers;
-- event_dated on the order.
-- Grain: one row per (period_type, sales_month, scope_type, scope_name) with a reader
-- or an assisted order. An order assisted by two articles counts whole under both.
with
    views as (
        select *
        from {{ ref("int_page_view_scopes") }}
        where
            is_engaged
            and scope_type in ('total', 'article', 'author', 'language', 'topic')
    ),
    assists as (select * from {{ ref("fct_content_assists") }}),
    article_scopes as (select * from {{ ref("int_article_scopes") }}),
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
    -- An order counts once under a scope, however many of its articles were read.
    assisted as (
        select
            article_scopes.scope_type,
            article_scopes.scope_name,
            assists.order_key,
            assists.order_date,
            max(assists.net_sales_amount_base) as net_sales_amount_base,
            sum(
                assists.credited_net_sales_amount_base
                * cast(article_scopes.topic_share as decimal(14, 12))
            ) as credited_net_sales_amount_base
        from assists
        inner join article_scopes on assists.article_key = article_scopes.article_key
        group by
            article_scopes.scope_type,
            article_scopes.scope_name,
            assists.order_key,
            assists.order_date
    ),
    counted as (
        select
            period_days.period_type,
            period_days.period_start_date,
            views.scope_type,
            views.scope_name,
            count(distinct views.reader_key) as reader_count,
            0 as assisted_order_count,
            0 as unconverted_order_count,
            cast(0 as decimal(38, 6)) as assisted_net_sales_amount_base,
            cast(0 as decimal(38, 18)) as credited_net_sales_amount_base
        from views
        inner join period_days on views.view_date = period_days.calendar_date
        group by
            period_days.period_type,
            period_days.period_start_date,
            views.scope_type,
            views.scope_name
        union all
        select
            period_days.period_type,
            period_days.period_start_date,
            assisted.scope_type,
            assisted.scope_name,
            0 as reader_count,
            count(*) as assisted_order_count,
            sum(
                case when assisted.net_sales_amount_base is null then 1 else 0 end
            ) as unconverted_order_count,
            coalesce(
                sum(assisted.net_sales_amount_base), 0
            ) as assisted_net_sales_amount_base,
            coalesce(
                sum(assisted.credited_net_sales_amount_base), 0
            ) as credited_net_sales_amount_base
        from assisted
        inner join period_days on assisted.order_date = period_days.calendar_date
        group by
            period_days.period_type,
            period_days.period_start_date,
            assisted.scope_type,
            assisted.scope_name
    ),
    summed as (
        select
            period_type,
            period_start_date,
            scope_type,
            scope_name,
            sum(reader_count) as reader_count,
            sum(assisted_order_count) as assisted_order_count,
            sum(unconverted_order_count) as unconverted_order_count,
            cast(
                sum(assisted_net_sales_amount_base) as decimal(18, 2)
            ) as assisted_net_sales_amount_base,
            cast(
                sum(credited_net_sales_amount_base) as decimal(18, 2)
            ) as credited_net_sales_amount_base
        from counted
        group by period_type, period_start_date, scope_type, scope_name
    ),
    final as (
        select summed.*, periods.is_complete
        from summed
        inner join
            periods
            on summed.period_type = periods.period_type
            and summed.period_start_date = periods.period_start_date
    )
select
    cast(period_type as string) as period_type,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(is_complete as boolean) as is_complete,
    cast(reader_count as bigint) as reader_count,
    cast(assisted_order_count as bigint) as assisted_order_count,
    cast(unconverted_order_count as bigint) as unconverted_order_count,
    cast(
        assisted_net_sales_amount_base as decimal(18, 2)
    ) as assisted_net_sales_amount_base,
    cast(
        credited_net_sales_amount_base as decimal(18, 2)
    ) as credited_net_sales_amount_base,
    1000
    * {{ safe_ratio("assisted_net_sales_amount_base", "reader_count") }}
    as assisted_net_sales_per_thousand_readers,
    1000
    * {{ safe_ratio("credited_net_sales_amount_base", "reader_count") }}
    as credited_net_sales_per_thousand_readers,
    cast(period_start_date as date) as sales_month
from final
