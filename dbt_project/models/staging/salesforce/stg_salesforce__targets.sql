-- Quotas of users. Grain: one row per quota id.
{{ config(enabled=is_vendor_used("salesforce")) }}
with
    quotas as (
        {{
            newest_rows(
                "salesforce", "forecasting_quotas", newest_by="system_modstamp"
            )
        }}
    ),
    periods as (
        {{ newest_rows("salesforce", "periods", newest_by="system_modstamp") }}
    ),
    forecasting_types as (
        {{ newest_rows("salesforce", "forecasting_types", newest_by="_dlt_load_id") }}
    ),
    organization as (select * from {{ ref("stg_salesforce__organization") }}),
    -- An org may forecast the same money several ways (revenue, splits): one counts.
    ranked_types as (
        select
            id,
            row_number() over (
                order by
                    case
                        when developer_name = 'OpportunityRevenue' then 0 else 1
                    end asc nulls last,
                    id asc nulls last
            ) as type_rank
        from forecasting_types
        where is_amount and coalesce(is_active, true) and not is_vanished
    ),
    counted_types as (select * from ranked_types where type_rank = 1)
select
    cast(quotas.id as string) as target_id,
    cast(quotas.quota_owner_id as string) as employee_id,
    cast(null as string) as team_name,
    -- A quota of quantity counts products, not deals.
    cast(
        case
            when
                coalesce(quotas.is_amount, quotas.quota_amount is not null)
                and (quotas.forecasting_type_id is null or counted_types.id is not null)
            then 'won_amount'
            else 'other'
        end as string
    ) as target_type,
    cast(
        coalesce(upper(quotas.currency_iso_code), organization.currency) as string
    ) as currency,
    quotas.is_vanished as is_archived,
    coalesce(
        date_trunc('month', periods.start_date) = date_trunc('month', periods.end_date),
        false
    ) as is_monthly,
    cast(quotas.quota_amount as decimal(18, 2)) as target_value,
    cast(
        date_trunc('month', coalesce(periods.start_date, quotas.start_date)) as date
    ) as target_month,
    {{ loaded_at("quotas._dlt_load_id") }} as _loaded_at
from quotas
left join periods on quotas.period_id = periods.id
left join counted_types on quotas.forecasting_type_id = counted_types.id
left join organization on 1 = 1
