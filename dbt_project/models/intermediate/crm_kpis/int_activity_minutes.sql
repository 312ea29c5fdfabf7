-- Minutes that reps spent per company, overlaps merged and split over companies (K99).
-- Grain: one row per activity_date, employee_key, company_key, activity_type,
-- is_estimated. A rep's meetings and calls are cut at every start and end; each piece
-- is split equally over the companies he was with. E-mails are split over their own
-- companies.
with
    activities as (
        select *
        from {{ ref("fct_activities") }}
        where has_counted_time and started_at <= {{ as_of() }}
    ),
    participants as (select * from {{ ref("fct_activity_participants") }}),
    attended as (
        select
            participants.employee_key,
            participants.company_key,
            activities.activity_key,
            activities.activity_type,
            activities.is_duration_estimated,
            activities.started_at,
            activities.ended_at,
            activities.duration_minutes,
            {{ local_date("activities.started_at") }} as activity_date
        from activities
        inner join participants on activities.activity_key = participants.activity_key
    ),
    intervals as (
        select *
        from attended
        where activity_type in ('meeting', 'call') and ended_at > started_at
    ),
    -- Stretches without a gap: only activities of one stretch can overlap.
    stretch_starts as (
        select
            *,
            case
                when
                    started_at < max(ended_at) over (
                        partition by employee_key
                        order by
                            started_at asc nulls first,
                            activity_key asc nulls first,
                            company_key asc nulls first
                        rows between unbounded preceding and 1 preceding
                    )
                then 0
                else 1
            end as starts_stretch
        from intervals
    ),
    stretches as (
        select
            *,
            sum(starts_stretch) over (
                partition by employee_key
                order by
                    started_at asc nulls first,
                    activity_key asc nulls first,
                    company_key asc nulls first
                rows between unbounded preceding and current row
            ) as stretch_number
        from stretch_starts
    ),
    cuts as (
        select employee_key, stretch_number, started_at as cut_at
        from stretches
        union
        select employee_key, stretch_number, ended_at as cut_at
        from stretches
    ),
    pieces as (
        select
            employee_key,
            stretch_number,
            cut_at as piece_start_at,
            lead(cut_at) over (
                partition by employee_key, stretch_number
                order by cut_at asc nulls first
            ) as piece_end_at
        from cuts
    ),
    -- What fills a piece for one company: a meeting when there is one, else calls.
    filled as (
        select
            pieces.employee_key,
            pieces.piece_start_at,
            pieces.piece_end_at,
            stretches.company_key,
            stretches.activity_type,
            stretches.activity_date,
            stretches.started_at,
            stretches.is_duration_estimated,
            max(case when stretches.activity_type = 'meeting' then 1 else 0 end) over (
                partition by
                    pieces.employee_key, pieces.piece_start_at, stretches.company_key
            ) as meeting_flag
        from pieces
        inner join
            stretches
            on pieces.employee_key = stretches.employee_key
            and pieces.stretch_number = stretches.stretch_number
            and pieces.piece_start_at >= stretches.started_at
            and pieces.piece_end_at <= stretches.ended_at
    ),
    shares as (
        select
            employee_key,
            piece_start_at,
            piece_end_at,
            company_key,
            activity_type,
            bool_and(is_duration_estimated) as is_estimated,
            min(activity_date) as activity_date,
            count(*) over (partition by employee_key, piece_start_at) as company_count
        from filled
        where meeting_flag = 0 or activity_type = 'meeting'
        group by employee_key, piece_start_at, piece_end_at, company_key, activity_type
    ),
    emails as (
        select
            *, count(*) over (partition by activity_key, employee_key) as company_count
        from attended
        where activity_type = 'email'
    ),
    minutes as (
        select
            activity_date,
            employee_key,
            company_key,
            activity_type,
            is_estimated,
            {{ minutes_between("piece_start_at", "piece_end_at") }}
            / company_count as minutes
        from shares
        union all
        select
            activity_date,
            employee_key,
            company_key,
            activity_type,
            is_duration_estimated as is_estimated,
            duration_minutes / company_count as minutes
        from emails
    )
select
    cast(employee_key as string) as employee_key,
    cast(company_key as string) as company_key,
    cast(activity_type as string) as activity_type,
    is_estimated,
    cast(sum(minutes) as double) as spent_minutes,
    cast(activity_date as date) as activity_date
from minutes
group by activity_date, employee_key, company_key, activity_type, is_estimated
