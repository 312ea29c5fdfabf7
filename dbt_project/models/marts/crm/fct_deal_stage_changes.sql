-- Every entry of a deal into a stage, with the owner at that time.
-- Grain: one row per deal and entry; repeats are one row, re-entries several.
with
    stages as (select * from {{ ref("int_deal_stage_intervals") }}),
    owners as (select * from {{ ref("int_deal_owner_intervals") }})
select
    cast(
        {{ surrogate_key(["stages.vendor", "stages.deal_id", "stages.change_number"]) }}
        as string
    ) as deal_stage_change_key,
    cast(stages.deal_key as string) as deal_key,
    cast(stages.vendor as string) as vendor,
    cast(stages.pipeline_id as string) as pipeline_id,
    cast(stages.from_stage_id as string) as from_stage_id,
    cast(stages.stage_id as string) as stage_id,
    cast(owners.employee_key as string) as employee_key,
    cast(stages.pipeline_name as string) as pipeline_name,
    cast(stages.stage_name as string) as stage_name,
    cast(stages.stage_order as bigint) as stage_order,
    cast(stages.from_pipeline_id as string) as from_pipeline_id,
    cast(stages.from_stage_order as bigint) as from_stage_order,
    cast(stages.change_number as bigint) as change_number,
    stages.is_closed_stage,
    stages.is_won_stage,
    stages.is_lost_stage,
    stages.is_unknown_stage,
    stages.is_reentry,
    stages.is_current,
    stages.is_synthetic,
    cast(
        greatest(
            {{
                minutes_between(
                    "stages.entered_at", "coalesce(stages.left_at, " ~ as_of() ~ ")"
                )
            }},
            0
        ) as double
    ) as dwell_minutes,
    cast({{ local_date("stages.entered_at") }} as date) as entered_date,
    cast(stages.entered_at as timestamp) as entered_at,
    cast(stages.left_at as timestamp) as left_at
from stages
left join
    owners
    on stages.deal_key = owners.deal_key
    and stages.entered_at >= owners.valid_from_at
    and stages.entered_at < owners.valid_to_at
