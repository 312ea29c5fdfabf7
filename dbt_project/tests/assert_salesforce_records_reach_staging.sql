-- Fails if staging shows more or fewer records than Salesforce's completed loads
-- brought.
{{ config(enabled=is_vendor_used("salesforce")) }}
{% set keys = {
    "opportunities": "deals",
    "accounts": "companies",
    "products": "products",
    "opportunity_line_items": "line_items",
    "forecasting_quotas": "targets",
} %}
with
    counts as (
        {% for table, entity in keys.items() %}
            select
                '{{ table }}' as table_name,
                (
                    select count(distinct id)
                    from {{ source("salesforce", table) }}
                    where {{ completed_loads("salesforce") }}
                ) as loaded_count,
                (
                    select count(*) from {{ ref("stg_salesforce__" ~ entity) }}
                ) as staged_count
            union all
        {% endfor %}
        select
            'contacts and leads' as table_name,
            (
                select count(distinct id)
                from {{ source("salesforce", "contacts") }}
                where {{ completed_loads("salesforce") }}
            ) + (
                select count(distinct id)
                from {{ source("salesforce", "leads") }}
                where {{ completed_loads("salesforce") }}
            ) as loaded_count,
            (select count(*) from {{ ref("stg_salesforce__contacts") }}) as staged_count
        union all
        -- Copies of colleagues and patterns of series are no activities.
        select
            'tasks and events' as table_name,
            (
                select count(distinct id)
                from {{ source("salesforce", "tasks") }}
                where
                    {{ completed_loads("salesforce") }}
                    and not coalesce(is_recurrence, false)
            ) + (
                select count(distinct id)
                from {{ source("salesforce", "events") }}
                where
                    {{ completed_loads("salesforce") }}
                    and not coalesce(is_recurrence, false)
                    and not coalesce(is_child, false)
            ) as loaded_count,
            (
                select count(*) from {{ ref("stg_salesforce__activities") }}
            ) as staged_count
    )
select table_name, loaded_count, staged_count
from counts
where loaded_count <> staged_count
