-- K9: what part of the won value each rep, team and region makes, and whether it is
-- more than before.
-- Grain: one row per (period_type, period_start_date, scope_key), periods from the
-- month on.
with
    deals as (
        select * from {{ ref("kpi_deals") }} where period_type not in ('day', 'week')
    ),
    totals as (select * from deals where scope_type = 'total'),
    final as (
        select
            deals.*,
            totals.won_amount_base as total_won_amount_base,
            totals.won_count as total_won_count,
            totals.prior_won_amount_base as prior_total_won_amount_base,
            {{ safe_ratio("deals.won_amount_base", "totals.won_amount_base") }}
            as won_amount_share,
            {{ safe_ratio("deals.won_count", "totals.won_count") }} as won_count_share,
            {{
                safe_ratio(
                    "deals.prior_won_amount_base", "totals.prior_won_amount_base"
                )
            }} as prior_won_amount_share
        from deals
        inner join
            totals
            on deals.period_type = totals.period_type
            and deals.period_start_date = totals.period_start_date
        where deals.scope_type <> 'total'
    )
select
    cast(period_type as string) as period_type,
    cast(scope_key as string) as scope_key,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(employee_key as string) as employee_key,
    cast(rep_email as string) as rep_email,
    cast(is_complete as boolean) as is_complete,
    cast(won_count as bigint) as won_count,
    cast(total_won_count as bigint) as total_won_count,
    won_count_share,
    cast(won_amount_base as decimal(18, 2)) as won_amount_base,
    cast(total_won_amount_base as decimal(18, 2)) as total_won_amount_base,
    won_amount_share,
    cast(prior_won_amount_base as decimal(18, 2)) as prior_won_amount_base,
    cast(prior_total_won_amount_base as decimal(18, 2)) as prior_total_won_amount_base,
    prior_won_amount_share,
    -- An index against nothing has no meaning.
    won_amount_share / nullif(prior_won_amount_share, 0) as prior_mix_index_rate,
    cast(period_start_date as date) as period_start_date,
    cast(period_end_date as date) as period_end_date
from final
