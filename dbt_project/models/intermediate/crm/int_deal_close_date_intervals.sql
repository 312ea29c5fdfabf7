-- Which close date a deal stated from when to when, from the history of that property.
-- Grain: one row per deal and change of the close day; a deal without history has one
-- row.
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
            {{ local_date("changes.value_at") }} as close_date,
            changes.changed_at as stated_at,
            row_number() over (
                partition by deals.vendor, deals.deal_id
                order by
                    changes.changed_at asc nulls last,
                    case
                        when changes.value_at = deals.stated_close_at then 1 else 0
                    end asc nulls last,
                    changes.value_at asc nulls first,
                    changes.property_value asc nulls first
            ) as change_number
        from deals
        inner join
            {{ ref("int_deal_property_changes") }} as changes
            on deals.vendor = changes.vendor
            and deals.deal_id = changes.deal_id
        where changes.property_name = 'close_date'
    ),
    first_changes as (select vendor, deal_id from changes where change_number = 1),
    entries as (
        select vendor, deal_id, close_date, stated_at, change_number
        from changes
        union all
        select
            deals.vendor,
            deals.deal_id,
            {{ local_date("deals.stated_close_at") }} as close_date,
            deals.created_at as stated_at,
            1 as change_number
        from deals
        left join
            first_changes as known
            on deals.vendor = known.vendor
            and deals.deal_id = known.deal_id
        where known.deal_id is null
    ),
    marked as (
        select
            *,
            lag(close_date) over (
                partition by vendor, deal_id order by change_number asc nulls last
            ) as previous_close_date
        from entries
    ),
    collapsed as (
        select
            vendor,
            deal_id,
            close_date,
            previous_close_date,
            stated_at,
            row_number() over (
                partition by vendor, deal_id order by change_number asc nulls last
            ) as change_number,
            lead(stated_at) over (
                partition by vendor, deal_id order by change_number asc nulls last
            ) as replaced_at
        from marked
        where change_number = 1 or close_date is distinct from previous_close_date
    )
select
    cast({{ surrogate_key(["vendor", "deal_id"]) }} as string) as deal_key,
    cast(change_number as bigint) as change_number,
    cast(close_date as date) as close_date,
    cast(previous_close_date as date) as previous_close_date,
    cast(stated_at as timestamp) as stated_at,
    cast(replaced_at as timestamp) as replaced_at
from collapsed
