-- What an opportunity's stage, amount and close date (always kept), owner and record
-- type (where tracked) were set to, and when.
-- Grain: one row per opportunity, property and change.
{{ config(enabled=is_vendor_used("salesforce")) }}
with
    history as (
        {{
            newest_rows(
                "salesforce", "opportunity_history", newest_by="system_modstamp"
            )
        }}
    ),
    tracked as (
        {{
            newest_rows(
                "salesforce", "opportunity_field_history", newest_by="created_date"
            )
        }}
    ),
    opportunities as (
        {{ newest_rows("salesforce", "opportunities", newest_by="system_modstamp") }}
    ),
    stage_names as (select * from {{ ref("stg_salesforce__stage_names") }}),
    -- Each row says all three as they were after a change of one of them.
    states as (
        select
            history.id,
            history.opportunity_id,
            coalesce(stage_names.stage_id, history.stage_name) as stage_id,
            cast(history.amount as decimal(18, 2)) as amount,
            history.close_date,
            history.created_date
        from history
        left join stage_names on history.stage_name = stage_names.stage_text
    ),
    compared as (
        select
            *,
            lag(id) over (
                partition by opportunity_id
                order by created_date asc nulls last, id asc nulls last
            ) as previous_id,
            lag(stage_id) over (
                partition by opportunity_id
                order by created_date asc nulls last, id asc nulls last
            ) as previous_stage_id,
            lag(amount) over (
                partition by opportunity_id
                order by created_date asc nulls last, id asc nulls last
            ) as previous_amount,
            lag(close_date) over (
                partition by opportunity_id
                order by created_date asc nulls last, id asc nulls last
            ) as previous_close_date
        from states
    ),
    -- Lookups are tracked twice, by name and by id.
    lookups as (
        select
            tracked.id,
            tracked.opportunity_id,
            case
                when tracked.field = 'Owner' then 'owner' else 'pipeline'
            end as property_name,
            {{ long_id("tracked.old_value") }} as old_value,
            {{ long_id("tracked.new_value") }} as new_value,
            tracked.created_date,
            row_number() over (
                partition by tracked.opportunity_id, tracked.field
                order by tracked.created_date asc nulls last, tracked.id asc nulls last
            ) as change_number
        from tracked
        where
            (
                tracked.field = 'Owner'
                and tracked.new_value like '005%'
                and length(tracked.new_value) in (15, 18)
            )
            or (
                tracked.field = 'RecordType'
                and tracked.new_value like '012%'
                and length(tracked.new_value) in (15, 18)
            )
    ),
    changes as (
        select
            opportunity_id,
            'stage' as property_name,
            stage_id as property_value,
            cast(null as decimal(18, 2)) as value_amount,
            cast(null as timestamp) as value_at,
            created_date as changed_at
        from compared
        where previous_id is null or stage_id is distinct from previous_stage_id
        union all
        select
            opportunity_id,
            'amount' as property_name,
            cast(amount as string) as property_value,
            amount as value_amount,
            cast(null as timestamp) as value_at,
            created_date as changed_at
        from compared
        where amount is distinct from previous_amount
        union all
        select
            opportunity_id,
            'close_date' as property_name,
            cast(close_date as string) as property_value,
            cast(null as decimal(18, 2)) as value_amount,
            {{ noon_of("close_date") }} as value_at,
            created_date as changed_at
        from compared
        where close_date is distinct from previous_close_date
        union all
        select
            opportunity_id,
            property_name,
            new_value as property_value,
            cast(null as decimal(18, 2)) as value_amount,
            cast(null as timestamp) as value_at,
            created_date as changed_at
        from lookups
        union all
        -- What it was before the first tracked change it had been from the start.
        select
            lookups.opportunity_id,
            lookups.property_name,
            lookups.old_value as property_value,
            cast(null as decimal(18, 2)) as value_amount,
            cast(null as timestamp) as value_at,
            opportunities.created_date as changed_at
        from lookups
        inner join opportunities on lookups.opportunity_id = opportunities.id
        where lookups.change_number = 1 and lookups.old_value is not null
    )
select
    cast(opportunity_id as string) as deal_id,
    cast(property_name as string) as property_name,
    cast(property_value as string) as property_value,
    cast(value_amount as decimal(18, 2)) as value_amount,
    cast(value_at as timestamp) as value_at,
    cast(changed_at as timestamp) as changed_at
from changes
where changed_at is not null
