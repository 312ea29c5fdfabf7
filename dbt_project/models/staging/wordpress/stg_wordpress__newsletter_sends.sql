-- No rows: WordPress itself sends no newsletters, plugins do.
-- Grain: one row per send.
{{ config(enabled=is_vendor_used("wordpress")) }}
{{
    typed_nothing(
        {
            "send_id": "string",
            "article_id": "string",
            "newsletter_id": "string",
            "subject": "string",
            "is_open_tracked": "boolean",
            "sent_count": "bigint",
            "delivered_count": "bigint",
            "opened_count": "bigint",
            "clicked_count": "bigint",
            "failed_count": "bigint",
            "sent_at": "timestamp",
            "_loaded_at": "timestamp",
        }
    )
}}
