-- How long closed deals took: calendar days, business days, days since first qualified.
-- Grain: one row per deal_key that is won or lost.
with
    deals as (select * from {{ ref("fct_deals") }} where is_won or is_lost),
    dates as (
        select
            calendar_date,
            sum(case when is_business_day then 1 else 0 end) over (
                order by calendar_date asc nulls first
                rows between unbounded preceding and current row
            ) as business_day_number
        from {{ ref("dim_dates") }}
    ),
    changes as (select * from {{ ref("fct_deal_stage_changes") }}),
    funnel as (select * from {{ ref("int_funnel_stages") }}),
    -- Qualified: past the first stage of the pipeline that the deal is in now.
    qualified as (
        select deals.deal_key, min(changes.entered_date) as qualified_date
        from deals
        inner join
            changes
            on deals.deal_key = changes.deal_key
            and deals.pipeline_id = changes.pipeline_id
        inner join
            funnel
            on changes.vendor = funnel.vendor
            and changes.pipeline_id = funnel.pipeline_id
            and changes.stage_id = funnel.stage_id
        where funnel.funnel_position >= 2 and not funnel.is_won_stage
        group by deals.deal_key
    )
select
    cast(deals.deal_key as string) as deal_key,
    cast(deals.days_to_close as bigint) as days_to_close,
    cast(
        case
            when deals.days_to_close is not null
            then closing.business_day_number - creation.business_day_number
        end as bigint
    ) as business_days_to_close,
    cast(
        case
            when qualified.qualified_date <= deals.close_date
            then {{ days_between("qualified.qualified_date", "deals.close_date") }}
        end as bigint
    ) as qualified_days_to_close
from deals
inner join dates as closing on deals.close_date = closing.calendar_date
left join dates as creation on deals.created_date = creation.calendar_date
left join qualified on deals.deal_key = qualified.deal_key
