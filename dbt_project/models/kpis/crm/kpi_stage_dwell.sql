-- K101: how long deals stay in each open stage, and which stage holds them up most.
-- Grain: one row per vendor, pipeline_id, stage_id and scope_key.
with
    dwells as (select * from {{ ref("int_deal_stage_dwells") }}),
    deals as (select * from {{ ref("fct_deals") }}),
    funnel as (select * from {{ ref("int_funnel_stages") }}),
    memberships as (select * from {{ ref("int_employee_scopes") }}),
    scopes as (select * from {{ ref("int_scopes") }}),
    scoped as (
        select
            dwells.vendor,
            dwells.pipeline_id,
            dwells.stage_id,
            memberships.scope_key,
            dwells.is_censored,
            dwells.dwell_minutes / 1440 as dwell_days,
            deals.is_won
        from dwells
        inner join deals on dwells.deal_key = deals.deal_key
        inner join
            memberships
            on dwells.employee_key = memberships.employee_key
            and dwells.last_entered_at >= memberships.valid_from_at
            and dwells.last_entered_at < memberships.valid_to_at
    ),
    -- Kaplan-Meier: at each dwell, who left among those who had stayed at least as
    -- long.
    lengths as (
        select
            vendor,
            pipeline_id,
            stage_id,
            scope_key,
            dwell_days,
            count(*) as deal_count,
            count(*) filter (where not is_censored) as left_count
        from scoped
        group by vendor, pipeline_id, stage_id, scope_key, dwell_days
    ),
    risks as (
        select
            *,
            sum(deal_count) over (
                partition by vendor, pipeline_id, stage_id, scope_key
                order by dwell_days desc nulls last
                rows between unbounded preceding and current row
            ) as at_risk_count
        from lengths
    ),
    survival as (
        select
            *,
            -- A product as a sum of logarithms; when all leave, nobody survives.
            exp(
                sum(
                    case
                        when left_count = at_risk_count
                        then -1000
                        else ln(1 - cast(left_count as double) / at_risk_count)
                    end
                ) over (
                    partition by vendor, pipeline_id, stage_id, scope_key
                    order by dwell_days asc nulls first
                    rows between unbounded preceding and current row
                )
            ) as survival_share
        from risks
        where left_count > 0
    ),
    medians as (
        select
            vendor,
            pipeline_id,
            stage_id,
            scope_key,
            min(dwell_days) as median_dwell_days
        from survival
        -- 0.5 in logarithms is not quite 0.5.
        where round(survival_share, 9) <= 0.5
        group by vendor, pipeline_id, stage_id, scope_key
    ),
    sums as (
        select
            vendor,
            pipeline_id,
            stage_id,
            scope_key,
            count(*) as deal_count,
            count(*) filter (where not is_censored) as completed_count,
            count(*) filter (where is_censored) as censored_count,
            avg(case when not is_censored then dwell_days end) as average_dwell_days,
            count(*) filter (where is_won) as won_deal_count,
            median(case when is_won then dwell_days end) as won_median_dwell_days,
            sum(dwell_days) as total_dwell_days
        from scoped
        group by vendor, pipeline_id, stage_id, scope_key
    ),
    ranked as (
        select
            sums.*,
            funnel.pipeline_name,
            funnel.stage_name,
            funnel.funnel_position,
            sum(sums.total_dwell_days) over (
                partition by sums.vendor, sums.pipeline_id, sums.scope_key
            ) as pipeline_dwell_days,
            row_number() over (
                partition by sums.vendor, sums.pipeline_id, sums.scope_key
                order by
                    round(sums.total_dwell_days, 6) desc nulls last,
                    funnel.funnel_position asc nulls last,
                    sums.stage_id asc nulls last
            ) as bottleneck_rank
        from sums
        inner join
            funnel
            on sums.vendor = funnel.vendor
            and sums.pipeline_id = funnel.pipeline_id
            and sums.stage_id = funnel.stage_id
    ),
    final as (
        select
            cast(ranked.vendor as string) as vendor,
            cast(ranked.pipeline_id as string) as pipeline_id,
            cast(ranked.pipeline_name as string) as pipeline_name,
            cast(ranked.stage_id as string) as stage_id,
            cast(ranked.stage_name as string) as stage_name,
            cast(ranked.funnel_position as int) as funnel_position,
            cast(scopes.scope_key as string) as scope_key,
            cast(scopes.scope_type as string) as scope_type,
            cast(scopes.scope_name as string) as scope_name,
            cast(scopes.employee_key as string) as employee_key,
            cast(scopes.rep_email as string) as rep_email,
            cast(ranked.deal_count as bigint) as deal_count,
            cast(ranked.completed_count as bigint) as completed_count,
            cast(ranked.censored_count as bigint) as censored_count,
            round(cast(medians.median_dwell_days as double), 6) as median_dwell_days,
            round(
                cast(ranked.average_dwell_days as double), 6
            ) as average_completed_dwell_days,
            cast(ranked.won_deal_count as bigint) as won_deal_count,
            round(
                cast(ranked.won_median_dwell_days as double), 6
            ) as won_median_dwell_days,
            round(
                {{
                    safe_ratio(
                        "medians.median_dwell_days", "ranked.won_median_dwell_days"
                    )
                }},
                6
            ) as median_to_won_ratio,
            round(cast(ranked.total_dwell_days as double), 6) as total_dwell_days,
            round(
                {{
                    safe_ratio(
                        "ranked.total_dwell_days", "ranked.pipeline_dwell_days"
                    )
                }},
                6
            ) as dwell_share,
            cast(ranked.bottleneck_rank as bigint) as bottleneck_rank
        from ranked
        inner join scopes on ranked.scope_key = scopes.scope_key
        left join
            medians
            on ranked.vendor = medians.vendor
            and ranked.pipeline_id = medians.pipeline_id
            and ranked.stage_id = medians.stage_id
            and ranked.scope_key = medians.scope_key
    )
select *
from final
