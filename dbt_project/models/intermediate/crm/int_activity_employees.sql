-- Which reps took part in an activity: its owner and the attending owners.
-- Grain: one row per activity and rep; an activity of nobody has the rep ''.
with
    activities as (select * from {{ ref("int_activities") }}),
    attendees as (
        select
            vendor,
            activity_type,
            activity_id,
            {{ explode_text("attendee_employee_ids", ";") }} as employee_id
        from activities
    ),
    people as (
        select
            vendor,
            activity_type,
            activity_id,
            coalesce(employee_id, '') as employee_id,
            1 as owner_flag
        from activities
        union all
        select
            vendor,
            activity_type,
            activity_id,
            trim(employee_id) as employee_id,
            0 as owner_flag
        from attendees
        where trim(employee_id) <> ''
    )
select
    cast(vendor as string) as vendor,
    cast(activity_type as string) as activity_type,
    cast(activity_id as string) as activity_id,
    cast(employee_id as string) as employee_id,
    max(owner_flag) = 1 as is_activity_owner
from people
group by vendor, activity_type, activity_id, employee_id
