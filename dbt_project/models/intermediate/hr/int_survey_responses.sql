-- Invitations to satisfaction surveys and the answers; HR systems have none of their
-- own.
-- Grain: one row per response_id and question_code.
{{ union_vendors("survey_responses", "files") }}
