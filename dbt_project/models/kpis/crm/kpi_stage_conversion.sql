-- K100: of the deals that entered a stage in a month, how many ever reached a later
-- one.
-- Grain: one row per period_type, entered_month, vendor, pipeline_id, stage_id and
-- scope_key.
with
    entries as (select * from {{ ref("int_deal_funnel_entries") }}),
    funnel as (select * from {{ ref("int_funnel_stages") }}),
    memberships as (select * from {{ ref("int_employee_scopes") }}),
    scopes as (select * from {{ ref("int_scopes") }}),
    months as (
        select *
        from {{ ref("int_periods") }}
        where period_type in ('month', 'jalali_month')
    ),
    month_days as (
        select *
        from {{ ref("int_period_days") }}
        where period_type in ('month', 'jalali_month') and comparison_type = 'current'
    ),
    cohorts as (
        select
            month_days.period_type,
            month_days.period_start_date,
            entries.vendor,
            entries.pipeline_id,
            entries.stage_id,
            entries.is_won_stage,
            memberships.scope_key,
            count(*) as entered_count,
            count(*) filter (where entries.is_imputed) as imputed_count,
            count(*) filter (where entries.has_reached_next) as reached_next_count,
            count(*) filter (where entries.has_reached_won) as reached_won_count
        from entries
        inner join month_days on entries.entered_date = month_days.calendar_date
        inner join
            memberships
            on entries.employee_key = memberships.employee_key
            and entries.entered_at >= memberships.valid_from_at
            and entries.entered_at < memberships.valid_to_at
        group by
            month_days.period_type,
            month_days.period_start_date,
            entries.vendor,
            entries.pipeline_id,
            entries.stage_id,
            entries.is_won_stage,
            memberships.scope_key
    ),
    final as (
        select
            cast(cohorts.period_type as string) as period_type,
            cast(cohorts.period_start_date as date) as entered_month,
            cast(cohorts.vendor as string) as vendor,
            cast(cohorts.pipeline_id as string) as pipeline_id,
            cast(funnel.pipeline_name as string) as pipeline_name,
            cast(cohorts.stage_id as string) as stage_id,
            cast(funnel.stage_name as string) as stage_name,
            cast(funnel.funnel_position as int) as funnel_position,
            cast(scopes.scope_key as string) as scope_key,
            cast(scopes.scope_type as string) as scope_type,
            cast(scopes.scope_name as string) as scope_name,
            cast(scopes.employee_key as string) as employee_key,
            cast(scopes.rep_email as string) as rep_email,
            cohorts.is_won_stage,
            {{ days_between("months.period_end_date", as_of_date()) }}
            > {{ var("stage_maturity_days") }} as is_mature,
            cast(cohorts.entered_count as bigint) as entered_count,
            cast(cohorts.imputed_count as bigint) as imputed_count,
            cast(
                case
                    when not cohorts.is_won_stage then cohorts.reached_next_count
                end as bigint
            ) as reached_next_count,
            case
                when not cohorts.is_won_stage
                then
                    {{
                        safe_ratio(
                            "cohorts.reached_next_count", "cohorts.entered_count"
                        )
                    }}
            end as conversion_rate,
            cast(cohorts.reached_won_count as bigint) as reached_won_count,
            {{ safe_ratio("cohorts.reached_won_count", "cohorts.entered_count") }}
            as reached_won_rate
        from cohorts
        inner join
            funnel
            on cohorts.vendor = funnel.vendor
            and cohorts.pipeline_id = funnel.pipeline_id
            and cohorts.stage_id = funnel.stage_id
        inner join scopes on cohorts.scope_key = scopes.scope_key
        inner join
            months
            on cohorts.period_type = months.period_type
            and cohorts.period_start_date = months.period_start_date
    )
select *
from final
