-- The employment status history as HR has it now; rows may lie ahead.
-- Grain: one row per employee and row of his history.
{{ config(enabled=is_vendor_used("bamboohr")) }}
with
    changes as (
        select
            *,
            -- The row that is in force says what somebody is when he works.
            row_number() over (
                partition by
                    employee_id,
                    employment_type not in ('terminated', 'leave')
                    and effective_date <= {{ as_of_date() }}
                order by
                    effective_date desc nulls last, status_change_id desc nulls last
            ) as recency_rank
        from {{ ref("stg_bamboohr__employee_status_versions") }}
        where reported_until_at is null
    ),
    details as (
        {{
            newest_rows(
                "bamboohr",
                "employee_details",
                key=["employee_id"],
                newest_by="_dlt_load_id",
            )
        }}
    )
select
    changes.employee_id,
    changes.status_change_id,
    changes.employment_type,
    changes.employment_status_name,
    changes.termination_type,
    changes.termination_reason_name,
    changes.is_rehire_eligible,
    changes.is_regretted,
    -- BambooHR knows the hours of now alone, and calls a whole job full-time, however
    -- many hours it has.
    cast(
        case
            when
                changes.recency_rank = 1
                and changes.employment_type not in ('terminated', 'leave', 'full_time')
                and changes.effective_date <= {{ as_of_date() }}
                -- least() would take the 1 of a missing number.
                and details.standard_hours_per_week > 0
            then
                least(
                    cast(details.standard_hours_per_week as double)
                    / {{ var("full_time_weekly_hours") }},
                    1
                )
        end as double
    ) as fte_share,
    changes.effective_date,
    changes._loaded_at
from changes
left join details on changes.employee_id = details.employee_id
