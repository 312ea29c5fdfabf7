-- Rep ramp-up: what sales reps win in each whole month since they were hired, beside
-- what those with more tenure win.
-- Grain: one row per (scope_type, scope_name, tenure_month_number) that a rep began;
-- the team is that of the run's day.
with
    rep_months as (select * from {{ ref("int_rep_months") }}),
    scoped as (
        select 'total' as scope_type, 'all' as scope_name, rep_months.*
        from rep_months
        union all
        select 'team' as scope_type, team_name as scope_name, rep_months.*
        from rep_months
    ),
    -- An owner in two CRMs is one rep.
    reps as (
        select
            scope_type,
            scope_name,
            tenure_month_number,
            spell_key,
            bool_or(is_whole) as is_whole,
            sum(won_deal_count) as won_deal_count,
            sum(unconverted_deal_count) as unconverted_deal_count,
            sum(won_amount_base) as won_amount_base
        from scoped
        group by scope_type, scope_name, tenure_month_number, spell_key
    ),
    mature as (
        select
            scope_type,
            scope_name,
            count(*) as rep_month_count,
            sum(won_amount_base) as won_amount_base
        from reps
        where is_whole and tenure_month_number >= {{ var("ramp_up_mature_months") }}
        group by scope_type, scope_name
    ),
    by_month as (
        select
            scope_type,
            scope_name,
            tenure_month_number,
            count(*) as rep_count,
            count(*) filter (where is_whole) as complete_rep_count,
            sum(case when is_whole then won_deal_count else 0 end) as won_deal_count,
            sum(
                case when is_whole then unconverted_deal_count else 0 end
            ) as unconverted_deal_count,
            sum(case when is_whole then won_amount_base else 0 end) as won_amount_base
        from reps
        group by scope_type, scope_name, tenure_month_number
    ),
    final as (
        select
            by_month.*,
            coalesce(mature.rep_month_count, 0) as mature_rep_month_count,
            coalesce(mature.won_amount_base, 0) as mature_won_amount_base,
            {{ safe_ratio("by_month.won_amount_base", "by_month.complete_rep_count") }}
            as won_amount_base_per_rep,
            {{ safe_ratio("mature.won_amount_base", "mature.rep_month_count") }}
            as mature_won_amount_base_per_rep
        from by_month
        left join
            mature
            on by_month.scope_type = mature.scope_type
            and by_month.scope_name = mature.scope_name
    )
select
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(tenure_month_number as int) as tenure_month_number,
    tenure_month_number >= {{ var("ramp_up_mature_months") }} as is_mature,
    cast(rep_count as bigint) as rep_count,
    cast(complete_rep_count as bigint) as complete_rep_count,
    cast(won_deal_count as bigint) as won_deal_count,
    cast(unconverted_deal_count as bigint) as unconverted_deal_count,
    cast(won_amount_base as decimal(18, 2)) as won_amount_base,
    won_amount_base_per_rep,
    cast(mature_rep_month_count as bigint) as mature_rep_month_count,
    cast(mature_won_amount_base as decimal(18, 2)) as mature_won_amount_base,
    mature_won_amount_base_per_rep,
    {{ safe_ratio("won_amount_base_per_rep", "mature_won_amount_base_per_rep") }}
    as mature_level_ratio
from final
