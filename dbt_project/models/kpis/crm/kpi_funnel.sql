-- K100, snapshot: open deals and their value by stage as of as_of_date.
-- Grain: one row per vendor, pipeline_id, stage_id and scope_key with an open deal.
with
    open_deals as (
        select
            vendor,
            pipeline_id,
            pipeline_name,
            stage_id,
            stage_name,
            funnel_position,
            snapshot_date,
            scope_key,
            scope_type,
            scope_name,
            employee_key,
            rep_email,
            sum(open_count) as open_count,
            sum(without_amount_count) as without_amount_count,
            sum(unconverted_count) as unconverted_count,
            sum(open_amount_base) as open_amount_base
        from {{ ref("kpi_open_deals") }}
        where age_type = 'deal'
        group by
            vendor,
            pipeline_id,
            pipeline_name,
            stage_id,
            stage_name,
            funnel_position,
            snapshot_date,
            scope_key,
            scope_type,
            scope_name,
            employee_key,
            rep_email
    ),
    with_totals as (
        select
            *,
            sum(open_count) over (
                partition by vendor, pipeline_id, scope_key
            ) as pipeline_open_count
        from open_deals
    ),
    final as (
        select
            cast(snapshot_date as date) as snapshot_date,
            cast(vendor as string) as vendor,
            cast(pipeline_id as string) as pipeline_id,
            cast(pipeline_name as string) as pipeline_name,
            cast(stage_id as string) as stage_id,
            cast(stage_name as string) as stage_name,
            cast(funnel_position as int) as funnel_position,
            cast(scope_key as string) as scope_key,
            cast(scope_type as string) as scope_type,
            cast(scope_name as string) as scope_name,
            cast(employee_key as string) as employee_key,
            cast(rep_email as string) as rep_email,
            cast(open_count as bigint) as open_count,
            cast(without_amount_count as bigint) as without_amount_count,
            cast(unconverted_count as bigint) as unconverted_count,
            cast(open_amount_base as decimal(18, 2)) as open_amount_base,
            {{ safe_ratio("open_count", "pipeline_open_count") }} as open_count_share
        from with_totals
    )
select *
from final
