-- K104: won value per day that the trailing twelve months' pipeline gives.
-- Grain: one row per scope_key with a deal created or closed in the window.
with
    events as (
        select *
        from {{ ref("int_deal_scopes") }}
        where
            event_type in ('created', 'won', 'lost')
            and event_date > cast({{ as_of_date() }} - interval 12 month as date)
            and not is_in_future
    ),
    durations as (select * from {{ ref("int_deal_durations") }}),
    scopes as (select * from {{ ref("int_scopes") }}),
    sums as (
        select
            events.scope_key,
            count(*) filter (where events.event_type = 'created') as opportunity_count,
            count(*) filter (where events.event_type = 'won') as won_count,
            count(*) filter (where events.event_type = 'lost') as lost_count,
            count(*) filter (
                where events.event_type = 'won' and events.deal_amount_base is not null
            ) as won_with_amount_count,
            sum(
                case when events.event_type = 'won' then events.deal_amount_base end
            ) as won_amount_base,
            count(
                case when events.event_type = 'won' then durations.days_to_close end
            ) as timed_won_count,
            sum(
                case when events.event_type = 'won' then durations.days_to_close end
            ) as days_to_close_sum
        from events
        left join durations on events.deal_key = durations.deal_key
        group by events.scope_key
    ),
    factors as (
        select
            *,
            {{ safe_ratio("won_amount_base", "won_with_amount_count") }}
            as average_won_amount,
            {{ safe_ratio("won_count", "won_count + lost_count") }} as win_rate,
            {{ safe_ratio("days_to_close_sum", "timed_won_count") }}
            as average_days_to_close
        from sums
    ),
    final as (
        select
            {{ as_of_date() }} as snapshot_date,
            cast(
                cast({{ as_of_date() }} - interval 12 month as date) + 1 as date
            ) as window_start_date,
            cast(scopes.scope_key as string) as scope_key,
            cast(scopes.scope_type as string) as scope_type,
            cast(scopes.scope_name as string) as scope_name,
            cast(scopes.employee_key as string) as employee_key,
            cast(scopes.rep_email as string) as rep_email,
            cast(factors.opportunity_count as bigint) as opportunity_count,
            cast(factors.won_count as bigint) as won_count,
            cast(factors.lost_count as bigint) as lost_count,
            cast(factors.won_with_amount_count as bigint) as won_with_amount_count,
            cast(
                coalesce(factors.won_amount_base, 0) as decimal(18, 2)
            ) as won_amount_base,
            {{ rounded_amount("factors.average_won_amount") }}
            as average_won_amount_base,
            cast(factors.win_rate as double) as win_rate,
            cast(factors.timed_won_count as bigint) as timed_won_count,
            cast(coalesce(factors.days_to_close_sum, 0) as bigint) as days_to_close_sum,
            cast(factors.average_days_to_close as double) as average_days_to_close,
            {{
                rounded_amount(
                    "factors.opportunity_count * factors.average_won_amount"
                    ~ " * factors.win_rate"
                    ~ " / nullif(factors.average_days_to_close, 0)"
                )
            }} as daily_velocity_amount_base
        from factors
        inner join scopes on factors.scope_key = scopes.scope_key
    )
select *
from final
