-- K76: what hiring costs for each month that people stay: expected of the first year by
-- the survival of all hires, and realised by those who left.
-- Grain: one row per (scope_type, scope_name) with costs, on the run's day.
with
    costs as (select * from {{ ref("kpi_cost_per_hire_monthly") }}),
    survival as (select * from {{ ref("kpi_tenure_survival") }}),
    spells as (select * from {{ ref("fct_employment_spells") }}),
    separations as (
        select *
        from {{ ref("fct_headcount_changes") }}
        where change_type = 'separation'
    ),
    latest as (
        select *
        from costs
        where
            period_type = 'month'
            and hiring_month = cast(date_trunc('month', {{ as_of_date() }}) as date)
    ),
    expected as (
        select
            scope_type,
            scope_name,
            -- The area under the curve; unknown where nobody was watched that long.
            case
                when
                    max(known_until_days) >= {{ var("tenure_horizon_days") }}
                    or min(survival_share) = 0
                then
                    sum(
                        survival_share * greatest(
                            least(known_until_days, {{ var("tenure_horizon_days") }})
                            - survived_days,
                            0
                        )
                    )
            end as expected_days
        from survival
        group by scope_type, scope_name
    ),
    realised as (
        select
            separations.scope_type,
            separations.scope_name,
            count(*) as leaver_count,
            sum(spells.employed_days) as total_days
        from separations
        inner join spells on separations.spell_key = spells.spell_key
        group by separations.scope_type, separations.scope_name
    ),
    final as (
        select
            latest.*,
            expected.expected_days,
            coalesce(realised.leaver_count, 0) as leaver_count,
            coalesce(realised.total_days, 0) as total_days,
            -- A month is the twelfth of a year of 365.25 days.
            expected.expected_days / 30.4375e0 as expected_months,
            {{ safe_ratio("realised.total_days", "realised.leaver_count") }}
            / 30.4375e0 as realised_months
        from latest
        left join
            expected
            on latest.scope_type = expected.scope_type
            and latest.scope_name = expected.scope_name
        left join
            realised
            on latest.scope_type = realised.scope_type
            and latest.scope_name = realised.scope_name
    )
select
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(has_twelve_months as boolean) as has_twelve_months,
    twelve_month_cost_amount_base,
    twelve_month_hire_count,
    twelve_month_cost_per_hire,
    cast(expected_days as double) as expected_employed_days,
    cast(leaver_count as bigint) as leaver_count,
    cast(total_days as bigint) as total_leaver_employed_days,
    {{ safe_ratio("twelve_month_cost_per_hire", "expected_months") }}
    as cost_per_expected_month_value,
    {{ safe_ratio("twelve_month_cost_per_hire", "realised_months") }}
    as cost_per_realised_month_value
from final
