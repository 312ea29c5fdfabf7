-- What the ledger holds of each type of channel cost (K60), what of it is known to the
-- channel, and the rest that has to be allocated.
-- Grain: one row per (period_type, ledger_month, cost_type, cost_date) of a month whose
-- entries could all be converted; the days that have come number the month through.
with
    entries as (select * from {{ ref("fct_ledger_entries") }}),
    cost_types as (select * from {{ ref("ledger_cost_types") }}),
    spends as (
        select * from {{ ref("fct_marketing_spend_daily") }} where not is_committed
    ),
    period_days as (
        select *
        from {{ ref("int_period_days") }}
        where comparison_type = 'current' and period_type in ('month', 'jalali_month')
    ),
    booked as (
        select
            entries.period_type,
            entries.entry_month,
            cost_types.cost_type,
            sum(entries.entry_amount_base) as ledger_amount,
            count(*) - count(entries.entry_amount_base) as unconverted_count
        from entries
        inner join
            cost_types
            on entries.account_type = cost_types.account_type
            and entries.account_code = cost_types.account_code
            and entries.department_name = cost_types.department_name
        group by entries.period_type, entries.entry_month, cost_types.cost_type
    ),
    direct as (
        select
            period_days.period_type,
            period_days.period_start_date,
            spends.cost_type,
            sum(coalesce(spends.spend_amount_base, 0)) as direct_amount
        from spends
        inner join period_days on spends.spend_date = period_days.calendar_date
        group by
            period_days.period_type, period_days.period_start_date, spends.cost_type
    ),
    pools as (
        select booked.*, coalesce(direct.direct_amount, 0) as direct_amount
        from booked
        left join
            direct
            on booked.period_type = direct.period_type
            and booked.entry_month = direct.period_start_date
            and booked.cost_type = direct.cost_type
        where booked.unconverted_count = 0
    ),
    final as (
        select
            pools.*,
            period_days.calendar_date,
            row_number() over (
                partition by pools.period_type, pools.entry_month, pools.cost_type
                order by period_days.calendar_date asc nulls last
            ) as day_number,
            count(*) over (
                partition by pools.period_type, pools.entry_month, pools.cost_type
            ) as day_count
        from pools
        inner join
            period_days
            on pools.period_type = period_days.period_type
            and pools.entry_month = period_days.period_start_date
    )
select
    cast(period_type as string) as period_type,
    cast(cost_type as string) as cost_type,
    cast(day_number as bigint) as day_number,
    cast(day_count as bigint) as day_count,
    cast(ledger_amount as decimal(18, 2)) as ledger_amount_base,
    cast(direct_amount as decimal(28, 6)) as direct_amount_base,
    cast(ledger_amount - direct_amount as decimal(28, 6)) as rest_amount_base,
    cast(entry_month as date) as ledger_month,
    cast(calendar_date as date) as cost_date
from final
