-- Users of the helpdesks: customers, agents, automations.
-- Grain: one row per vendor and user_id, deleted and merged ones included.
{{ union_vendors("helpdesk_users", "helpdesk", known_at="created_at") }}
