-- Which logins, devices and e-mail addresses a shop or site saw together.
-- Grain: one row per (vendor, user_id, anonymous_id, previous_id, email), NULLs
-- included.
{{ union_vendors("visitor_links", "shop", known_at="first_seen_at") }}
