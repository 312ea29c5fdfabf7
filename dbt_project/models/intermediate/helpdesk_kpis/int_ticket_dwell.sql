-- K22: how long tickets stayed in their open stretches, as far as each month's window
-- (int_ticket_windows) and in all.
-- Grain: one row per ticket_key, interval_number, period_type, window_start_date and
-- is_partial.
{% set zone = env_var("REPORTING_TIMEZONE", "UTC") %}
with
    intervals as (
        select *, coalesce(ended_at, {{ as_of() }}) as until_at
        from {{ ref("fct_ticket_intervals") }}
        where is_open
    ),
    spans as (select min(created_date) as first_date from {{ ref("fct_tickets") }}),
    business as (select * from {{ ref("int_business_stretches") }}),
    days as (
        select
            period_type, window_start_date, is_partial, max(calendar_date) as last_date
        from {{ ref("int_ticket_windows") }}
        group by period_type, window_start_date, is_partial
    ),
    windows as (
        select
            period_type,
            window_start_date,
            is_partial,
            {{ utc_of_local("cast(window_start_date as timestamp)", "'" ~ zone ~ "'") }}
            as window_started_at,
            {{ utc_of_local("cast(last_date + 1 as timestamp)", "'" ~ zone ~ "'") }}
            as window_ended_at
        from days
    ),
    pieces as (
        select
            intervals.*,
            windows.period_type,
            windows.window_start_date,
            windows.is_partial,
            windows.window_ended_at > {{ as_of() }} as reaches_now,
            greatest(
                intervals.started_at, windows.window_started_at
            ) as piece_started_at,
            least(intervals.until_at, windows.window_ended_at) as piece_ended_at
        from intervals
        inner join
            windows
            on intervals.started_at < windows.window_ended_at
            and (
                intervals.until_at > windows.window_started_at
                or intervals.started_at >= windows.window_started_at
            )
    ),
    cut as (
        select
            *,
            piece_started_at > started_at or piece_ended_at < until_at as is_cut,
            -- The clock is read only where a piece is not the whole stretch.
            case
                when piece_started_at > started_at or piece_ended_at < until_at
                then schedule_id
            end as read_schedule_id
        from pieces
    ),
    measured as (
        select
            cut.ticket_key,
            cut.interval_number,
            cut.period_type,
            cut.window_start_date,
            cut.is_partial,
            cut.vendor,
            cut.status_type,
            cut.group_id,
            cut.group_name,
            cut.is_current and cut.reaches_now as is_current,
            {{ minutes_between("cut.piece_started_at", "cut.piece_ended_at") }}
            as calendar_minutes,
            case
                when not cut.is_cut
                then cut.business_minutes
                else
                    {{ business_minutes_until("closing", "cut.piece_ended_at") }}
                    - {{ business_minutes_until("opening", "cut.piece_started_at") }}
            end as business_minutes
        from cut
        left join
            business as opening
            on {{
                is_in_business_stretch(
                    "opening",
                    "cut.vendor",
                    "cut.read_schedule_id",
                    "cut.piece_started_at",
                )
            }}
        left join
            business as closing
            on {{
                is_in_business_stretch(
                    "closing",
                    "cut.vendor",
                    "cut.read_schedule_id",
                    "cut.piece_ended_at",
                )
            }}
        union all
        select
            intervals.ticket_key,
            intervals.interval_number,
            'all' as period_type,
            spans.first_date as window_start_date,
            false as is_partial,
            intervals.vendor,
            intervals.status_type,
            intervals.group_id,
            intervals.group_name,
            intervals.is_current,
            intervals.calendar_minutes,
            intervals.business_minutes
        from intervals
        cross join spans
    )
select
    cast(ticket_key as string) as ticket_key,
    cast(interval_number as bigint) as interval_number,
    cast(period_type as string) as period_type,
    cast(window_start_date as date) as window_start_date,
    cast(is_partial as boolean) as is_partial,
    cast(vendor as string) as vendor,
    cast(status_type as string) as status_type,
    cast(group_id as string) as group_id,
    cast(group_name as string) as group_name,
    cast(is_current as boolean) as is_current,
    cast(calendar_minutes as double) as calendar_minutes,
    cast(business_minutes as double) as business_minutes
from measured
