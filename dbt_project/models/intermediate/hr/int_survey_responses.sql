-- Invitations to satisfaction surveys and the answers; HR systems have none of their
-- own. What was answered after as_of is an invitation still.
-- Grain: one row per response_id and question_code.
with responses as ({{ union_vendors("survey_responses", "files", known_at="sent_at") }})
select
    vendor,
    response_id,
    question_code,
    survey_id,
    wave_name,
    employee_reference,
    department_name,
    location_name,
    tenure_band_name,
    age_band_name,
    cast(
        case when coalesce(submitted_at <= {{ as_of() }}, true) then score end as int
    ) as score,
    cast(
        case
            when coalesce(submitted_at <= {{ as_of() }}, true) then comment_text
        end as string
    ) as comment_text,
    sent_at,
    cast(
        case when submitted_at <= {{ as_of() }} then submitted_at end as timestamp
    ) as submitted_at,
    _loaded_at
from responses
-- A file of answers alone does not say who was asked.
where sent_at is not null or coalesce(submitted_at <= {{ as_of() }}, true)
