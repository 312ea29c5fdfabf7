-- K93, cohort variant: of the deals created in a month, those won by as_of.
-- Grain: one row per period_type, created_month and scope_key with a created deal.
with
    created as (
        select *
        from {{ ref("int_deal_scopes") }}
        where event_type = 'created' and not is_in_future
    ),
    deals as (select * from {{ ref("fct_deals") }}),
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
            created.scope_key,
            count(*) as created_count,
            count(*) filter (where deals.is_won) as won_count,
            count(*) filter (where deals.is_lost) as lost_count,
            count(*) filter (
                where not deals.is_won and not deals.is_lost
            ) as open_count,
            count(*) filter (
                where
                    deals.is_won
                    and {{ days_between("deals.created_date", "deals.close_date") }}
                    <= {{ var("win_rate_maturity_days") }}
            ) as won_in_window_count
        from created
        inner join deals on created.deal_key = deals.deal_key
        inner join month_days on created.event_date = month_days.calendar_date
        group by month_days.period_type, month_days.period_start_date, created.scope_key
    ),
    matured as (
        select
            cohorts.*,
            {{ days_between("months.period_end_date", as_of_date()) }}
            > {{ var("win_rate_maturity_days") }} as is_mature
        from cohorts
        inner join
            months
            on cohorts.period_type = months.period_type
            and cohorts.period_start_date = months.period_start_date
    ),
    final as (
        select
            cast(matured.period_type as string) as period_type,
            cast(matured.period_start_date as date) as created_month,
            cast(scopes.scope_key as string) as scope_key,
            cast(scopes.scope_type as string) as scope_type,
            cast(scopes.scope_name as string) as scope_name,
            cast(scopes.employee_key as string) as employee_key,
            cast(scopes.rep_email as string) as rep_email,
            matured.is_mature,
            cast(matured.created_count as bigint) as created_count,
            cast(matured.won_count as bigint) as won_count,
            cast(matured.lost_count as bigint) as lost_count,
            cast(matured.open_count as bigint) as open_count,
            {{ safe_ratio("matured.won_count", "matured.created_count") }} as win_rate,
            cast(matured.won_in_window_count as bigint) as won_in_window_count,
            case
                when matured.is_mature
                then
                    {{
                        safe_ratio(
                            "matured.won_in_window_count", "matured.created_count"
                        )
                    }}
            end as window_win_rate
        from matured
        inner join scopes on matured.scope_key = scopes.scope_key
    )
select *
from final
