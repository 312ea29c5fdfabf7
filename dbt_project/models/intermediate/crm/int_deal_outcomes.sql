-- Whether, when and by whom a deal was closed.
-- Grain: one row per deal that is neither archived nor merged away.
with
    deals as (select * from {{ ref("int_deals") }}),
    stages as (select * from {{ ref("int_deal_stage_intervals") }} where is_current),
    owners as (select * from {{ ref("int_deal_owner_intervals") }}),
    closings as (
        select
            stages.deal_key,
            case
                when stages.is_unknown_stage
                then deals.is_stated_closed
                else stages.is_closed_stage
            end as is_closed,
            case
                when stages.is_unknown_stage
                then deals.is_stated_closed and deals.is_stated_won
                else stages.is_won_stage
            end as is_won,
            case
                when stages.is_unknown_stage
                then deals.is_stated_closed and not deals.is_stated_won
                else stages.is_lost_stage
            end as is_lost,
            coalesce(
                stages.stage_probability, deals.stated_probability
            ) as stage_probability,
            deals.created_at,
            deals.stated_close_at,
            stages.entered_at
        from stages
        inner join
            deals on stages.vendor = deals.vendor and stages.deal_id = deals.deal_id
    ),
    dated as (
        select
            *,
            case
                when is_closed then coalesce(stated_close_at, entered_at)
            end as closed_at,
            {{ local_date("created_at") }} as created_date,
            -- Open: the day that the rep expects.
            {{
                local_date(
                    "case when is_closed then coalesce(stated_close_at, entered_at) "
                    ~ "else stated_close_at end"
                )
            }} as close_date
        from closings
    )
select
    cast(dated.deal_key as string) as deal_key,
    cast(current_owners.employee_key as string) as employee_key,
    cast(
        coalesce(closing_owners.employee_key, current_owners.employee_key) as string
    ) as closing_employee_key,
    dated.is_closed,
    dated.is_won,
    dated.is_lost,
    cast(dated.stage_probability as double) as stage_probability,
    dated.created_date,
    dated.close_date,
    -- The day whose exchange rate counts; there is none of a day to come.
    case
        when dated.is_closed and dated.close_date < {{ as_of_date() }}
        then dated.close_date
        else {{ as_of_date() }}
    end as amount_date,
    cast(
        case
            when dated.is_closed and dated.close_date >= dated.created_date
            then {{ days_between("dated.created_date", "dated.close_date") }}
        end as bigint
    ) as days_to_close,
    cast(dated.closed_at as timestamp) as closed_at,
    cast(coalesce(dated.closed_at, {{ as_of() }}) as timestamp) as owner_known_at
from dated
left join
    owners as current_owners
    on dated.deal_key = current_owners.deal_key
    and current_owners.released_at is null
left join
    owners as closing_owners
    on dated.deal_key = closing_owners.deal_key
    and dated.closed_at >= closing_owners.valid_from_at
    and dated.closed_at < closing_owners.valid_to_at
