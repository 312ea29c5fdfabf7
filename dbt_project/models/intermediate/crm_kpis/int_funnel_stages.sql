-- The funnel of each pipeline: its open stages in display order, then won.
-- Grain: one row per vendor, pipeline_id and stage_id; lost stages are not in it.
-- Several won stages share the last place; is_first_of_position names it.
with
    stages as (select * from {{ ref("int_deal_stages") }}),
    open_stages as (
        select
            *,
            row_number() over (
                partition by vendor, pipeline_id
                order by stage_order asc nulls last, stage_id asc nulls last
            ) as funnel_position
        from stages
        where not is_closed
    ),
    last_open_stages as (
        select vendor, pipeline_id, max(funnel_position) as funnel_position
        from open_stages
        group by vendor, pipeline_id
    ),
    won_stages as (
        select
            stages.*,
            coalesce(last_open_stages.funnel_position, 0) + 1 as funnel_position,
            row_number() over (
                partition by stages.vendor, stages.pipeline_id
                order by
                    stages.stage_order asc nulls last, stages.stage_id asc nulls last
            ) as won_rank
        from stages
        left join
            last_open_stages
            on stages.vendor = last_open_stages.vendor
            and stages.pipeline_id = last_open_stages.pipeline_id
        where stages.is_won
    ),
    funnel as (
        select
            vendor,
            pipeline_id,
            pipeline_name,
            stage_id,
            stage_name,
            funnel_position,
            false as is_won_stage,
            true as is_first_of_position
        from open_stages
        union all
        select
            vendor,
            pipeline_id,
            pipeline_name,
            stage_id,
            stage_name,
            funnel_position,
            true as is_won_stage,
            won_rank = 1 as is_first_of_position
        from won_stages
    )
select
    cast(vendor as string) as vendor,
    cast(pipeline_id as string) as pipeline_id,
    cast(stage_id as string) as stage_id,
    cast(pipeline_name as string) as pipeline_name,
    cast(stage_name as string) as stage_name,
    cast(funnel_position as int) as funnel_position,
    is_won_stage,
    is_first_of_position
from funnel
