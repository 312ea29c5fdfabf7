-- Accounts as Salesforce says them, deleted ones and merge losers included.
-- Grain: one row per account id, newest version.
{{ config(enabled=is_vendor_used("salesforce")) }}
with
    accounts as (
        {{ newest_rows("salesforce", "accounts", newest_by="system_modstamp") }}
    )
select
    cast(id as string) as company_id,
    cast(owner_id as string) as employee_id,
    cast(nullif(trim(name), '') as string) as company_name,
    -- A web address: its host without www.
    cast(
        nullif(
            replace(
                split_part(
                    replace(
                        replace(lower(trim(website)), 'https://', ''), 'http://', ''
                    ),
                    '/',
                    1
                ),
                'www.',
                ''
            ),
            ''
        ) as string
    ) as domain,
    cast(nullif(trim(industry), '') as string) as industry_name,
    cast(nullif(trim(billing_country), '') as string) as country_name,
    cast(nullif(trim(billing_state), '') as string) as state_name,
    cast(nullif(trim(billing_city), '') as string) as city_name,
    cast(nullif(lower(trim(type)), '') as string) as lifecycle_stage,
    coalesce(is_deleted, false) or is_vanished as is_archived,
    cast(number_of_employees as bigint) as employee_count,
    cast(created_date as timestamp) as created_at,
    cast(system_modstamp as timestamp) as updated_at,
    {{ loaded_at() }} as _loaded_at
from accounts
