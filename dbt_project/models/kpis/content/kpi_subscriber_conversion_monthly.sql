-- K58: how many subscribers buy for the first time within subscriber_purchase_days;
-- cohort_dated.
-- Grain: one row per (period_type, subscription_month, scope_type, scope_name) with a
-- new subscriber. The rate is NULL until the whole cohort is old enough.
with
    subscribers as (select * from {{ ref("int_subscriber_conversions") }}),
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
    summed as (
        select
            period_days.period_type,
            period_days.period_start_date,
            subscribers.scope_type,
            subscribers.scope_name,
            count(*) as subscriber_count,
            sum(case when subscribers.was_buyer then 1 else 0 end) as prior_buyer_count,
            sum(case when subscribers.has_bought then 1 else 0 end) as buyer_count,
            sum(
                case when subscribers.has_bought_after_email then 1 else 0 end
            ) as email_buyer_count
        from subscribers
        inner join
            period_days on subscribers.subscription_date = period_days.calendar_date
        group by
            period_days.period_type,
            period_days.period_start_date,
            subscribers.scope_type,
            subscribers.scope_name
    ),
    final as (
        select
            summed.*,
            periods.is_complete,
            periods.period_end_date + {{ var("subscriber_purchase_days") }}
            < {{ as_of_date() }} as is_mature
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
    cast(is_mature as boolean) as is_mature,
    cast(subscriber_count as bigint) as subscriber_count,
    cast(prior_buyer_count as bigint) as prior_buyer_count,
    cast(subscriber_count - prior_buyer_count as bigint) as eligible_subscriber_count,
    cast(buyer_count as bigint) as buyer_count,
    cast(email_buyer_count as bigint) as email_buyer_count,
    case
        when is_mature
        then {{ safe_ratio("buyer_count", "(subscriber_count - prior_buyer_count)") }}
    end as conversion_rate,
    cast(period_start_date as date) as subscription_month
from final
