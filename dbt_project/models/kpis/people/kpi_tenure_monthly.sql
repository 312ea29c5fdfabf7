-- K74: how long people have been here at each month's end, and how long leavers had.
-- Grain: one row per (period_type, headcount_month, scope_type, scope_name), as
-- kpi_headcount_monthly without age groups and tenure bands.
with
    headcounts as (
        select *
        from {{ ref("kpi_headcount_monthly") }}
        where scope_type not in ('age_group', 'tenure_band')
    ),
    intervals as (select * from {{ ref("int_headcount_intervals") }}),
    spells as (select * from {{ ref("fct_employment_spells") }}),
    separations as (
        select *
        from {{ ref("fct_headcount_changes") }}
        where change_type = 'separation'
    ),
    month_ends as (
        select
            period_type,
            period_start_date as headcount_month,
            least(period_end_date, {{ as_of_date() }}) as tenure_date
        from {{ ref("int_periods") }}
        where period_type in ('month', 'jalali_month')
    ),
    period_days as (
        select *
        from {{ ref("int_period_days") }}
        where period_type in ('month', 'jalali_month') and comparison_type = 'current'
    ),
    present as (
        select
            month_ends.period_type,
            month_ends.headcount_month,
            intervals.scope_type,
            intervals.scope_name,
            {{ days_between("spells.tenure_start_date", "month_ends.tenure_date") }}
            as tenure_days
        from intervals
        inner join
            month_ends
            on intervals.valid_from_date <= month_ends.tenure_date
            and intervals.valid_until_date > month_ends.tenure_date
        inner join
            spells
            on intervals.person_key = spells.person_key
            and intervals.spell_number = spells.spell_number
    ),
    staying as (
        select
            period_type,
            headcount_month,
            scope_type,
            scope_name,
            sum(tenure_days) as total_days,
            percentile_cont(0.5) within group (
                order by cast(tenure_days as double) asc nulls last
            ) as median_days
        from present
        group by period_type, headcount_month, scope_type, scope_name
    ),
    leaving as (
        select
            period_days.period_type,
            period_days.period_start_date as headcount_month,
            separations.scope_type,
            separations.scope_name,
            count(*) as leaver_count,
            sum(spells.tenure_days) as total_days,
            percentile_cont(0.5) within group (
                order by cast(spells.tenure_days as double) asc nulls last
            ) as median_days
        from separations
        inner join spells on separations.spell_key = spells.spell_key
        inner join period_days on separations.change_date = period_days.calendar_date
        group by
            period_days.period_type,
            period_days.period_start_date,
            separations.scope_type,
            separations.scope_name
    )
select
    headcounts.period_type,
    headcounts.headcount_month,
    headcounts.scope_type,
    headcounts.scope_name,
    headcounts.is_complete,
    headcounts.headcount_count,
    cast(coalesce(staying.total_days, 0) as bigint) as total_tenure_days,
    {{ safe_ratio("staying.total_days", "headcounts.headcount_count") }}
    as mean_tenure_days,
    cast(staying.median_days as double) as median_tenure_days,
    cast(coalesce(leaving.leaver_count, 0) as bigint) as leaver_count,
    cast(coalesce(leaving.total_days, 0) as bigint) as total_leaver_tenure_days,
    {{ safe_ratio("leaving.total_days", "leaving.leaver_count") }}
    as mean_leaver_tenure_days,
    cast(leaving.median_days as double) as median_leaver_tenure_days
from headcounts
left join
    staying
    on headcounts.period_type = staying.period_type
    and headcounts.headcount_month = staying.headcount_month
    and headcounts.scope_type = staying.scope_type
    and headcounts.scope_name = staying.scope_name
left join
    leaving
    on headcounts.period_type = leaving.period_type
    and headcounts.headcount_month = leaving.headcount_month
    and headcounts.scope_type = leaving.scope_type
    and headcounts.scope_name = leaving.scope_name
