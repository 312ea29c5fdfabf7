-- Who owned a deal from when to when, from the history of its owner.
-- Grain: one row per deal and change of owner; a deal without history has one row.
with
    deals as (
        select deals.*
        from {{ ref("int_deals") }} as deals
        left join
            {{ ref("int_excluded_crm_records") }} as excluded
            on excluded.record_type = 'deal'
            and deals.vendor = excluded.vendor
            and deals.deal_id = excluded.record_id
        where excluded.record_id is null
    ),
    changes as (
        select
            deals.vendor,
            deals.deal_id,
            coalesce(changes.property_value, '') as employee_id,
            changes.changed_at as assigned_at,
            coalesce(deals.employee_id, '') as current_employee_id,
            greatest(deals.updated_at, changes.changed_at) as updated_at,
            -- Two changes in one instant: the one that is still true came last.
            row_number() over (
                partition by deals.vendor, deals.deal_id
                order by
                    changes.changed_at asc nulls last,
                    case
                        when changes.property_value = deals.employee_id then 1 else 0
                    end asc nulls last,
                    changes.property_value asc nulls first
            ) as change_number
        from deals
        inner join
            {{ ref("int_deal_property_changes") }} as changes
            on deals.vendor = changes.vendor
            and deals.deal_id = changes.deal_id
        where changes.property_name = 'owner'
    ),
    last_changes as (
        select vendor, deal_id, max(change_number) as change_number
        from changes
        group by vendor, deal_id
    ),
    entries as (
        select vendor, deal_id, employee_id, assigned_at, change_number
        from changes
        union all
        -- The history lags behind the deal.
        select
            changes.vendor,
            changes.deal_id,
            changes.current_employee_id as employee_id,
            changes.updated_at as assigned_at,
            changes.change_number + 1 as change_number
        from changes
        inner join
            last_changes
            on changes.vendor = last_changes.vendor
            and changes.deal_id = last_changes.deal_id
            and changes.change_number = last_changes.change_number
        where changes.employee_id <> changes.current_employee_id
        union all
        -- No history at all.
        select
            deals.vendor,
            deals.deal_id,
            coalesce(deals.employee_id, '') as employee_id,
            deals.created_at as assigned_at,
            1 as change_number
        from deals
        left join
            last_changes
            on deals.vendor = last_changes.vendor
            and deals.deal_id = last_changes.deal_id
        where last_changes.deal_id is null
    ),
    marked as (
        select
            *,
            lag(employee_id) over (
                partition by vendor, deal_id order by change_number asc nulls last
            ) as previous_employee_id
        from entries
    ),
    collapsed as (
        select
            vendor,
            deal_id,
            employee_id,
            assigned_at,
            row_number() over (
                partition by vendor, deal_id order by change_number asc nulls last
            ) as change_number,
            lead(assigned_at) over (
                partition by vendor, deal_id order by change_number asc nulls last
            ) as released_at
        from marked
        where previous_employee_id is null or previous_employee_id <> employee_id
    )
select
    cast({{ surrogate_key(["vendor", "deal_id"]) }} as string) as deal_key,
    cast(
        case
            when employee_id = ''
            then {{ unassigned_key() }}
            else {{ surrogate_key(["vendor", "employee_id"]) }}
        end as string
    ) as employee_key,
    cast(vendor as string) as vendor,
    cast(employee_id as string) as employee_id,
    cast(change_number as bigint) as change_number,
    cast(assigned_at as timestamp) as assigned_at,
    cast(released_at as timestamp) as released_at,
    -- Bounds to join an instant on: before the first known owner it is the first.
    case
        when change_number = 1 then cast('1900-01-01' as timestamp) else assigned_at
    end as valid_from_at,
    coalesce(released_at, cast('9999-12-31' as timestamp)) as valid_to_at
from collapsed
