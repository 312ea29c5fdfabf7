-- Positions to be filled: when each was opened, filled by a first acceptance or given
-- up, and when who accepted had applied.
-- Grain: one row per requisition_key; what lies after the run's day has not happened.
with
    stages as (
        select *
        from {{ ref("int_recruiting_stages") }}
        where entered_date <= {{ as_of_date() }} and requisition_id is not null
    ),
    applications as (
        select
            vendor,
            requisition_id,
            application_id,
            min(source_name) as source_name,
            min(case when stage_type = 'applied' then entered_date end) as applied_date,
            min(
                case when stage_type = 'accepted' then entered_date end
            ) as accepted_date
        from stages
        where application_id <> ''
        group by vendor, requisition_id, application_id
    ),
    ranked as (
        select
            *,
            count(*) over (partition by vendor, requisition_id) as application_count,
            row_number() over (
                partition by vendor, requisition_id
                order by
                    case when accepted_date is null then 1 else 0 end asc nulls last,
                    accepted_date asc nulls last,
                    application_id asc nulls last
            ) as acceptance_rank
        from applications
    ),
    requisitions as (
        select
            vendor,
            requisition_id,
            min(department_name) as department_name,
            min(location_name) as location_name,
            min(job_title) as job_title,
            min(case when stage_type = 'opened' then entered_date end) as opened_date,
            max(
                case when stage_type = 'cancelled' then entered_date end
            ) as last_cancelled_date
        from stages
        group by vendor, requisition_id
    ),
    final as (
        select
            requisitions.*,
            firsts.application_count,
            case
                when firsts.accepted_date is not null then firsts.source_name
            end as source_name,
            case
                when firsts.accepted_date is not null then firsts.applied_date
            end as applied_date,
            firsts.accepted_date,
            -- Closing a filled one is no cancelling.
            case
                when firsts.accepted_date is null then requisitions.last_cancelled_date
            end as cancelled_date
        from requisitions
        left join
            ranked as firsts
            on requisitions.vendor = firsts.vendor
            and requisitions.requisition_id = firsts.requisition_id
            and firsts.acceptance_rank = 1
    )
select
    cast(
        {{ surrogate_key(["vendor", "requisition_id"]) }} as string
    ) as requisition_key,
    cast(vendor as string) as vendor,
    cast(requisition_id as string) as requisition_id,
    cast(coalesce(department_name, 'no department') as string) as department_name,
    cast(coalesce(location_name, 'no location') as string) as location_name,
    cast(job_title as string) as job_title,
    cast(source_name as string) as source_name,
    cast(
        case
            when accepted_date is not null
            then 'filled'
            when cancelled_date is not null
            then 'cancelled'
            else 'open'
        end as string
    ) as requisition_status,
    cast(coalesce(application_count, 0) as bigint) as application_count,
    cast(
        case
            when accepted_date >= opened_date
            then {{ days_between("opened_date", "accepted_date") }}
        end as bigint
    ) as days_to_fill,
    cast(
        case
            when accepted_date >= applied_date
            then {{ days_between("applied_date", "accepted_date") }}
        end as bigint
    ) as days_to_hire,
    cast(opened_date as date) as opened_date,
    cast(applied_date as date) as applied_date,
    cast(accepted_date as date) as accepted_date,
    cast(cancelled_date as date) as cancelled_date
from final
