-- Every record of somebody who works here: HR employee, CRM owner, helpdesk agent,
-- author.
-- Grain: one row per (vendor, record_type, record_id).
with
    employees as (select * from {{ ref("int_employees") }}),
    owners as (
        select
            *,
            row_number() over (
                partition by vendor, employee_id
                order by extracted_at desc nulls last, row_hash desc nulls last
            ) as version_rank
        from {{ ref("int_employee_versions") }}
    ),
    helpdesk_users as (select * from {{ ref("int_helpdesk_users") }}),
    authors as (select * from {{ ref("int_content_authors") }}),
    records as (
        select
            vendor,
            'employee' as record_type,
            employee_id as record_id,
            work_email as email,
            full_name,
            terminated_date is null or terminated_date > {{ as_of_date() }} as is_active
        from employees
        where not is_deleted
        union all
        select
            vendor,
            'owner' as record_type,
            employee_id as record_id,
            rep_email as email,
            full_name,
            is_active
        from owners
        where version_rank = 1
        union all
        select
            vendor,
            'agent' as record_type,
            user_id as record_id,
            email,
            full_name,
            is_active
        from helpdesk_users
        where user_type = 'agent' and not is_deleted
        union all
        select
            vendor,
            'author' as record_type,
            author_id as record_id,
            email,
            full_name,
            is_active
        from authors
    )
select
    cast(
        -- Without an address the record stands for itself.
        md5(
            coalesce(
                'person-' || {{ normalised_email("email") }},
                record_type || '-' || vendor || '-' || record_id
            )
        ) as string
    ) as person_key,
    cast(vendor as string) as vendor,
    cast(record_type as string) as record_type,
    cast(record_id as string) as record_id,
    cast({{ normalised_email("email") }} as string) as email,
    cast(nullif(trim(full_name), '') as string) as full_name,
    coalesce(is_active, false) as is_active
from records
where record_id is not null
