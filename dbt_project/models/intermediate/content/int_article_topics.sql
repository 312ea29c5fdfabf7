-- Topics of articles.
-- Grain: one row per vendor and article, topic type and topic.
{{ union_vendors("article_topics", "content") }}
