-- When each deal entered each stage of its funnels, skipped stages imputed.
-- Grain: one row per deal_key, vendor, pipeline_id and funnel_position that it has
-- reached. A stage is entered with the first change into it or into a later one;
-- going back undoes nothing.
with
    changes as (
        select *
        from {{ ref("fct_deal_stage_changes") }}
        where entered_at <= {{ as_of() }}
    ),
    funnel as (select * from {{ ref("int_funnel_stages") }}),
    placed_changes as (
        select
            changes.deal_key,
            changes.vendor,
            changes.pipeline_id,
            changes.employee_key,
            changes.entered_at,
            changes.change_number,
            funnel.funnel_position
        from changes
        inner join
            funnel
            on changes.vendor = funnel.vendor
            and changes.pipeline_id = funnel.pipeline_id
            and changes.stage_id = funnel.stage_id
    ),
    reached as (
        select
            placed_changes.*,
            funnel.stage_id,
            funnel.funnel_position as reached_position,
            funnel.is_won_stage,
            row_number() over (
                partition by
                    placed_changes.deal_key,
                    placed_changes.vendor,
                    placed_changes.pipeline_id,
                    funnel.funnel_position
                order by
                    placed_changes.entered_at asc nulls last,
                    placed_changes.change_number asc nulls last
            ) as change_rank
        from placed_changes
        inner join
            funnel
            on placed_changes.vendor = funnel.vendor
            and placed_changes.pipeline_id = funnel.pipeline_id
            and placed_changes.funnel_position >= funnel.funnel_position
            and funnel.is_first_of_position
    ),
    entries as (
        select
            *,
            max(reached_position) over (
                partition by deal_key, vendor, pipeline_id
            ) as furthest_position,
            max(case when is_won_stage then 1 else 0 end) over (
                partition by deal_key, vendor, pipeline_id
            ) as won_flag
        from reached
        where change_rank = 1
    )
select
    cast(deal_key as string) as deal_key,
    cast(vendor as string) as vendor,
    cast(pipeline_id as string) as pipeline_id,
    cast(stage_id as string) as stage_id,
    cast(employee_key as string) as employee_key,
    cast(reached_position as int) as funnel_position,
    is_won_stage,
    funnel_position > reached_position as is_imputed,
    furthest_position > reached_position as has_reached_next,
    won_flag = 1 as has_reached_won,
    {{ local_date("entered_at") }} as entered_date,
    cast(entered_at as timestamp) as entered_at
from entries
