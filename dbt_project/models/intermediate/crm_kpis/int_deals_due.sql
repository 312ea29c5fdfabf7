-- Deals that were due in a month at its first instant, and what became of them.
-- Grain: one row per deal_key, period_type and due_month.
-- Instants are compared as wall-clock times of the reporting time zone: months begin
-- there.
with
    close_dates as (
        select
            deal_key,
            close_date,
            change_number,
            {{ to_local_time("stated_at") }} as valid_from_at,
            {{ to_local_time("replaced_at") }} as valid_to_at
        from {{ ref("int_deal_close_date_intervals") }}
        where stated_at <= {{ as_of() }}
    ),
    stages as (
        select
            deal_key,
            is_closed_stage,
            is_won_stage,
            is_lost_stage,
            {{ to_local_time("entered_at") }} as valid_from_at,
            {{ to_local_time("left_at") }} as valid_to_at
        from {{ ref("fct_deal_stage_changes") }}
    ),
    owners as (
        select
            deal_key,
            employee_key,
            {{ to_local_time("valid_from_at") }} as valid_from_at,
            {{ to_local_time("valid_to_at") }} as valid_to_at
        from {{ ref("int_deal_owner_intervals") }}
    ),
    months as (
        select
            period_type,
            period_start_date as due_month,
            cast(period_start_date as timestamp) as begins_at,
            period_end_date as last_date,
            least(
                cast(cast(period_end_date + 1 as date) as timestamp),
                {{ to_local_time(as_of()) }}
            ) as judged_at
        from {{ ref("int_periods") }}
        where period_type in ('month', 'jalali_month')
    ),
    -- Of the open month also the days to come: a deal may be due on them.
    month_days as (
        {% for period_type, first_day in [
            ["month", "calendar_month"],
            ["jalali_month", "jalali_month"],
        ] %}
            select
                '{{ period_type }}' as period_type,
                {{ first_day }} as due_month,
                calendar_date
            from {{ ref("dim_dates") }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),
    -- A close date that stood when its own month began.
    due as (
        select close_dates.deal_key, months.*
        from close_dates
        inner join month_days on close_dates.close_date = month_days.calendar_date
        inner join
            months
            on month_days.period_type = months.period_type
            and month_days.due_month = months.due_month
            and close_dates.valid_from_at <= months.begins_at
            and coalesce(close_dates.valid_to_at > months.begins_at, true)
    ),
    still_open as (
        select due.*, owners.employee_key
        from due
        inner join
            stages
            on due.deal_key = stages.deal_key
            and due.begins_at >= stages.valid_from_at
            and coalesce(due.begins_at < stages.valid_to_at, true)
        inner join
            owners
            on due.deal_key = owners.deal_key
            and due.begins_at >= owners.valid_from_at
            and due.begins_at < owners.valid_to_at
        where not stages.is_closed_stage
    ),
    judged as (
        select
            still_open.deal_key,
            still_open.period_type,
            still_open.due_month,
            still_open.employee_key,
            coalesce(
                close_dates.close_date > still_open.last_date, true
            ) as was_moved_out,
            stages.is_won_stage,
            stages.is_lost_stage
        from still_open
        inner join
            close_dates
            on still_open.deal_key = close_dates.deal_key
            and still_open.judged_at >= close_dates.valid_from_at
            and coalesce(still_open.judged_at < close_dates.valid_to_at, true)
        inner join
            stages
            on still_open.deal_key = stages.deal_key
            and still_open.judged_at >= stages.valid_from_at
            and coalesce(still_open.judged_at < stages.valid_to_at, true)
    )
select
    cast(deal_key as string) as deal_key,
    cast(employee_key as string) as employee_key,
    cast(period_type as string) as period_type,
    was_moved_out,
    not was_moved_out and is_won_stage as was_won,
    not was_moved_out and is_lost_stage as was_lost,
    cast(due_month as date) as due_month
from judged
