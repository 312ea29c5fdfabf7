-- Who took part in an activity, for which companies.
-- Grain: one row per activity, rep and company: every rep times every company.
with
    activities as (select * from {{ ref("fct_activities") }}),
    employees as (select * from {{ ref("int_activity_employees") }}),
    companies as (select * from {{ ref("int_record_companies") }}),
    participants as (
        select
            activities.activity_key,
            case
                when employees.employee_id = ''
                then {{ unassigned_key() }}
                else {{ surrogate_key(["employees.vendor", "employees.employee_id"]) }}
            end as employee_key,
            coalesce(companies.company_key, {{ unassigned_key() }}) as company_key,
            coalesce(companies.company_source_type, 'none') as company_source_type,
            employees.is_activity_owner
        from activities
        inner join
            employees
            on activities.vendor = employees.vendor
            and activities.activity_type = employees.activity_type
            and activities.activity_id = employees.activity_id
        left join
            companies
            on activities.vendor = companies.vendor
            and activities.activity_type = companies.record_type
            and activities.activity_id = companies.record_id
    )
select
    cast(
        {{ surrogate_key(["activity_key", "employee_key", "company_key"]) }} as string
    ) as activity_participant_key,
    cast(activity_key as string) as activity_key,
    cast(employee_key as string) as employee_key,
    cast(company_key as string) as company_key,
    cast(company_source_type as string) as company_source_type,
    is_activity_owner
from participants
