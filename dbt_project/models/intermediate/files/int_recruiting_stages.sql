-- The recruiting funnel from files.
-- Grain: one row per requisition, application, stage and day on which it was entered.
{{ union_vendors("recruiting_stages", "files", known_date="entered_date") }}
