-- Groups (teams, inboxes) that tickets are assigned to.
-- Grain: one row per vendor and group_id, deleted ones included.
{{ union_vendors("helpdesk_groups", "helpdesk") }}
