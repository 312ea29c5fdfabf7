-- K92: lost deals by reason and month of closing.
-- Grain: one row per period_type, closed_month, lost_reason and scope_key with a deal
-- in
-- it or before it.
with
    lost as (
        select
            deal_scopes.*,
            coalesce(nullif(trim(deals.lost_reason), ''), 'not given') as lost_reason
        from {{ ref("int_deal_scopes") }} as deal_scopes
        inner join
            {{ ref("fct_deals") }} as deals on deal_scopes.deal_key = deals.deal_key
        where deal_scopes.event_type = 'lost' and not deal_scopes.is_in_future
    ),
    scopes as (select * from {{ ref("int_scopes") }}),
    period_days as (
        select *
        from {{ ref("int_period_days") }}
        where period_type in ('month', 'jalali_month')
    ),
    months as (
        select *
        from {{ ref("int_periods") }}
        where period_type in ('month', 'jalali_month')
    ),
    sums as (
        select
            period_days.period_type,
            period_days.period_start_date,
            lost.lost_reason,
            lost.scope_key,
            count(*) filter (
                where period_days.comparison_type = 'current'
            ) as lost_count,
            count(*) filter (
                where period_days.comparison_type = 'prior'
            ) as prior_lost_count,
            count(*) filter (
                where period_days.comparison_type = 'current' and lost.is_without_amount
            ) as lost_without_amount_count,
            count(*) filter (
                where period_days.comparison_type = 'current' and lost.is_unconverted
            ) as lost_unconverted_count,
            sum(
                case
                    when period_days.comparison_type = 'current'
                    then lost.deal_amount_base
                end
            ) as lost_amount_base
        from lost
        inner join period_days on lost.event_date = period_days.calendar_date
        where period_days.comparison_type in ('current', 'prior')
        group by
            period_days.period_type,
            period_days.period_start_date,
            lost.lost_reason,
            lost.scope_key
    ),
    with_totals as (
        select
            *,
            sum(lost_count) over (
                partition by period_type, period_start_date, scope_key
            ) as lost_count_all_reasons
        from sums
    ),
    final as (
        select
            cast(months.period_type as string) as period_type,
            cast(months.period_start_date as date) as closed_month,
            cast(with_totals.lost_reason as string) as lost_reason,
            cast(scopes.scope_key as string) as scope_key,
            cast(scopes.scope_type as string) as scope_type,
            cast(scopes.scope_name as string) as scope_name,
            cast(scopes.employee_key as string) as employee_key,
            cast(scopes.rep_email as string) as rep_email,
            months.is_complete,
            cast(with_totals.lost_count as bigint) as lost_count,
            cast(
                coalesce(with_totals.lost_amount_base, 0) as decimal(18, 2)
            ) as lost_amount_base,
            cast(
                with_totals.lost_without_amount_count as bigint
            ) as lost_without_amount_count,
            cast(
                with_totals.lost_unconverted_count as bigint
            ) as lost_unconverted_count,
            cast(
                with_totals.lost_count_all_reasons as bigint
            ) as lost_count_all_reasons,
            {{
                safe_ratio(
                    "with_totals.lost_count", "with_totals.lost_count_all_reasons"
                )
            }} as lost_share,
            cast(with_totals.prior_lost_count as bigint) as prior_lost_count
        from with_totals
        inner join scopes on with_totals.scope_key = scopes.scope_key
        inner join
            months
            on with_totals.period_type = months.period_type
            and with_totals.period_start_date = months.period_start_date
    )
select *
from final
