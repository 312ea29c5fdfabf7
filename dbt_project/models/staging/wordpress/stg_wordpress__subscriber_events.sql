-- No rows: WordPress itself has no subscribers, plugins do.
-- Grain: one row per event.
{{ config(enabled=is_vendor_used("wordpress")) }}
{{
    typed_nothing(
        {
            "event_id": "string",
            "subscriber_id": "string",
            "event_type": "string",
            "newsletter_id": "string",
            "article_id": "string",
            "email_id": "string",
            "link_url": "string",
            "happened_at": "timestamp",
            "_loaded_at": "timestamp",
        }
    )
}}
