-- Who counted at the end of a month by what the HR system said from when to when: a
-- past that it rewrote ends one row and begins another.
-- Grain: one row per (period_type, period_start_date, scope_type, vendor, employee_id,
-- reported_from_at); months that have ended.
with
    periods as (
        select period_type, period_start_date, period_end_date
        from {{ ref("int_periods") }}
        where period_type in ('month', 'jalali_month') and is_complete
    ),
    employees as (select * from {{ ref("int_employees") }}),
    {% for history, id in [["status", "status_change_id"], ["job", "job_change_id"]] %}
        {{ history }}_rows as (
            select
                periods.period_type,
                periods.period_start_date,
                versions.*,
                -- Of several rows of one day the last written one holds.
                row_number() over (
                    partition by
                        periods.period_type,
                        periods.period_start_date,
                        versions.vendor,
                        versions.employee_id,
                        versions.set_version
                    order by
                        versions.effective_date desc nulls last,
                        versions.{{ id }} desc nulls last
                ) as row_rank
                {% if history == "status" %}
                    ,
                    row_number() over (
                        partition by
                            periods.period_type,
                            periods.period_start_date,
                            versions.vendor,
                            versions.employee_id,
                            versions.set_version,
                            versions.employment_type = 'leave'
                        order by
                            versions.effective_date desc nulls last,
                            versions.{{ id }} desc nulls last
                    ) as kind_rank
                {% endif %}
            from {{ ref("int_employee_" ~ history ~ "_versions") }} as versions
            inner join periods on versions.effective_date <= periods.period_end_date
        ),
    {% endfor %}
    statuses as (
        select
            period_type,
            period_start_date,
            vendor,
            employee_id,
            set_version,
            min(reported_from_at) as from_at,
            min(reported_until_at) as until_at,
            max(case when row_rank = 1 then employment_type end) as present_type,
            max(
                case
                    when employment_type <> 'leave' and kind_rank = 1
                    then employment_type
                end
            ) as working_type
        from status_rows
        group by period_type, period_start_date, vendor, employee_id, set_version
    ),
    counted as (
        select
            statuses.*,
            coalesce(
                statuses.until_at,
                case
                    when employees.is_deleted
                    then coalesce(employees.updated_at, employees._loaded_at)
                end,
                cast('9999-12-31' as timestamp)
            ) as end_at
        from statuses
        left join
            employees
            on statuses.vendor = employees.vendor
            and statuses.employee_id = employees.employee_id
        where
            statuses.present_type <> 'terminated'
            -- What somebody on leave is, is what he was before.
            and coalesce(
                nullif(statuses.working_type, 'terminated'), statuses.present_type
            )
            in ('{{ var("counted_employment_types") | join("', '") }}')
    ),
    jobs as (
        select *, coalesce(reported_until_at, cast('9999-12-31' as timestamp)) as end_at
        from job_rows
        where row_rank = 1
    ),
    scoped as (
        select
            period_type,
            period_start_date,
            'total' as scope_type,
            'all' as scope_name,
            vendor,
            employee_id,
            from_at,
            end_at
        from counted
        union all
        select
            counted.period_type,
            counted.period_start_date,
            'department' as scope_type,
            coalesce(jobs.department_name, 'no department') as scope_name,
            counted.vendor,
            counted.employee_id,
            greatest(
                counted.from_at, coalesce(jobs.reported_from_at, counted.from_at)
            ) as from_at,
            least(counted.end_at, coalesce(jobs.end_at, counted.end_at)) as end_at
        from counted
        left join
            jobs
            on counted.period_type = jobs.period_type
            and counted.period_start_date = jobs.period_start_date
            and counted.vendor = jobs.vendor
            and counted.employee_id = jobs.employee_id
            and counted.from_at < jobs.end_at
            and counted.end_at > jobs.reported_from_at
    )
select
    cast(period_type as string) as period_type,
    cast(period_start_date as date) as period_start_date,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(vendor as string) as vendor,
    cast(employee_id as string) as employee_id,
    cast(from_at as timestamp) as reported_from_at,
    cast(
        case when end_at < cast('9999-12-31' as timestamp) then end_at end as timestamp
    ) as reported_until_at
from scoped
where from_at < end_at
