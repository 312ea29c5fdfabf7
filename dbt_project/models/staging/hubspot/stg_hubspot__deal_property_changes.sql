-- What a deal's stage, pipeline, owner, amount and close date were set to, and when.
-- Grain: one row per deal, property, instant and value. An emptied property is NULL.
{{ config(enabled=is_vendor_used("hubspot")) }}
with
    changes as (
        {{
            newest_rows(
                "hubspot",
                "deal_property_history",
                key=["deal_id", "property", "changed_at", "value"],
                newest_by="source_id",
            )
        }}
    )
select
    cast(deal_id as string) as deal_id,
    cast(
        case
            property
            when 'dealstage'
            then 'stage'
            when 'hubspot_owner_id'
            then 'owner'
            when 'closedate'
            then 'close_date'
            else property
        end as string
    ) as property_name,
    cast(nullif(trim(value), '') as string) as property_value,
    case
        when property = 'amount' then try_cast(trim(value) as decimal(18, 2))
    end as value_amount,
    case
        when property = 'closedate' then try_cast(nullif(value, '') as timestamp)
    end as value_at,
    cast(changed_at as timestamp) as changed_at
from changes
where changed_at is not null
