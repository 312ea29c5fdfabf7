-- Monthly targets of reps and teams.
-- Grain: one row per month, target type, currency and rep or team; goals of a kind
-- add up.
with
    targets as (
        select
            targets.*,
            case
                when targets.target_type = 'won_amount' then targets.currency
            end as target_currency,
            case
                when targets.employee_id is null then 'team' else 'rep'
            end as scope_type,
            case
                when targets.employee_id is null then targets.team_name
            end as target_team_name,
            case
                when targets.target_type = 'won_amount'
                then amounts.amount_base
                else targets.target_value
            end as target_value_base
        from {{ ref("int_targets") }} as targets
        left join
            {{ ref("int_excluded_crm_records") }} as excluded
            on excluded.record_type = 'target'
            and targets.vendor = excluded.vendor
            and targets.target_id = excluded.record_id
        left join
            {{ ref("int_crm_amounts_converted") }} as amounts
            on amounts.record_type = 'target'
            and {{ surrogate_key(["targets.vendor", "targets.target_id"]) }}
            = amounts.record_key
        where excluded.record_id is null
    )
select
    cast(
        {{
            surrogate_key(
                [
                    "vendor",
                    "target_month",
                    "target_type",
                    "coalesce(target_currency, '')",
                    "coalesce(employee_id, '')",
                    "coalesce(target_team_name, '')",
                ]
            )
        }} as string
    ) as target_key,
    cast(vendor as string) as vendor,
    cast(
        coalesce(
            {{ surrogate_key(["vendor", "employee_id"]) }}, {{ unassigned_key() }}
        ) as string
    ) as employee_key,
    cast(scope_type as string) as scope_type,
    cast(target_team_name as string) as team_name,
    cast(target_type as string) as target_type,
    cast(target_currency as string) as currency,
    cast(count(*) as bigint) as goal_count,
    cast(sum(target_value) as decimal(18, 2)) as target_value,
    -- One goal without a rate leaves the whole sum unknown.
    cast(
        case
            when count(target_value_base) = count(*) then sum(target_value_base)
        end as decimal(18, 2)
    ) as target_value_base,
    cast(target_month as date) as target_month
from targets
group by
    vendor,
    employee_id,
    scope_type,
    target_team_name,
    target_type,
    target_currency,
    target_month
