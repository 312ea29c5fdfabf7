-- What a stage was ever called, and what it is called today: a renamed picklist value
-- keeps its id, and the histories of opportunities keep the old text.
-- Grain: one row per name that a stage has had, as far as it was ever loaded.
{{ config(enabled=is_vendor_used("salesforce")) }}
with
    stages as (
        {{ newest_rows("salesforce", "opportunity_stages", newest_by="extracted_at") }}
    ),
    versions as (
        select id, api_name, master_label
        from {{ source("salesforce", "opportunity_stages") }}
        where {{ completed_loads("salesforce") }}
    ),
    names as (
        select id, api_name as stage_text
        from versions
        union
        select id, master_label as stage_text
        from versions
    ),
    ranked as (
        select
            names.stage_text,
            stages.api_name,
            row_number() over (
                partition by names.stage_text
                order by
                    -- A name that is in use is nobody's former name.
                    case
                        when names.stage_text = stages.api_name
                        then 0
                        when names.stage_text = stages.master_label
                        then 1
                        else 2
                    end asc nulls last,
                    stages.sort_order asc nulls last,
                    stages.id asc nulls last
            ) as name_rank
        from names
        inner join stages on names.id = stages.id
        where not stages.is_vanished and names.stage_text is not null
    )
select cast(stage_text as string) as stage_text, cast(api_name as string) as stage_id
from ranked
where name_rank = 1
