-- K99: minutes that each rep spent per customer in meetings, calls and e-mails.
-- Grain: one row per period_type, activity_month, employee_key and company_key with
-- minutes.
with
    minutes as (select * from {{ ref("int_activity_minutes") }}),
    employees as (select * from {{ ref("dim_employees") }}),
    companies as (select * from {{ ref("dim_companies") }}),
    months as (
        select *
        from {{ ref("int_periods") }}
        where period_type in ('month', 'jalali_month')
    ),
    month_days as (
        select *
        from {{ ref("int_period_days") }}
        where period_type in ('month', 'jalali_month') and comparison_type = 'current'
    ),
    memberships as (
        select * from {{ ref("int_employee_scopes") }} where scope_type = 'rep'
    ),
    sums as (
        select
            month_days.period_type,
            month_days.period_start_date,
            minutes.employee_key,
            minutes.company_key,
            sum(
                case
                    when minutes.activity_type = 'meeting'
                    then minutes.spent_minutes
                    else 0
                end
            ) as meeting_minutes,
            sum(
                case
                    when minutes.activity_type = 'call'
                    then minutes.spent_minutes
                    else 0
                end
            ) as call_minutes,
            sum(
                case
                    when minutes.activity_type = 'email'
                    then minutes.spent_minutes
                    else 0
                end
            ) as email_minutes,
            sum(minutes.spent_minutes) as total_minutes,
            sum(
                case when minutes.is_estimated then minutes.spent_minutes else 0 end
            ) as estimated_minutes
        from minutes
        inner join month_days on minutes.activity_date = month_days.calendar_date
        group by
            month_days.period_type,
            month_days.period_start_date,
            minutes.employee_key,
            minutes.company_key
    ),
    final as (
        select
            cast(sums.period_type as string) as period_type,
            cast(sums.period_start_date as date) as activity_month,
            cast(sums.employee_key as string) as employee_key,
            cast(employees.full_name as string) as rep_name,
            cast(employees.rep_email as string) as rep_email,
            cast(memberships.team_name as string) as team_name,
            cast(memberships.region_name as string) as region_name,
            cast(sums.company_key as string) as company_key,
            cast(companies.company_name as string) as company_name,
            months.is_complete,
            round(cast(sums.meeting_minutes as double), 6) as meeting_minutes,
            round(cast(sums.call_minutes as double), 6) as call_minutes,
            round(cast(sums.email_minutes as double), 6) as email_minutes,
            round(cast(sums.total_minutes as double), 6) as total_minutes,
            round(cast(sums.estimated_minutes as double), 6) as estimated_minutes,
            round(
                {{ safe_ratio("sums.estimated_minutes", "sums.total_minutes") }}, 6
            ) as estimated_share
        from sums
        inner join
            months
            on sums.period_type = months.period_type
            and sums.period_start_date = months.period_start_date
        inner join employees on sums.employee_key = employees.employee_key
        inner join companies on sums.company_key = companies.company_key
        -- The team at the end of the month, or now when that is earlier.
        inner join
            memberships
            on sums.employee_key = memberships.employee_key
            and least(
                cast(cast(months.period_end_date + 1 as date) as timestamp),
                {{ to_local_time(as_of()) }}
            )
            > {{ to_local_time("memberships.valid_from_at") }}
            and least(
                cast(cast(months.period_end_date + 1 as date) as timestamp),
                {{ to_local_time(as_of()) }}
            )
            <= {{ to_local_time("memberships.valid_to_at") }}
    )
select *
from final
