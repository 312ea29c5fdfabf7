-- What every subscriber pays per month at the end of each month, and what that is
-- against the month before: new, expansion, contraction, churn or reactivation.
-- Grain: one row per (period_type, period_start_date, subscriber_key, plan_name,
-- currency); plan `all` is the subscriber as a whole. The month after the last one
-- has a row too, the churn.
with
    subscriptions as (select * from {{ ref("int_subscriptions") }}),
    periods as (
        select
            period_type,
            is_complete,
            period_start_date,
            prior_start_date,
            least(period_end_date, {{ as_of_date() }}) as observed_date
        from {{ ref("int_periods") }}
        where period_type in ('month', 'jalali_month')
    ),
    subscribers as (
        select
            subscriber_key,
            min(organization_key) as organization_key,
            min(segment_name) as segment_name,
            min(country_name) as country_name
        from subscriptions
        group by subscriber_key
    ),
    active as (
        select
            periods.period_type,
            periods.period_start_date,
            subscriptions.subscriber_key,
            subscriptions.plan_name,
            subscriptions.currency,
            subscriptions.is_unconverted,
            subscriptions.monthly_amount,
            subscriptions.monthly_amount_base
        from subscriptions
        inner join
            periods
            on subscriptions.started_date <= periods.observed_date
            and coalesce(subscriptions.ended_date, date '9999-12-31')
            >= periods.observed_date
    ),
    summed as (
        select
            period_type,
            period_start_date,
            subscriber_key,
            plan_name,
            currency,
            count(*) as subscription_count,
            sum(case when is_unconverted then 1 else 0 end) as unconverted_count,
            cast(sum(monthly_amount) as decimal(18, 2)) as monthly_amount,
            cast(
                coalesce(sum(monthly_amount_base), 0) as decimal(18, 2)
            ) as monthly_amount_base
        from active
        group by period_type, period_start_date, subscriber_key, plan_name, currency
        having cast(sum(monthly_amount) as decimal(18, 2)) > 0
    ),
    -- The whole is the sum of its plans, to the cent.
    paid as (
        select *
        from summed
        union all
        select
            period_type,
            period_start_date,
            subscriber_key,
            'all' as plan_name,
            currency,
            sum(subscription_count) as subscription_count,
            sum(unconverted_count) as unconverted_count,
            sum(monthly_amount) as monthly_amount,
            sum(monthly_amount_base) as monthly_amount_base
        from summed
        group by period_type, period_start_date, subscriber_key, currency
    ),
    firsts as (
        select
            period_type,
            subscriber_key,
            plan_name,
            currency,
            min(period_start_date) as first_start_date
        from paid
        group by period_type, subscriber_key, plan_name, currency
    ),
    both_ends as (
        select
            period_type,
            period_start_date,
            subscriber_key,
            plan_name,
            currency,
            subscription_count,
            unconverted_count,
            0 as opening_amount,
            0 as opening_amount_base,
            monthly_amount as closing_amount,
            monthly_amount_base as closing_amount_base
        from paid
        union all
        select
            paid.period_type,
            periods.period_start_date,
            paid.subscriber_key,
            paid.plan_name,
            paid.currency,
            0 as subscription_count,
            0 as unconverted_count,
            paid.monthly_amount as opening_amount,
            paid.monthly_amount_base as opening_amount_base,
            0 as closing_amount,
            0 as closing_amount_base
        from paid
        inner join
            periods
            on paid.period_type = periods.period_type
            and paid.period_start_date = periods.prior_start_date
    ),
    moved as (
        select
            period_type,
            period_start_date,
            subscriber_key,
            plan_name,
            currency,
            sum(subscription_count) as subscription_count,
            sum(unconverted_count) as unconverted_count,
            sum(opening_amount) as opening_amount,
            sum(opening_amount_base) as opening_amount_base,
            sum(closing_amount) as closing_amount,
            sum(closing_amount_base) as closing_amount_base
        from both_ends
        group by period_type, period_start_date, subscriber_key, plan_name, currency
    ),
    -- Coming and going are told before more and less: 0 is neither.
    final as (
        select
            moved.*,
            case
                when
                    moved.opening_amount = 0
                    and firsts.first_start_date = moved.period_start_date
                then 'new'
                when moved.opening_amount = 0
                then 'reactivation'
                when moved.closing_amount = 0
                then 'churn'
                when moved.closing_amount > moved.opening_amount
                then 'expansion'
                when moved.closing_amount < moved.opening_amount
                then 'contraction'
                else 'unchanged'
            end as movement_type
        from moved
        inner join
            firsts
            on moved.period_type = firsts.period_type
            and moved.subscriber_key = firsts.subscriber_key
            and moved.plan_name = firsts.plan_name
            and moved.currency = firsts.currency
    )
select
    cast(final.period_type as string) as period_type,
    cast(final.subscriber_key as string) as subscriber_key,
    cast(subscribers.organization_key as string) as organization_key,
    cast(subscribers.segment_name as string) as segment_name,
    cast(subscribers.country_name as string) as country_name,
    cast(final.plan_name as string) as plan_name,
    cast(final.currency as string) as currency,
    cast(final.movement_type as string) as movement_type,
    cast(periods.is_complete as boolean) as is_complete,
    cast(final.subscription_count as bigint) as subscription_count,
    cast(final.unconverted_count as bigint) as unconverted_count,
    cast(final.opening_amount as decimal(18, 2)) as opening_amount,
    cast(final.closing_amount as decimal(18, 2)) as closing_amount,
    cast(final.opening_amount_base as decimal(18, 2)) as opening_amount_base,
    cast(final.closing_amount_base as decimal(18, 2)) as closing_amount_base,
    cast(final.period_start_date as date) as period_start_date
from final
inner join subscribers on final.subscriber_key = subscribers.subscriber_key
inner join
    periods
    on final.period_type = periods.period_type
    and final.period_start_date = periods.period_start_date
