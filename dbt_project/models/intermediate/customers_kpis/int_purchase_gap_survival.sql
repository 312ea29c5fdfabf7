-- K84: the share of purchases not yet followed by another after so many days, by Kaplan
-- and Meier: an open gap counts until today and ends nothing.
-- Grain: one row per (scope_type, scope_name, gap_days), a day count after which
-- somebody came back.
with
    gaps as (select * from {{ ref("int_purchase_gaps") }}),
    days as (
        select
            scope_type,
            scope_name,
            gap_days,
            count(*) as gap_count,
            sum(case when is_open then 0 else 1 end) as return_count
        from gaps
        group by scope_type, scope_name, gap_days
    ),
    at_risk as (
        select
            *,
            sum(gap_count) over (
                partition by scope_type, scope_name
                order by gap_days desc nulls last
                rows between unbounded preceding and current row
            ) as at_risk_count
        from days
    ),
    final as (
        select
            *,
            sum(
                ln(
                    nullif(
                        1 - cast(return_count as double) / at_risk_count,
                        cast(0 as double)
                    )
                )
            ) over until_now as log_share,
            -- Where all who were left come back, nobody remains: ln(0) is no number.
            max(case when return_count = at_risk_count then 1 else 0 end) over until_now
            as is_over
        from at_risk
        where return_count > 0
        window
            until_now as (
                partition by scope_type, scope_name
                order by gap_days asc nulls last
                rows between unbounded preceding and current row
            )
    )
select
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(gap_days as bigint) as gap_days,
    cast(at_risk_count as bigint) as at_risk_count,
    cast(return_count as bigint) as return_count,
    -- Logarithms leave noise behind the twelfth decimal.
    cast(
        round(case when is_over = 1 then 0 else exp(log_share) end, 12) as double
    ) as waiting_share
from final
