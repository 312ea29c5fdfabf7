-- CRM amounts that could not be brought to the base currency, each with its reason.
-- Grain: one row per record.
select
    cast(record_type as string) as record_type,
    cast(record_key as string) as record_key,
    cast(currency as string) as currency,
    cast(amount_date as date) as amount_date,
    cast(reason as string) as reason
from {{ ref("int_crm_amounts_converted") }}
where reason is not null
