-- Newsletters that were sent, with the vendor's counters.
-- Grain: one row per vendor and send.
{{ union_vendors("newsletter_sends", "content", known_at="sent_at") }}
