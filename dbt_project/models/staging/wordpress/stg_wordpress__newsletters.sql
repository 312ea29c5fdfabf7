-- No rows: WordPress itself sends no newsletters, plugins do.
-- Grain: one row per newsletter.
{{ config(enabled=is_vendor_used("wordpress")) }}
{{
    typed_nothing(
        {
            "newsletter_id": "string",
            "newsletter_name": "string",
            "status_type": "string",
            "created_at": "timestamp",
            "_loaded_at": "timestamp",
        }
    )
}}
