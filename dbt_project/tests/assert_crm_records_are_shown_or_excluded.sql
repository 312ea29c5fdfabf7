-- Fails if a CRM record is in no mart and has no reason for that, or is in both.
with
    known as (
        select 'deal' as record_type
        from {{ ref("int_deals") }}
        union all
        select 'company' as record_type
        from {{ ref("int_companies") }}
        union all
        select 'contact' as record_type
        from {{ ref("int_contacts") }}
        union all
        select 'line_item' as record_type
        from {{ ref("int_line_items") }}
        union all
        select 'target' as record_type
        from {{ ref("int_targets") }}
        union all
        select 'marketing_event_participation' as record_type
        from {{ ref("int_marketing_event_participations") }}
        union all
        select activity_type as record_type
        from {{ ref("int_activities") }}
    ),
    accounted as (
        select 'deal' as record_type, 1 as record_count
        from {{ ref("fct_deals") }}
        union all
        select 'company' as record_type, 1 as record_count
        from {{ ref("dim_companies") }}
        where company_id <> ''
        union all
        select 'contact' as record_type, 1 as record_count
        from {{ ref("dim_contacts") }}
        where contact_id <> ''
        union all
        select 'line_item' as record_type, 1 as record_count
        from {{ ref("fct_deal_line_items") }}
        union all
        select 'target' as record_type, goal_count as record_count
        from {{ ref("fct_targets") }}
        union all
        select 'marketing_event_participation' as record_type, 1 as record_count
        from {{ ref("fct_marketing_event_participations") }}
        union all
        select activity_type as record_type, 1 as record_count
        from {{ ref("fct_activities") }}
        union all
        select record_type, 1 as record_count
        from {{ ref("int_excluded_crm_records") }}
    ),
    differences as (
        select record_type, 1 as record_count
        from known
        union all
        select record_type, - record_count as record_count
        from accounted
    )
select record_type, sum(record_count) as unaccounted_count
from differences
group by record_type
having sum(record_count) <> 0
