-- K73: the share of hires still here after so many days, by Kaplan and Meier: who is
-- still here leaves the count when his days end and is no leaver.
-- Grain: one row per (scope_type, scope_name, survived_days): 0, and each day count
-- after which somebody left.
with
    hires as (
        select *
        from {{ ref("fct_headcount_changes") }}
        where change_type = 'hire' and scope_type not in ('age_group', 'tenure_band')
    ),
    spells as (select * from {{ ref("fct_employment_spells") }}),
    lasted as (
        select
            hires.scope_type,
            hires.scope_name,
            spells.employed_days,
            case when spells.is_open then 0 else 1 end as leaver_count
        from hires
        inner join spells on hires.spell_key = spells.spell_key
    ),
    points as (
        select scope_type, scope_name, 0 as survived_days, 0 as leaver_count
        from lasted
        group by scope_type, scope_name
        union all
        select
            scope_type,
            scope_name,
            employed_days as survived_days,
            sum(leaver_count) as leaver_count
        from lasted
        where leaver_count = 1
        group by scope_type, scope_name, employed_days
    ),
    at_risk as (
        select
            points.scope_type,
            points.scope_name,
            points.survived_days,
            points.leaver_count,
            count(*) as at_risk_count,
            max(lasted.employed_days) as longest_days
        from points
        inner join
            lasted
            on points.scope_type = lasted.scope_type
            and points.scope_name = lasted.scope_name
            and points.survived_days <= lasted.employed_days
        group by
            points.scope_type,
            points.scope_name,
            points.survived_days,
            points.leaver_count
    ),
    final as (
        select
            *,
            sum(
                ln(
                    nullif(
                        1 - cast(leaver_count as double) / at_risk_count,
                        cast(0 as double)
                    )
                )
            ) over until_now as log_share,
            -- Where all who were left leave, nobody remains: ln(0) is no number.
            max(case when leaver_count = at_risk_count then 1 else 0 end) over until_now
            as is_over,
            lead(survived_days) over (
                partition by scope_type, scope_name
                order by survived_days asc nulls last
            ) as next_days
        from at_risk
        window
            until_now as (
                partition by scope_type, scope_name
                order by survived_days asc nulls last
                rows between unbounded preceding and current row
            )
    )
select
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(survived_days as bigint) as survived_days,
    -- The curve holds until somebody leaves again; after the last it is known for as
    -- long as anybody has been watched.
    cast(coalesce(next_days, longest_days) as bigint) as known_until_days,
    cast(at_risk_count as bigint) as at_risk_count,
    cast(leaver_count as bigint) as leaver_count,
    -- Logarithms leave noise behind the twelfth decimal.
    round(case when is_over = 1 then 0 else exp(log_share) end, 12) as survival_share
from final
