-- Conversion actions, removed ones included, with their windows after a click or a
-- view.
-- Grain: one row per account and conversion action, newest version.
{{ config(enabled=is_vendor_used("google_ads")) }}
with
    conversion_actions as (
        {{
            newest_rows(
                "google_ads",
                "conversion_actions",
                key=["customer_id", "id"],
                newest_by="_dlt_load_id",
            )
        }}
    )
select
    cast(customer_id as string) as account_id,
    cast(id as string) as conversion_action_id,
    cast(nullif(trim(name), '') as string) as conversion_action_name,
    cast(lower(category) as string) as conversion_category_name,
    -- Google's own choice of what "conversions" are.
    coalesce(
        include_in_conversions_metric and status <> 'REMOVED', false
    ) as is_counted,
    cast(click_through_lookback_window_days as int) as click_window_days,
    cast(view_through_lookback_window_days as int) as view_window_days,
    {{ loaded_at() }} as _loaded_at
from conversion_actions
