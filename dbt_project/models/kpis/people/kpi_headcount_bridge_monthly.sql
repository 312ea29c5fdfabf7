-- K70: what led from one month's headcount to the next. Opening and closing are counted
-- from who was employed, the movements from what happened; the test adds them up.
-- Grain: one row per (headcount_month, scope_type, scope_name), as
-- kpi_headcount_monthly.
with
    headcounts as (select * from {{ ref("kpi_headcount_monthly") }}),
    changes as (select * from {{ ref("fct_headcount_changes") }}),
    summed as (
        select
            cast(date_trunc('month', change_date) as date) as headcount_month,
            scope_type,
            scope_name,
            count(*) filter (where change_type = 'hire') as hire_count,
            count(*) filter (where change_type = 'separation') as separation_count,
            count(*) filter (where change_type = 'transfer_in') as transfer_in_count,
            count(*) filter (where change_type = 'transfer_out') as transfer_out_count
        from changes
        group by cast(date_trunc('month', change_date) as date), scope_type, scope_name
    )
select
    headcounts.headcount_month,
    headcounts.scope_type,
    headcounts.scope_name,
    headcounts.is_complete,
    headcounts.opening_headcount_count,
    cast(coalesce(summed.hire_count, 0) as bigint) as hire_count,
    cast(coalesce(summed.transfer_in_count, 0) as bigint) as transfer_in_count,
    cast(coalesce(summed.separation_count, 0) as bigint) as separation_count,
    cast(coalesce(summed.transfer_out_count, 0) as bigint) as transfer_out_count,
    headcounts.headcount_count as closing_headcount_count
from headcounts
left join
    summed
    on headcounts.headcount_month = summed.headcount_month
    and headcounts.scope_type = summed.scope_type
    and headcounts.scope_name = summed.scope_name
