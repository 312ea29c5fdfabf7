-- K55: how many readers subscribe within reader_subscription_days of their first
-- article, and how many look at products or buy within reader_purchase_days;
-- cohort_dated.
-- Grain: one row per (period_type, first_read_month, scope_type, scope_name) with a
-- first reader. A rate is NULL until the whole cohort is old enough.
with
    readers as (select * from {{ ref("fct_readers") }}),
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
    scoped as (
        {% for scope_type, scope_name in [
            ("source", "source_name"),
            ("channel", "channel_group_name"),
            ("device", "device_type"),
        ] %}
            select
                readers.*,
                '{{ scope_type }}' as scope_type,
                readers.{{ scope_name }} as scope_name
            from readers
            union all
        {% endfor %}
        select readers.*, article_scopes.scope_type, article_scopes.scope_name
        from readers
        inner join
            article_scopes on readers.first_article_key = article_scopes.article_key
    ),
    summed as (
        select
            period_days.period_type,
            period_days.period_start_date,
            scoped.scope_type,
            scoped.scope_name,
            count(*) as reader_count,
            sum(
                case when scoped.was_subscriber then 1 else 0 end
            ) as prior_subscriber_count,
            sum(case when scoped.has_subscribed then 1 else 0 end) as subscribed_count,
            sum(
                case when scoped.has_shown_interest then 1 else 0 end
            ) as interested_count,
            sum(case when scoped.was_buyer then 1 else 0 end) as prior_buyer_count,
            sum(case when scoped.has_bought then 1 else 0 end) as buyer_count
        from scoped
        inner join period_days on scoped.first_read_date = period_days.calendar_date
        group by
            period_days.period_type,
            period_days.period_start_date,
            scoped.scope_type,
            scoped.scope_name
    ),
    final as (
        select
            summed.*,
            periods.is_complete,
            periods.period_end_date + {{ var("reader_subscription_days") }}
            < {{ as_of_date() }} as is_mature,
            periods.period_end_date + {{ var("reader_purchase_days") }}
            < {{ as_of_date() }} as is_purchase_mature
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
    cast(is_purchase_mature as boolean) as is_purchase_mature,
    cast(reader_count as bigint) as reader_count,
    cast(prior_subscriber_count as bigint) as prior_subscriber_count,
    cast(reader_count - prior_subscriber_count as bigint) as eligible_reader_count,
    cast(subscribed_count as bigint) as subscribed_count,
    cast(interested_count as bigint) as interested_count,
    cast(prior_buyer_count as bigint) as prior_buyer_count,
    cast(reader_count - prior_buyer_count as bigint) as prospect_count,
    cast(buyer_count as bigint) as buyer_count,
    case
        when is_mature
        then
            {{
                safe_ratio(
                    "subscribed_count", "(reader_count - prior_subscriber_count)"
                )
            }}
    end as subscription_rate,
    case
        when is_purchase_mature
        then {{ safe_ratio("interested_count", "reader_count") }}
    end as interest_rate,
    case
        when is_purchase_mature
        then {{ safe_ratio("buyer_count", "(reader_count - prior_buyer_count)") }}
    end as purchase_rate,
    cast(period_start_date as date) as first_read_month
from final
