-- Ad groups, removed ones included. Grain: one row per account and ad group.
{{ config(enabled=is_vendor_used("google_ads")) }}
with
    ad_groups as (
        {{
            newest_rows(
                "google_ads",
                "ad_groups",
                key=["customer_id", "id"],
                newest_by="_dlt_load_id",
            )
        }}
    )
select
    cast(customer_id as string) as account_id,
    cast(campaign_id as string) as campaign_id,
    cast(id as string) as ad_group_id,
    cast(nullif(trim(name), '') as string) as ad_group_name,
    {{ google_ads_status_type("status") }} as status_type,
    {{ loaded_at() }} as _loaded_at
from ad_groups
