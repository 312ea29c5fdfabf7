-- Open deals that stand still: longer in their stage than nine of ten won deals were,
-- or without activity for stalled_deal_days (P17).
-- Grain: one row per deal_key. Fewer won deals than measured_rate_minimum_deals measure
-- no usual stay.
with
    deals as (
        select * from {{ ref("fct_deals") }} where created_date <= {{ as_of_date() }}
    ),
    dwells as (
        select *, dwell_minutes / 1440 as dwell_days
        from {{ ref("int_deal_stage_dwells") }}
    ),
    activities as (
        select *
        from {{ ref("fct_activities") }}
        where not is_cancelled and not is_no_show and not is_rescheduled
    ),
    links as (
        select * from {{ ref("int_record_associations") }} where to_type = 'deal'
    ),
    companies as (select * from {{ ref("int_record_companies") }}),
    usual as (
        select
            dwells.vendor,
            dwells.pipeline_id,
            dwells.stage_id,
            count(*) as won_deal_count,
            percentile_cont(0.9) within group (
                order by dwells.dwell_days asc nulls last
            ) as won_p90_dwell_days
        from dwells
        inner join deals on dwells.deal_key = deals.deal_key
        where deals.is_won
        group by dwells.vendor, dwells.pipeline_id, dwells.stage_id
    ),
    -- With the deal itself, or with its company.
    touches as (
        select deals.deal_key, activities.started_at, activities.started_date
        from deals
        inner join links on deals.vendor = links.vendor and deals.deal_id = links.to_id
        inner join
            activities
            on links.vendor = activities.vendor
            and links.from_type = activities.activity_type
            and links.from_id = activities.activity_id
        where deals.is_open
        union all
        select deals.deal_key, activities.started_at, activities.started_date
        from deals
        inner join companies on deals.company_key = companies.company_key
        inner join
            activities
            on companies.vendor = activities.vendor
            and companies.record_type = activities.activity_type
            and companies.record_id = activities.activity_id
        where deals.is_open
    ),
    touched as (
        select
            deal_key,
            max(
                case when started_at <= {{ as_of() }} then started_date end
            ) as last_touch_date,
            min(
                case when started_at > {{ as_of() }} then started_date end
            ) as next_activity_date
        from touches
        group by deal_key
    ),
    aged as (
        select
            deals.deal_key,
            dwells.dwell_days,
            {{ local_date("deals.stage_entered_at") }} as stage_entered_date,
            case
                when usual.won_deal_count >= {{ var("measured_rate_minimum_deals") }}
                then usual.won_p90_dwell_days
            end as won_p90_dwell_days,
            -- What the rep did to the deal is activity, too.
            greatest(
                coalesce(touched.last_touch_date, deals.created_date),
                {{ local_date("deals.stage_entered_at") }},
                deals.created_date
            ) as last_activity_date,
            touched.next_activity_date
        from deals
        left join
            dwells
            on deals.deal_key = dwells.deal_key
            and deals.pipeline_id = dwells.pipeline_id
            and deals.stage_id = dwells.stage_id
        left join
            usual
            on deals.vendor = usual.vendor
            and deals.pipeline_id = usual.pipeline_id
            and deals.stage_id = usual.stage_id
        left join touched on deals.deal_key = touched.deal_key
        where deals.is_open
    ),
    judged as (
        select
            *,
            {{ days_between("last_activity_date", as_of_date()) }} as inactive_days,
            coalesce(dwell_days > won_p90_dwell_days, false) as is_beyond_usual_stay,
            {{ days_between("last_activity_date", as_of_date()) }}
            > {{ var("stalled_deal_days") }}
            and next_activity_date is null as is_without_activity
        from aged
    )
select
    cast(deal_key as string) as deal_key,
    is_beyond_usual_stay,
    is_without_activity,
    cast(dwell_days as double) as dwell_days,
    cast(won_p90_dwell_days as double) as won_p90_dwell_days,
    cast(inactive_days as bigint) as inactive_days,
    cast(last_activity_date as date) as last_activity_date,
    cast(next_activity_date as date) as next_activity_date,
    cast(
        least(
            case
                when is_beyond_usual_stay
                then
                    greatest(
                        stage_entered_date,
                        cast(
                            {{ as_of_date() }} + cast(
                                - floor(dwell_days - won_p90_dwell_days) as int
                            ) as date
                        )
                    )
            end,
            case
                when is_without_activity
                then
                    cast(
                        last_activity_date + {{ var("stalled_deal_days") + 1 }} as date
                    )
            end
        ) as date
    ) as stalled_since_date
from judged
where is_beyond_usual_stay or is_without_activity
