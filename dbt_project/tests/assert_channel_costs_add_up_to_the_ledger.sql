-- Fails if what channels and others bear of a ledger month is not what the ledger
-- holds, to the cent, or if a marketing spend is not borne whole.
with
    costs as (select * from {{ ref("fct_channel_costs") }}),
    entries as (select * from {{ ref("fct_ledger_entries") }}),
    cost_types as (select * from {{ ref("ledger_cost_types") }}),
    booked as (
        select
            entries.period_type,
            entries.entry_month,
            cost_types.cost_type,
            sum(entries.entry_amount_base) as expected_amount
        from entries
        inner join
            cost_types
            on entries.account_type = cost_types.account_type
            and entries.account_code = cost_types.account_code
            and entries.department_name = cost_types.department_name
        group by entries.period_type, entries.entry_month, cost_types.cost_type
        having count(*) = count(entries.entry_amount_base)
    ),
    borne as (
        select
            ledger_period_type,
            ledger_month,
            cost_type,
            sum(cost_amount_base) as borne_amount
        from costs
        where ledger_month is not null
        group by ledger_period_type, ledger_month, cost_type
    ),
    spent as (
        select marketing_spend_key, sum(cost_amount_base) as borne_amount
        from costs
        where marketing_spend_key is not null
        group by marketing_spend_key
    )
select
    booked.period_type || ' ' || cast(booked.entry_month as string) as record_name,
    booked.cost_type,
    booked.expected_amount,
    borne.borne_amount
from booked
left join
    borne
    on booked.period_type = borne.ledger_period_type
    and booked.entry_month = borne.ledger_month
    and booked.cost_type = borne.cost_type
where borne.borne_amount is distinct from booked.expected_amount
union all
select
    spends.marketing_spend_key as record_name,
    spends.cost_type,
    spends.spend_amount_base as expected_amount,
    spent.borne_amount
from {{ ref("fct_marketing_spend_daily") }} as spends
left join spent on spends.marketing_spend_key = spent.marketing_spend_key
where spent.borne_amount is distinct from spends.spend_amount_base
