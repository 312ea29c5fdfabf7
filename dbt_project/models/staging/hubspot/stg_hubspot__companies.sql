-- Companies as HubSpot says them, archived ones and merge losers included.
-- Grain: one row per company id, newest version.
{{ config(enabled=is_vendor_used("hubspot")) }}
with companies as ({{ newest_rows("hubspot", "companies") }})
select
    cast(id as string) as company_id,
    cast(nullif(hubspot_owner_id, '') as string) as employee_id,
    cast(nullif(trim(name), '') as string) as company_name,
    cast(nullif(lower(trim(domain)), '') as string) as domain,
    cast(nullif(industry, '') as string) as industry_name,
    cast(nullif(trim(country), '') as string) as country_name,
    cast(nullif(trim(state), '') as string) as state_name,
    cast(nullif(trim(city), '') as string) as city_name,
    cast(nullif(lifecyclestage, '') as string) as lifecycle_stage,
    coalesce(archived, false) or is_vanished as is_archived,
    cast(numberofemployees as bigint) as employee_count,
    cast(coalesce(createdate, created_at) as timestamp) as created_at,
    cast(updated_at as timestamp) as updated_at,
    {{ loaded_at() }} as _loaded_at
from companies
