-- The recruiting funnel: when an application reached a stage.
-- Grain: one row per requisition, application, stage and day, of the newest file that
-- has it.
{{ config(enabled=is_vendor_used("files")) }}
with
    rows_of_files as (
        {{
            newest_rows(
                "files",
                "recruiting_stages",
                key=[
                    "requisition_id",
                    "application_id",
                    "stage_name",
                    "entered_date",
                ],
                newest_by="file_modified_at",
            )
        }}
    )
select
    cast(nullif(trim(requisition_id), '') as string) as requisition_id,
    cast(coalesce(trim(application_id), '') as string) as application_id,
    cast(nullif(trim(candidate_ref), '') as string) as candidate_reference,
    cast(nullif(trim(department), '') as string) as department_name,
    cast(nullif(trim(job_title), '') as string) as job_title,
    cast(nullif(trim(location), '') as string) as location_name,
    cast(nullif(trim(source_name), '') as string) as source_name,
    cast(
        case
            when lower(trim(stage_name)) in ('opened', 'open', 'requested')
            then 'opened'
            when lower(trim(stage_name)) in ('applied', 'application', 'new', 'sourced')
            then 'applied'
            when lower(trim(stage_name)) in ('screening', 'screen', 'phone screen')
            then 'screening'
            when lower(trim(stage_name)) like '%interview%'
            then 'interview'
            when lower(trim(stage_name)) in ('offer', 'offered')
            then 'offer'
            when lower(trim(stage_name)) in ('accepted', 'hired', 'offer accepted')
            then 'accepted'
            when lower(trim(stage_name)) in ('rejected', 'declined', 'not hired')
            then 'rejected'
            when lower(trim(stage_name)) in ('withdrawn', 'withdrew')
            then 'withdrawn'
            when lower(trim(stage_name)) in ('cancelled', 'canceled', 'closed')
            then 'cancelled'
            else 'other'
        end as string
    ) as stage_type,
    cast(nullif(trim(stage_name), '') as string) as stage_name,
    cast(nullif(trim(employee_number), '') as string) as employee_number,
    cast(entered_date as date) as entered_date,
    {{ loaded_at() }} as _loaded_at
from rows_of_files
where line_number > 0
