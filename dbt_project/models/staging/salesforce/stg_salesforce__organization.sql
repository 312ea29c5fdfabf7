-- The Salesforce org: its time zone and corporate currency.
-- Grain: one row, the newest org.
{{ config(enabled=is_vendor_used("salesforce")) }}
with
    organizations as (
        {{
            newest_rows(
                "salesforce", "organizations", key=[], newest_by="_dlt_load_id"
            )
        }}
    ),
    currency_types as (
        {{ newest_rows("salesforce", "currency_types", newest_by="extracted_at") }}
    ),
    corporate as (
        select min(upper(iso_code)) as currency from currency_types where is_corporate
    )
select
    cast(organizations.id as string) as organization_id,
    cast(organizations.time_zone_sid_key as string) as timezone_name,
    -- An org with one currency says nowhere which: SOURCES__SALESFORCE__CURRENCY does.
    cast(
        coalesce(corporate.currency, organizations.corporate_currency) as string
    ) as currency,
    {{ loaded_at("organizations._dlt_load_id") }} as _loaded_at
from organizations
left join corporate on 1 = 1
