-- The ages of open deals as of as_of_date, since creation and in the current stage.
-- Grain: one row per deal_key and age_type (deal, stage).
with
    deals as (
        select * from {{ ref("fct_deals") }} where created_date <= {{ as_of_date() }}
    ),
    funnel as (select * from {{ ref("int_funnel_stages") }}),
    ages as (
        select
            deals.*,
            'deal' as age_type,
            {{ days_between("deals.created_date", as_of_date()) }} as stated_age_days
        from deals
        where deals.is_open
        union all
        select
            deals.*,
            'stage' as age_type,
            {{ days_between(local_date("deals.stage_entered_at"), as_of_date()) }}
            as stated_age_days
        from deals
        where deals.is_open
    ),
    -- A clock that runs ahead must not make a deal younger than new.
    aged as (select *, greatest(stated_age_days, 0) as age_days from ages),
    numbered as (
        select
            *,
            case
                when age_days <= 7
                then 1
                when age_days <= 14
                then 2
                when age_days <= 30
                then 3
                when age_days <= 60
                then 4
                when age_days <= 90
                then 5
                else 6
            end as age_bucket_number
        from aged
    )
select
    cast(numbered.deal_key as string) as deal_key,
    cast(numbered.age_type as string) as age_type,
    cast(numbered.age_bucket_number as int) as age_bucket_number,
    cast(
        case
            numbered.age_bucket_number
            when 1
            then '0-7'
            when 2
            then '8-14'
            when 3
            then '15-30'
            when 4
            then '31-60'
            when 5
            then '61-90'
            else '90+'
        end as string
    ) as age_bucket_name,
    cast(numbered.vendor as string) as vendor,
    cast(coalesce(numbered.pipeline_id, '') as string) as pipeline_id,
    cast(coalesce(numbered.pipeline_name, 'unknown') as string) as pipeline_name,
    cast(numbered.stage_id as string) as stage_id,
    cast(numbered.stage_name as string) as stage_name,
    cast(funnel.funnel_position as int) as funnel_position,
    cast(numbered.age_days as bigint) as age_days
from numbered
left join
    funnel
    on numbered.vendor = funnel.vendor
    and numbered.pipeline_id = funnel.pipeline_id
    and numbered.stage_id = funnel.stage_id
