-- No rows: WordPress itself has no subscribers, plugins do.
-- Grain: one row per subscriber.
{{ config(enabled=is_vendor_used("wordpress")) }}
{{
    typed_nothing(
        {
            "subscriber_id": "string",
            "email": "string",
            "full_name": "string",
            "status_type": "string",
            "country_name": "string",
            "signup_article_id": "string",
            "signup_source_name": "string",
            "signup_referrer_url": "string",
            "utm_source": "string",
            "utm_medium": "string",
            "utm_campaign": "string",
            "is_subscribed": "boolean",
            "is_deleted": "boolean",
            "subscribed_at": "timestamp",
            "unsubscribed_at": "timestamp",
            "created_at": "timestamp",
            "updated_at": "timestamp",
            "_loaded_at": "timestamp",
        }
    )
}}
