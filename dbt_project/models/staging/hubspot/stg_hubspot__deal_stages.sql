-- Stages of deal pipelines, vanished ones included as far as they were ever loaded.
-- Grain: one row per pipeline and stage.
{{ config(enabled=is_vendor_used("hubspot")) }}
with
    stages as (
        {{ newest_rows("hubspot", "pipeline_stages", key=["pipeline_id", "id"]) }}
    ),
    pipelines as ({{ newest_rows("hubspot", "pipelines") }})
select
    cast(stages.pipeline_id as string) as pipeline_id,
    cast(stages.id as string) as stage_id,
    cast(
        coalesce(nullif(trim(pipelines.label), ''), stages.pipeline_id) as string
    ) as pipeline_name,
    cast(coalesce(nullif(trim(stages.label), ''), stages.id) as string) as stage_name,
    cast(stages.display_order as bigint) as stage_order,
    -- Ids lie (a stage closedwon may be relabelled); isClosed and probability do not.
    coalesce(stages.is_closed, false) as is_closed,
    coalesce(stages.is_closed and stages.probability = 1, false) as is_won,
    coalesce(stages.is_closed and stages.probability = 0, false) as is_lost,
    cast(stages.probability as double) as stage_probability,
    {{ loaded_at("stages._dlt_load_id") }} as _loaded_at
from stages
left join pipelines on stages.pipeline_id = pipelines.id
