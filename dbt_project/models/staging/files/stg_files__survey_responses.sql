-- Survey invitations and answers.
-- Grain: one row per response_id and question_code, of the newest file that has it.
{{ config(enabled=is_vendor_used("files")) }}
with
    rows_of_files as (
        {{
            newest_rows(
                "files",
                "survey_responses",
                key=["response_id", "question_code"],
                newest_by="file_modified_at",
            )
        }}
    )
select
    cast(nullif(trim(response_id), '') as string) as response_id,
    cast(nullif(trim(question_code), '') as string) as question_code,
    cast(nullif(trim(survey_id), '') as string) as survey_id,
    cast(nullif(trim(wave), '') as string) as wave_name,
    cast(nullif(trim(employee_ref), '') as string) as employee_reference,
    cast(nullif(trim(department), '') as string) as department_name,
    cast(nullif(trim(location), '') as string) as location_name,
    cast(nullif(trim(tenure_band), '') as string) as tenure_band_name,
    cast(nullif(trim(age_band), '') as string) as age_band_name,
    cast(case when score between 0 and 10 then score end as int) as score,
    cast(nullif(trim(comment), '') as string) as comment_text,
    cast(sent_at as timestamp) as sent_at,
    cast(submitted_at as timestamp) as submitted_at,
    {{ loaded_at() }} as _loaded_at
from rows_of_files
where line_number > 0
