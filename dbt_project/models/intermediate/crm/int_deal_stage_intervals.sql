-- Which stage a deal was in from when to when, with the stage's facts of today.
-- Grain: one row per deal and entry into a stage; repeats are one row, re-entries
-- several.
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
    changes as (select * from {{ ref("int_deal_property_changes") }}),
    stages as (select * from {{ ref("int_deal_stages") }}),
    pipeline_changes as (
        select
            deals.vendor,
            deals.deal_id,
            changes.property_value as pipeline_id,
            changes.changed_at,
            row_number() over (
                partition by deals.vendor, deals.deal_id
                order by
                    changes.changed_at asc nulls last,
                    case
                        when changes.property_value = deals.pipeline_id then 1 else 0
                    end asc nulls last,
                    changes.property_value asc nulls last
            ) as change_number
        from deals
        inner join
            changes on deals.vendor = changes.vendor and deals.deal_id = changes.deal_id
        where changes.property_name = 'pipeline' and changes.property_value is not null
    ),
    pipeline_intervals as (
        select
            vendor,
            deal_id,
            pipeline_id,
            case
                when change_number = 1
                then cast('1900-01-01' as timestamp)
                else changed_at
            end as valid_from_at,
            coalesce(
                lead(changed_at) over (
                    partition by vendor, deal_id order by change_number asc nulls last
                ),
                cast('9999-12-31' as timestamp)
            ) as valid_to_at
        from pipeline_changes
    ),
    stage_changes as (
        select
            deals.vendor,
            deals.deal_id,
            changes.property_value as stage_id,
            changes.changed_at as entered_at,
            deals.stage_id as current_stage_id,
            deals.pipeline_id as current_pipeline_id,
            greatest(deals.updated_at, changes.changed_at) as updated_at,
            -- Two changes in one instant: the one that is still true came last.
            row_number() over (
                partition by deals.vendor, deals.deal_id
                order by
                    changes.changed_at asc nulls last,
                    case
                        when changes.property_value = deals.stage_id then 1 else 0
                    end asc nulls last,
                    changes.property_value asc nulls last
            ) as change_number
        from deals
        inner join
            changes on deals.vendor = changes.vendor and deals.deal_id = changes.deal_id
        where changes.property_name = 'stage' and changes.property_value is not null
    ),
    last_changes as (
        select vendor, deal_id, max(change_number) as change_number
        from stage_changes
        group by vendor, deal_id
    ),
    entries as (
        select
            stage_changes.vendor,
            stage_changes.deal_id,
            stage_changes.stage_id,
            coalesce(
                pipeline_intervals.pipeline_id, stage_changes.current_pipeline_id
            ) as stated_pipeline_id,
            stage_changes.entered_at,
            stage_changes.change_number,
            false as is_synthetic
        from stage_changes
        left join
            pipeline_intervals
            on stage_changes.vendor = pipeline_intervals.vendor
            and stage_changes.deal_id = pipeline_intervals.deal_id
            and stage_changes.entered_at >= pipeline_intervals.valid_from_at
            and stage_changes.entered_at < pipeline_intervals.valid_to_at
        union all
        -- The history lags behind the deal.
        select
            stage_changes.vendor,
            stage_changes.deal_id,
            stage_changes.current_stage_id as stage_id,
            stage_changes.current_pipeline_id as stated_pipeline_id,
            stage_changes.updated_at as entered_at,
            stage_changes.change_number + 1 as change_number,
            true as is_synthetic
        from stage_changes
        inner join
            last_changes
            on stage_changes.vendor = last_changes.vendor
            and stage_changes.deal_id = last_changes.deal_id
            and stage_changes.change_number = last_changes.change_number
        where stage_changes.stage_id <> stage_changes.current_stage_id
        union all
        -- No history at all.
        select
            deals.vendor,
            deals.deal_id,
            coalesce(deals.stage_id, '') as stage_id,
            deals.pipeline_id as stated_pipeline_id,
            deals.created_at as entered_at,
            1 as change_number,
            true as is_synthetic
        from deals
        left join
            last_changes
            on deals.vendor = last_changes.vendor
            and deals.deal_id = last_changes.deal_id
        where last_changes.deal_id is null
    ),
    -- A move to another pipeline changes two properties, not in one instant: a stage
    -- that the stated pipeline does not have belongs to the one that has it.
    stage_homes as (
        select
            vendor,
            stage_id,
            pipeline_id,
            row_number() over (
                partition by vendor, stage_id order by pipeline_id asc nulls last
            ) as home_rank
        from stages
    ),
    placed as (
        select
            entries.*,
            coalesce(
                stated.pipeline_id,
                stage_homes.pipeline_id,
                entries.stated_pipeline_id,
                ''
            ) as pipeline_id
        from entries
        left join
            stages as stated
            on entries.vendor = stated.vendor
            and entries.stage_id = stated.stage_id
            and entries.stated_pipeline_id = stated.pipeline_id
        left join
            stage_homes
            on entries.vendor = stage_homes.vendor
            and entries.stage_id = stage_homes.stage_id
            and stage_homes.home_rank = 1
    ),
    marked as (
        select
            *,
            lag(pipeline_id || '/' || stage_id) over (
                partition by vendor, deal_id order by change_number asc nulls last
            ) as previous_place
        from placed
    ),
    collapsed as (
        select
            vendor,
            deal_id,
            pipeline_id,
            stage_id,
            entered_at,
            is_synthetic,
            row_number() over (
                partition by vendor, deal_id order by change_number asc nulls last
            ) as change_number,
            lag(pipeline_id) over (
                partition by vendor, deal_id order by change_number asc nulls last
            ) as from_pipeline_id,
            lag(stage_id) over (
                partition by vendor, deal_id order by change_number asc nulls last
            ) as from_stage_id,
            lead(entered_at) over (
                partition by vendor, deal_id order by change_number asc nulls last
            ) as left_at,
            row_number() over (
                partition by vendor, deal_id, pipeline_id, stage_id
                order by change_number asc nulls last
            ) as visit_number
        from marked
        where previous_place is null or previous_place <> pipeline_id || '/' || stage_id
    )
select
    cast(
        {{ surrogate_key(["collapsed.vendor", "collapsed.deal_id"]) }} as string
    ) as deal_key,
    cast(collapsed.vendor as string) as vendor,
    cast(collapsed.deal_id as string) as deal_id,
    cast(collapsed.pipeline_id as string) as pipeline_id,
    cast(collapsed.from_pipeline_id as string) as from_pipeline_id,
    cast(collapsed.from_stage_id as string) as from_stage_id,
    cast(collapsed.stage_id as string) as stage_id,
    cast(coalesce(stages.pipeline_name, 'unknown') as string) as pipeline_name,
    cast(coalesce(stages.stage_name, 'unknown') as string) as stage_name,
    cast(stages.stage_order as bigint) as stage_order,
    cast(from_stages.stage_order as bigint) as from_stage_order,
    cast(collapsed.change_number as bigint) as change_number,
    cast(stages.stage_probability as double) as stage_probability,
    coalesce(stages.is_closed, false) as is_closed_stage,
    coalesce(stages.is_won, false) as is_won_stage,
    coalesce(stages.is_lost, false) as is_lost_stage,
    stages.stage_id is null as is_unknown_stage,
    collapsed.visit_number > 1 as is_reentry,
    collapsed.left_at is null as is_current,
    collapsed.is_synthetic,
    cast(collapsed.entered_at as timestamp) as entered_at,
    cast(collapsed.left_at as timestamp) as left_at
from collapsed
left join
    stages
    on collapsed.vendor = stages.vendor
    and collapsed.pipeline_id = stages.pipeline_id
    and collapsed.stage_id = stages.stage_id
left join
    stages as from_stages
    on collapsed.vendor = from_stages.vendor
    and collapsed.from_pipeline_id = from_stages.pipeline_id
    and collapsed.from_stage_id = from_stages.stage_id
