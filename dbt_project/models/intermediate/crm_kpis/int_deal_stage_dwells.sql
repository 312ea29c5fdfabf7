-- How long each deal has been in each open stage, all its stays added.
-- Grain: one row per deal_key, vendor, pipeline_id and stage_id.
-- A deal that is in the stage as of as_of is censored: it will have stayed longer.
with
    changes as (
        select *
        from {{ ref("fct_deal_stage_changes") }}
        where entered_at <= {{ as_of() }}
    ),
    open_stages as (
        select * from {{ ref("int_funnel_stages") }} where not is_won_stage
    ),
    stays as (
        select
            changes.deal_key,
            changes.vendor,
            changes.pipeline_id,
            changes.stage_id,
            changes.employee_key,
            changes.entered_at,
            changes.left_at is null or changes.left_at > {{ as_of() }} as is_censored,
            {{
                minutes_between(
                    "changes.entered_at",
                    "least(coalesce(changes.left_at, "
                    ~ as_of()
                    ~ "), "
                    ~ as_of()
                    ~ ")",
                )
            }} as dwell_minutes,
            row_number() over (
                partition by
                    changes.deal_key,
                    changes.vendor,
                    changes.pipeline_id,
                    changes.stage_id
                order by changes.change_number desc nulls last
            ) as recency
        from changes
        inner join
            open_stages
            on changes.vendor = open_stages.vendor
            and changes.pipeline_id = open_stages.pipeline_id
            and changes.stage_id = open_stages.stage_id
    )
select
    cast(deal_key as string) as deal_key,
    cast(vendor as string) as vendor,
    cast(pipeline_id as string) as pipeline_id,
    cast(stage_id as string) as stage_id,
    cast(max(case when recency = 1 then employee_key end) as string) as employee_key,
    bool_or(is_censored) as is_censored,
    cast(sum(dwell_minutes) as double) as dwell_minutes,
    cast(max(entered_at) as timestamp) as last_entered_at
from stays
group by deal_key, vendor, pipeline_id, stage_id
