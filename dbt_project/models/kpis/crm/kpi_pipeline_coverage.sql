-- K103: the weighted open pipeline, and how far it covers what is missing to the
-- target.
-- Grain: one row per period_type, period_start_date and scope_key, as of as_of_date.
with
    dates as (select * from {{ ref("dim_dates") }}),
    scopes as (select * from {{ ref("int_scopes") }}),
    targets as (
        select * from {{ ref("int_target_scopes") }} where target_type = 'won_amount'
    ),
    open_deals as (
        select
            deal_scopes.scope_key,
            deal_scopes.is_without_amount,
            deal_scopes.is_unconverted,
            deal_scopes.deal_amount_base,
            weighted.is_without_probability,
            weighted.is_measured_fallback,
            weighted.weighted_amount_base,
            weighted.measured_weighted_amount_base,
            weighted.close_date
        from {{ ref("int_deal_scopes") }} as deal_scopes
        inner join
            {{ ref("int_open_deals_weighted") }} as weighted
            on deal_scopes.deal_key = weighted.deal_key
        where deal_scopes.event_type = 'open'
    ),
    daily as (
        select *
        from {{ ref("int_deal_scopes_counted_daily") }}
        where won_count > 0 and not is_in_future
    ),
    ranked_days as (
        {% for period_type, first_day, further_count in [
            ["month", "calendar_month", 2],
            ["jalali_month", "jalali_month", 2],
            ["quarter", "calendar_quarter_start_date", 1],
        ] %}
            select
                '{{ period_type }}' as period_type,
                {{ first_day }} as period_start_date,
                calendar_date,
                {{ further_count }} as further_count,
                dense_rank() over (
                    order by {{ first_day }} asc nulls last
                ) as period_number
            from dates
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),
    todays as (select * from ranked_days where calendar_date = {{ as_of_date() }}),
    period_days as (
        select
            ranked_days.period_type,
            ranked_days.period_start_date,
            ranked_days.calendar_date
        from ranked_days
        inner join
            todays
            on ranked_days.period_type = todays.period_type
            and ranked_days.period_number >= todays.period_number
            and ranked_days.period_number <= todays.period_number + todays.further_count
    ),
    period_ends as (
        select period_type, period_start_date, max(calendar_date) as period_end_date
        from period_days
        group by period_type, period_start_date
        union all
        select
            'all' as period_type,
            {{ as_of_date() }} as period_start_date,
            {{ as_of_date() }} as period_end_date
    ),
    pipelines as (
        select period_days.period_type, period_days.period_start_date, open_deals.*
        from open_deals
        inner join period_days on open_deals.close_date = period_days.calendar_date
        union all
        select
            'all' as period_type, {{ as_of_date() }} as period_start_date, open_deals.*
        from open_deals
    ),
    pipeline_sums as (
        select
            period_type,
            period_start_date,
            scope_key,
            count(*) as open_count,
            count(*) filter (where close_date < {{ as_of_date() }}) as overdue_count,
            count(*) filter (where is_without_amount) as without_amount_count,
            count(*) filter (where is_unconverted) as unconverted_count,
            count(*) filter (where is_without_probability) as without_probability_count,
            count(*) filter (where is_measured_fallback) as measured_fallback_count,
            sum(deal_amount_base) as open_amount_base,
            sum(weighted_amount_base) as weighted_amount_base,
            sum(measured_weighted_amount_base) as measured_weighted_amount_base
        from pipelines
        group by period_type, period_start_date, scope_key
    ),
    won_sums as (
        select
            period_days.period_type,
            period_days.period_start_date,
            daily.scope_key,
            sum(daily.won_amount_base) as won_amount_base
        from daily
        inner join period_days on daily.event_date = period_days.calendar_date
        group by period_days.period_type, period_days.period_start_date, daily.scope_key
    ),
    measured as (
        select
            period_ends.period_type,
            period_ends.period_start_date,
            period_ends.period_end_date,
            scopes.scope_key,
            scopes.scope_type,
            scopes.scope_name,
            scopes.employee_key,
            scopes.rep_email,
            coalesce(pipeline_sums.open_count, 0) as open_count,
            coalesce(pipeline_sums.overdue_count, 0) as overdue_count,
            coalesce(pipeline_sums.without_amount_count, 0) as without_amount_count,
            coalesce(pipeline_sums.unconverted_count, 0) as unconverted_count,
            coalesce(
                pipeline_sums.without_probability_count, 0
            ) as without_probability_count,
            coalesce(
                pipeline_sums.measured_fallback_count, 0
            ) as measured_fallback_count,
            cast(
                coalesce(pipeline_sums.open_amount_base, 0) as decimal(18, 2)
            ) as open_amount_base,
            cast(
                coalesce(pipeline_sums.weighted_amount_base, 0) as decimal(18, 2)
            ) as weighted_amount_base,
            cast(
                coalesce(pipeline_sums.measured_weighted_amount_base, 0) as decimal(
                    18, 2
                )
            ) as measured_weighted_amount_base,
            cast(
                case
                    when period_ends.period_type <> 'all'
                    then coalesce(won_sums.won_amount_base, 0)
                end as decimal(18, 2)
            ) as won_amount_base,
            targets.target_value_base as target_amount_base,
            targets.target_business_day_count,
            targets.total_business_day_count
        from period_ends
        cross join scopes
        left join
            pipeline_sums
            on period_ends.period_type = pipeline_sums.period_type
            and period_ends.period_start_date = pipeline_sums.period_start_date
            and scopes.scope_key = pipeline_sums.scope_key
        left join
            won_sums
            on period_ends.period_type = won_sums.period_type
            and period_ends.period_start_date = won_sums.period_start_date
            and scopes.scope_key = won_sums.scope_key
        left join
            targets
            on period_ends.period_type = targets.period_type
            and period_ends.period_start_date = targets.period_start_date
            and scopes.scope_key = targets.scope_key
        where
            pipeline_sums.scope_key is not null
            or won_sums.scope_key is not null
            or targets.scope_key is not null
    ),
    compared as (
        select
            *,
            coalesce(won_amount_base >= target_amount_base, false) as is_target_met,
            target_amount_base - won_amount_base as remaining_amount_base
        from measured
    ),
    final as (
        select
            {{ as_of_date() }} as snapshot_date,
            cast(period_type as string) as period_type,
            cast(period_start_date as date) as period_start_date,
            cast(period_end_date as date) as period_end_date,
            cast(scope_key as string) as scope_key,
            cast(scope_type as string) as scope_type,
            cast(scope_name as string) as scope_name,
            cast(employee_key as string) as employee_key,
            cast(rep_email as string) as rep_email,
            is_target_met,
            cast(open_count as bigint) as open_count,
            cast(overdue_count as bigint) as overdue_count,
            cast(without_amount_count as bigint) as without_amount_count,
            cast(unconverted_count as bigint) as unconverted_count,
            cast(without_probability_count as bigint) as without_probability_count,
            cast(measured_fallback_count as bigint) as measured_fallback_count,
            cast(open_amount_base as decimal(18, 2)) as open_amount_base,
            cast(weighted_amount_base as decimal(18, 2)) as weighted_amount_base,
            cast(
                measured_weighted_amount_base as decimal(18, 2)
            ) as measured_weighted_amount_base,
            cast(won_amount_base as decimal(18, 2)) as won_amount_base,
            cast(target_amount_base as decimal(18, 2)) as target_amount_base,
            cast(total_business_day_count as bigint) as total_business_day_count,
            cast(target_business_day_count as bigint) as target_business_day_count,
            cast(remaining_amount_base as decimal(18, 2)) as remaining_amount_base,
            case
                when remaining_amount_base > 0
                then {{ safe_ratio("open_amount_base", "remaining_amount_base") }}
            end as coverage_ratio,
            case
                when remaining_amount_base > 0
                then {{ safe_ratio("weighted_amount_base", "remaining_amount_base") }}
            end as weighted_coverage_ratio
        from compared
    )
select *
from final
