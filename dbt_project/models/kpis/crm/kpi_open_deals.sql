-- K97: open deals as of as_of_date by age of the deal and by age in the stage.
-- Grain: one row per age_type, age_bucket_number, vendor, pipeline_id, stage_id,
-- scope_key.
with
    open_deals as (
        select * from {{ ref("int_deal_scopes") }} where event_type = 'open'
    ),
    ages as (select * from {{ ref("int_open_deal_ages") }}),
    scopes as (select * from {{ ref("int_scopes") }}),
    sums as (
        select
            ages.age_type,
            ages.age_bucket_number,
            ages.age_bucket_name,
            ages.vendor,
            ages.pipeline_id,
            ages.pipeline_name,
            ages.stage_id,
            ages.stage_name,
            ages.funnel_position,
            open_deals.scope_key,
            count(*) as open_count,
            count(*) filter (
                where open_deals.is_without_amount
            ) as without_amount_count,
            count(*) filter (where open_deals.is_unconverted) as unconverted_count,
            sum(open_deals.deal_amount_base) as open_amount_base,
            sum(ages.age_days) as age_days_sum,
            median(cast(ages.age_days as double)) as median_age_days
        from open_deals
        inner join ages on open_deals.deal_key = ages.deal_key
        group by
            ages.age_type,
            ages.age_bucket_number,
            ages.age_bucket_name,
            ages.vendor,
            ages.pipeline_id,
            ages.pipeline_name,
            ages.stage_id,
            ages.stage_name,
            ages.funnel_position,
            open_deals.scope_key
    ),
    final as (
        select
            {{ as_of_date() }} as snapshot_date,
            cast(sums.age_type as string) as age_type,
            cast(sums.age_bucket_number as int) as age_bucket_number,
            cast(sums.age_bucket_name as string) as age_bucket_name,
            cast(sums.vendor as string) as vendor,
            cast(sums.pipeline_id as string) as pipeline_id,
            cast(sums.pipeline_name as string) as pipeline_name,
            cast(sums.stage_id as string) as stage_id,
            cast(sums.stage_name as string) as stage_name,
            cast(sums.funnel_position as int) as funnel_position,
            cast(scopes.scope_key as string) as scope_key,
            cast(scopes.scope_type as string) as scope_type,
            cast(scopes.scope_name as string) as scope_name,
            cast(scopes.employee_key as string) as employee_key,
            cast(scopes.rep_email as string) as rep_email,
            cast(sums.open_count as bigint) as open_count,
            cast(sums.without_amount_count as bigint) as without_amount_count,
            cast(sums.unconverted_count as bigint) as unconverted_count,
            cast(
                coalesce(sums.open_amount_base, 0) as decimal(18, 2)
            ) as open_amount_base,
            cast(sums.age_days_sum as bigint) as age_days_sum,
            cast(sums.median_age_days as double) as median_age_days
        from sums
        inner join scopes on sums.scope_key = scopes.scope_key
    )
select *
from final
