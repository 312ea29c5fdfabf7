-- The stages of each record type of opportunities. Salesforce lists an org's stages in
-- one list and tells no query which of them a record type uses: it uses those that an
-- opportunity of it was ever in, and those that close one.
-- Grain: one row per record type (`master`: none) and stage.
{{ config(enabled=is_vendor_used("salesforce")) }}
with
    stages as (
        {{ newest_rows("salesforce", "opportunity_stages", newest_by="extracted_at") }}
    ),
    record_types as (
        {{ newest_rows("salesforce", "record_types", newest_by="system_modstamp") }}
    ),
    deals as (select * from {{ ref("stg_salesforce__deals") }}),
    changes as (
        select deal_id, property_value as stage_id
        from {{ ref("stg_salesforce__deal_property_changes") }}
        where property_name = 'stage'
    ),
    used as (
        select pipeline_id, stage_id
        from deals
        union
        select deals.pipeline_id, changes.stage_id
        from deals
        inner join changes on deals.deal_id = changes.deal_id
    ),
    -- One of which there is no opportunity yet has them all.
    pipelines as (
        select
            named.pipeline_id,
            min(named.pipeline_name) as pipeline_name,
            min(used.pipeline_id) is not null as is_used
        from
            (
                select id as pipeline_id, name as pipeline_name
                from record_types
                where sobject_type = 'Opportunity'
                union all
                select 'master' as pipeline_id, 'Opportunities' as pipeline_name
            ) as named
        left join used on named.pipeline_id = used.pipeline_id
        group by named.pipeline_id
    ),
    placed as (
        select pipelines.pipeline_id, pipelines.pipeline_name, stages.*
        from pipelines
        cross join stages
        left join
            used
            on pipelines.pipeline_id = used.pipeline_id
            and stages.api_name = used.stage_id
        where
            not stages.is_vanished
            and (pipelines.is_used or pipelines.pipeline_id <> 'master')
            and (
                used.stage_id is not null
                or (stages.is_active and (stages.is_closed or not pipelines.is_used))
            )
    )
select
    cast(pipeline_id as string) as pipeline_id,
    cast(api_name as string) as stage_id,
    cast(coalesce(pipeline_name, pipeline_id) as string) as pipeline_name,
    cast(coalesce(nullif(trim(master_label), ''), api_name) as string) as stage_name,
    cast(sort_order as bigint) as stage_order,
    coalesce(is_closed, false) as is_closed,
    coalesce(is_closed and is_won, false) as is_won,
    coalesce(is_closed and not is_won, false) as is_lost,
    default_probability / 100 as stage_probability,
    {{ loaded_at() }} as _loaded_at
from placed
