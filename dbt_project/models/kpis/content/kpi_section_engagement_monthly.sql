-- K54: which sections of an article readers reach, how long they stay and where they
-- leave, per month and layout of the page.
-- Grain: one row per (period_type, view_month, article_key, layout_version, section_id,
-- scope_type, scope_name) that was seen. Figures of age groups of few people are
-- hidden.
with
    views as (
        select *
        from {{ ref("int_page_view_scopes") }}
        where is_measured and scope_type in ('total', 'device', 'age_group')
    ),
    sections as (select * from {{ ref("fct_page_view_sections") }}),
    periods as (
        select *
        from {{ ref("int_periods") }}
        where period_type in ('month', 'jalali_month')
    ),
    period_days as (
        select *
        from {{ ref("int_period_days") }}
        where comparison_type = 'current' and period_type in ('month', 'jalali_month')
    ),
    dated as (
        select period_days.period_type, period_days.period_start_date, views.*
        from views
        inner join period_days on views.view_date = period_days.calendar_date
    ),
    viewed as (
        select
            period_type,
            period_start_date,
            article_key,
            layout_version,
            scope_type,
            scope_name,
            count(*) as view_count,
            count(distinct reader_key) as visitor_count
        from dated
        group by
            period_type,
            period_start_date,
            article_key,
            layout_version,
            scope_type,
            scope_name
    ),
    judged as (
        select
            *,
            scope_type = 'age_group'
            and {{
                is_hidden_group(
                    "visitor_count",
                    [
                        "period_type",
                        "period_start_date",
                        "article_key",
                        "layout_version",
                        "scope_type",
                    ],
                    "scope_name",
                )
            }} as is_hidden
        from viewed
    ),
    seen as (
        select
            dated.period_type,
            dated.period_start_date,
            dated.article_key,
            dated.layout_version,
            dated.scope_type,
            dated.scope_name,
            sections.section_id,
            sum(case when sections.was_reached then 1 else 0 end) as reached_view_count,
            sum(case when sections.is_exit then 1 else 0 end) as exit_view_count,
            sum(
                case when sections.was_reached then sections.visible_seconds else 0 end
            ) as dwell_seconds
        from dated
        inner join sections on dated.page_view_key = sections.page_view_key
        group by
            dated.period_type,
            dated.period_start_date,
            dated.article_key,
            dated.layout_version,
            dated.scope_type,
            dated.scope_name,
            sections.section_id
    ),
    final as (
        select
            seen.period_type,
            seen.period_start_date,
            seen.article_key,
            seen.layout_version,
            seen.section_id,
            seen.scope_type,
            seen.scope_name,
            periods.is_complete,
            judged.is_hidden,
            case when not judged.is_hidden then judged.view_count end as view_count,
            case
                when not judged.is_hidden then seen.reached_view_count
            end as reached_view_count,
            case
                when not judged.is_hidden then seen.exit_view_count
            end as exit_view_count,
            case when not judged.is_hidden then seen.dwell_seconds end as dwell_seconds
        from seen
        inner join
            judged
            on seen.period_type = judged.period_type
            and seen.period_start_date = judged.period_start_date
            and seen.article_key = judged.article_key
            and seen.layout_version = judged.layout_version
            and seen.scope_type = judged.scope_type
            and seen.scope_name = judged.scope_name
        inner join
            periods
            on seen.period_type = periods.period_type
            and seen.period_start_date = periods.period_start_date
    )
select
    cast(period_type as string) as period_type,
    cast(article_key as string) as article_key,
    cast(layout_version as string) as layout_version,
    cast(section_id as string) as section_id,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(is_complete as boolean) as is_complete,
    cast(is_hidden as boolean) as is_hidden,
    cast(view_count as bigint) as view_count,
    cast(reached_view_count as bigint) as reached_view_count,
    cast(exit_view_count as bigint) as exit_view_count,
    cast(dwell_seconds as double) as dwell_seconds,
    {{ safe_ratio("reached_view_count", "view_count") }} as reach_rate,
    {{ safe_ratio("dwell_seconds", "reached_view_count") }} as average_dwell_seconds,
    {{ safe_ratio("exit_view_count", "reached_view_count") }} as exit_share,
    cast(period_start_date as date) as view_month
from final
