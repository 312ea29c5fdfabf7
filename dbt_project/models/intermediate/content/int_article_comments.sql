-- Comments on articles, whatever became of them.
-- Grain: one row per vendor and comment.
{{ union_vendors("article_comments", "content", known_at="created_at") }}
