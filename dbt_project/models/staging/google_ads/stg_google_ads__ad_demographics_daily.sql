-- No rows: Google splits figures by age or by gender, never by both, so that neither
-- is read.
-- Grain: one row per ad, day of the account, age band and gender.
{{ config(enabled=is_vendor_used("google_ads")) }}
{{
    typed_nothing(
        {
            "account_id": "string",
            "campaign_id": "string",
            "ad_group_id": "string",
            "ad_id": "string",
            "age_group_name": "string",
            "gender_name": "string",
            "currency": "string",
            "timezone_name": "string",
            "impression_count": "bigint",
            "click_count": "bigint",
            "spend_amount": "decimal(18, 6)",
            "platform_conversion_count": "double",
            "platform_conversion_amount": "decimal(18, 6)",
            "attribution_window_name": "string",
            "activity_date": "date",
            "tz_shift_hours": "double",
            "_loaded_at": "timestamp",
        }
    )
}}
