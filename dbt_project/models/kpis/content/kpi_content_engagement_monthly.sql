-- K51, K52, K53: readers, views, engaged time and scroll depth of articles per month.
-- Grain: one row per (period_type, view_month, scope_type, scope_name) with a view.
-- Figures of age groups of few people are hidden (convention 9).
{% set measures = [
    "page_view_count",
    "measured_view_count",
    "engaged_view_count",
    "short_view_count",
    "scrolled_view_count",
    "read_through_count",
    "visitor_count",
    "reader_count",
    "engaged_seconds",
    "scroll_depth_total",
    "median_engaged_seconds",
    "p90_engaged_seconds",
] %}
with
    views as (select * from {{ ref("int_page_view_scopes") }}),
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
    summed as (
        select
            period_days.period_type,
            period_days.period_start_date,
            views.scope_type,
            views.scope_name,
            count(*) as page_view_count,
            sum(case when views.is_measured then 1 else 0 end) as measured_view_count,
            sum(case when views.is_engaged then 1 else 0 end) as engaged_view_count,
            sum(case when views.is_short_page then 1 else 0 end) as short_view_count,
            sum(
                case
                    when
                        views.scroll_depth_share is not null and not views.is_short_page
                    then 1
                    else 0
                end
            ) as scrolled_view_count,
            sum(
                case when views.is_read_through then 1 else 0 end
            ) as read_through_count,
            count(distinct views.reader_key) as visitor_count,
            count(
                distinct case when views.is_engaged then views.reader_key end
            ) as reader_count,
            sum(views.engaged_seconds) as engaged_seconds,
            -- A page that fits the screen is at its end at once: it says nothing here.
            sum(
                case when not views.is_short_page then views.scroll_depth_share end
            ) as scroll_depth_total,
            percentile_cont(0.5) within group (
                order by
                    case
                        when views.is_measured
                        then cast(views.engaged_seconds as double)
                    end asc nulls last
            ) as median_engaged_seconds,
            percentile_cont(0.9) within group (
                order by
                    case
                        when views.is_measured
                        then cast(views.engaged_seconds as double)
                    end asc nulls last
            ) as p90_engaged_seconds
        from views
        inner join period_days on views.view_date = period_days.calendar_date
        group by
            period_days.period_type,
            period_days.period_start_date,
            views.scope_type,
            views.scope_name
    ),
    judged as (
        select
            *,
            scope_type = 'age_group'
            and {{
                is_hidden_group(
                    "visitor_count",
                    ["period_type", "period_start_date", "scope_type"],
                    "scope_name",
                )
            }} as is_hidden
        from summed
    ),
    final as (
        select
            judged.period_type,
            judged.period_start_date,
            judged.scope_type,
            judged.scope_name,
            judged.is_hidden,
            periods.is_complete,
            {% for measure in measures %}
                case
                    when not judged.is_hidden then judged.{{ measure }}
                end as {{ measure }}
                {%- if not loop.last %}, {% endif %}
            {% endfor %}
        from judged
        inner join
            periods
            on judged.period_type = periods.period_type
            and judged.period_start_date = periods.period_start_date
    )
select
    cast(period_type as string) as period_type,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(is_complete as boolean) as is_complete,
    cast(is_hidden as boolean) as is_hidden,
    cast(page_view_count as bigint) as page_view_count,
    cast(measured_view_count as bigint) as measured_view_count,
    cast(engaged_view_count as bigint) as engaged_view_count,
    cast(short_view_count as bigint) as short_view_count,
    cast(scrolled_view_count as bigint) as scrolled_view_count,
    cast(read_through_count as bigint) as read_through_count,
    cast(visitor_count as bigint) as visitor_count,
    cast(reader_count as bigint) as reader_count,
    cast(engaged_seconds as bigint) as engaged_seconds,
    {{ safe_ratio("engaged_seconds", "measured_view_count") }}
    as average_engaged_seconds,
    cast(median_engaged_seconds as double) as median_engaged_seconds,
    cast(p90_engaged_seconds as double) as p90_engaged_seconds,
    {{ safe_ratio("scroll_depth_total", "scrolled_view_count") }} as scroll_depth_share,
    {{ safe_ratio("read_through_count", "measured_view_count") }} as read_through_rate,
    cast(period_start_date as date) as view_month
from final
