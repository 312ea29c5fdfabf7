-- K11: what was reached of each target, in the part of the period that is over.
-- Grain: one row per (period_type, period_start_date, target_type, scope_type,
-- scope_key) with a target or an actual, from the month of the first target of its kind
-- on.
{% set shop_scopes = "('total', 'region', 'country', 'product_category', 'channel')" %}
with
    target_days as (select * from {{ ref("int_target_days") }}),
    sales as (select * from {{ ref("int_sales_daily") }}),
    deals as (
        select * from {{ ref("int_deal_scopes_counted_daily") }} where not is_in_future
    ),
    scopes as (select * from {{ ref("int_scopes") }}),
    periods as (select * from {{ ref("int_periods") }} where period_type <> 'day'),
    kinds as (
        select target_type, scope_type, min(target_month) as first_month
        from target_days
        group by target_type, scope_type
    ),
    actual_days as (
        {% for target_type, measure in [
            ["net_sales", "net_amount"],
            ["orders", "order_count"],
        ] %}
            select
                '{{ target_type }}' as target_type,
                scope_type,
                scope_type || ':' || scope_name as scope_key,
                scope_name,
                cast(null as string) as rep_email,
                cast({{ measure }} as decimal(18, 6)) as actual_value_base,
                unconverted_count,
                event_date
            from sales
            where scope_type in {{ shop_scopes }} and order_count + refund_count > 0
            union all
        {% endfor %}
        {% for target_type, measure in [
            ["won_amount", "won_amount_base"],
            ["won_deals", "won_count"],
        ] %}
            select
                '{{ target_type }}' as target_type,
                scopes.scope_type,
                scopes.scope_key,
                scopes.scope_name,
                scopes.rep_email,
                cast(deals.{{ measure }} as decimal(18, 6)) as actual_value_base,
                deals.won_unconverted_count as unconverted_count,
                deals.event_date
            from deals
            inner join scopes on deals.scope_key = scopes.scope_key
            where deals.won_count > 0
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),
    actuals as (
        select
            periods.period_type,
            periods.period_start_date,
            days.target_type,
            days.scope_type,
            days.scope_key,
            min(days.scope_name) as scope_name,
            min(days.rep_email) as rep_email,
            sum(days.actual_value_base) as actual_value_base,
            sum(days.unconverted_count) as unconverted_count
        from actual_days as days
        inner join
            kinds
            on days.target_type = kinds.target_type
            and days.scope_type = kinds.scope_type
        inner join
            periods
            on days.event_date >= periods.period_start_date
            and days.event_date <= periods.period_end_date
            and kinds.first_month <= periods.period_end_date
            and days.event_date <= {{ as_of_date() }}
        group by
            periods.period_type,
            periods.period_start_date,
            days.target_type,
            days.scope_type,
            days.scope_key
    ),
    -- Each month's part of a period, at six decimals, so that the parts add up.
    target_months as (
        select
            periods.period_type,
            periods.period_start_date,
            days.target_type,
            days.scope_type,
            days.scope_key,
            days.target_month,
            min(days.scope_name) as scope_name,
            min(days.rep_email) as rep_email,
            min(days.month_target_value_base) as target_value_base,
            min(days.month_business_day_count) as month_day_count,
            count(*) as covered_day_count,
            sum(
                case when days.calendar_date <= {{ as_of_date() }} then 1 else 0 end
            ) as covered_elapsed_day_count,
            sum(case when days.is_target_day then 1 else 0 end) as target_day_count,
            sum(
                case
                    when days.is_target_day and days.calendar_date <= {{ as_of_date() }}
                    then 1
                    else 0
                end
            ) as elapsed_target_day_count
        from target_days as days
        inner join
            periods
            on days.calendar_date >= periods.period_start_date
            and days.calendar_date <= periods.period_end_date
        where days.month_target_value_base is not null
        group by
            periods.period_type,
            periods.period_start_date,
            days.target_type,
            days.scope_type,
            days.scope_key,
            days.target_month
    ),
    targets as (
        select
            period_type,
            period_start_date,
            target_type,
            scope_type,
            scope_key,
            min(scope_name) as scope_name,
            min(rep_email) as rep_email,
            sum(covered_day_count) as covered_day_count,
            sum(covered_elapsed_day_count) as covered_elapsed_day_count,
            sum(target_day_count) as target_day_count,
            sum(elapsed_target_day_count) as elapsed_target_day_count
            {%- for name, days in [
                ["target_value_base", "target_day_count"],
                ["prorated_target_value_base", "elapsed_target_day_count"],
            ] %}
                ,
                sum(
                    cast(
                        round(
                            cast(target_value_base as double)
                            * {{ safe_ratio(days, "month_day_count") }},
                            6
                        ) as decimal(18, 6)
                    )
                ) as {{ name }}
            {%- endfor %}
        from target_months
        group by period_type, period_start_date, target_type, scope_type, scope_key
    ),
    keys as (
        select period_type, period_start_date, target_type, scope_type, scope_key
        from actuals
        union
        select period_type, period_start_date, target_type, scope_type, scope_key
        from targets
    ),
    final as (
        select
            keys.*,
            periods.is_complete,
            periods.period_end_date,
            coalesce(targets.scope_name, actuals.scope_name) as scope_name,
            coalesce(targets.rep_email, actuals.rep_email) as rep_email,
            coalesce(targets.target_day_count, 0) as target_day_count,
            coalesce(targets.elapsed_target_day_count, 0) as elapsed_target_day_count,
            coalesce(actuals.unconverted_count, 0) as unconverted_count,
            coalesce(actuals.actual_value_base, 0) as actual_value_base,
            case
                when targets.covered_day_count = periods.day_count
                then targets.target_value_base
            end as target_value_base,
            case
                when targets.covered_elapsed_day_count = periods.elapsed_day_count
                then targets.prorated_target_value_base
            end as prorated_target_value_base
        from keys
        inner join
            periods
            on keys.period_type = periods.period_type
            and keys.period_start_date = periods.period_start_date
        left join
            actuals
            on keys.period_type = actuals.period_type
            and keys.period_start_date = actuals.period_start_date
            and keys.target_type = actuals.target_type
            and keys.scope_type = actuals.scope_type
            and keys.scope_key = actuals.scope_key
        left join
            targets
            on keys.period_type = targets.period_type
            and keys.period_start_date = targets.period_start_date
            and keys.target_type = targets.target_type
            and keys.scope_type = targets.scope_type
            and keys.scope_key = targets.scope_key
    )
select
    cast(period_type as string) as period_type,
    cast(target_type as string) as target_type,
    cast(scope_type as string) as scope_type,
    cast(scope_key as string) as scope_key,
    cast(scope_name as string) as scope_name,
    cast(rep_email as string) as rep_email,
    cast(is_complete as boolean) as is_complete,
    cast(prorated_target_value_base is null as boolean) as is_target_missing,
    cast(actual_value_base as decimal(18, 2)) as actual_value_base,
    cast(target_value_base as decimal(18, 2)) as target_value_base,
    cast(prorated_target_value_base as decimal(18, 2)) as prorated_target_value_base,
    {{ safe_ratio("actual_value_base", "prorated_target_value_base") }}
    as attainment_rate,
    cast(unconverted_count as bigint) as unconverted_count,
    cast(target_day_count as bigint) as target_day_count,
    cast(elapsed_target_day_count as bigint) as elapsed_target_day_count,
    cast(period_start_date as date) as period_start_date,
    cast(period_end_date as date) as period_end_date
from final
