-- K80: share of promoters less share of detractors per survey wave, and who answered.
-- Groups of fewer than five answers stay hidden, and what would tell them.
-- Grain: one row per (survey_id, wave_name, scope_type, scope_name) of those invited.
with
    responses as (
        select
            coalesce(survey_id, 'no survey') as survey_id,
            coalesce(wave_name, 'no wave') as wave_name,
            coalesce(department_name, 'no department') as department_name,
            coalesce(tenure_band_name, 'unknown') as tenure_band_name,
            coalesce(employee_reference, response_id) as respondent,
            score,
            {{ local_date("coalesce(sent_at, submitted_at)") }} as sent_date
        from {{ ref("int_survey_responses") }}
        where
            question_code = 'enps' and coalesce(sent_at, submitted_at) <= {{ as_of() }}
    ),
    waves as (
        select
            survey_id,
            wave_name,
            min(sent_date) as wave_date,
            -- A file of answers alone does not say who was asked.
            bool_or(score is null) as has_invitations
        from responses
        group by survey_id, wave_name
    ),
    scoped as (
        select 'total' as scope_type, 'all' as scope_name, responses.*
        from responses
        union all
        select 'department' as scope_type, department_name as scope_name, responses.*
        from responses
        union all
        select 'tenure_band' as scope_type, tenure_band_name as scope_name, responses.*
        from responses
    ),
    counted as (
        select
            survey_id,
            wave_name,
            scope_type,
            scope_name,
            count(*) as invited_count,
            count(score) as response_count,
            count(
                distinct case when score is not null then respondent end
            ) as respondent_count,
            count(*) filter (where score >= 9) as promoter_count,
            count(*) filter (where score between 7 and 8) as passive_count,
            count(*) filter (where score <= 6) as detractor_count
        from scoped
        group by survey_id, wave_name, scope_type, scope_name
    ),
    final as (
        select
            counted.*,
            waves.wave_date,
            waves.has_invitations,
            {{
                is_hidden_group(
                    "counted.respondent_count",
                    [
                        "counted.survey_id",
                        "counted.wave_name",
                        "counted.scope_type",
                    ],
                    "counted.scope_name",
                )
            }} as is_hidden
        from counted
        inner join
            waves
            on counted.survey_id = waves.survey_id
            and counted.wave_name = waves.wave_name
    )
select
    cast(survey_id as string) as survey_id,
    cast(wave_name as string) as wave_name,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    has_invitations,
    is_hidden,
    cast(case when has_invitations then invited_count end as bigint) as invited_count,
    {% for measure in ["response", "promoter", "passive", "detractor"] %}
        cast(
            case when not is_hidden then {{ measure }}_count end as bigint
        ) as {{ measure }}_count,
    {% endfor %}
    case
        when has_invitations and not is_hidden
        then {{ safe_ratio("response_count", "invited_count") }}
    end as response_rate,
    case
        when not is_hidden
        then
            100
            * {{ safe_ratio("(promoter_count - detractor_count)", "response_count") }}
    end as enps_score,
    cast(wave_date as date) as wave_date
from final
