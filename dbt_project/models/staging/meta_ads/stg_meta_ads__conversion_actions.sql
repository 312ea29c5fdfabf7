-- What the action types of an account mean, and which one of a category is counted.
-- Grain: one row per account and action type. Meta lists one sale under several types:
-- within a category they overlap and must not be added up.
{{ config(enabled=is_vendor_used("meta_ads")) }}
{% set preferred = var("meta_ads_action_types", []) %}
with
    insight_actions as (select * from {{ ref("stg_meta_ads__insight_actions") }}),
    action_types as (
        select
            account_id,
            action_type,
            case
                when action_type like '%purchase%'
                then 'purchase'
                when action_type like '%lead%'
                then 'lead'
                when action_type like '%add_to_cart%'
                then 'add_to_cart'
                when action_type like '%initiate%checkout%'
                then 'begin_checkout'
                when action_type like '%complete_registration%'
                then 'signup'
                when action_type like '%subscribe%'
                then 'subscribe_paid'
                when action_type like 'offsite_conversion.%'
                then 'other'
                when action_type like 'onsite_conversion.%'
                then 'other'
                when action_type like 'app_custom_event.%'
                then 'other'
                else 'engagement'
            end as conversion_category_name,
            max(_dlt_load_id) as _dlt_load_id
        from insight_actions
        group by account_id, action_type
    ),
    ranked as (
        select
            action_types.*,
            row_number() over (
                partition by account_id, conversion_category_name
                order by
                    case
                        {% for action_type in preferred %}
                            when action_type = '{{ action_type }}'
                            then {{ loop.index0 }}
                        {% endfor %}
                        when action_type like 'omni%'
                        then 1000
                        -- The plain name covers website, app and Meta alike.
                        when action_type not like '%.%' and action_type not like 'web%'
                        then 1001
                        when action_type like 'offsite_conversion.%'
                        then 1002
                        when action_type like 'onsite_conversion.%'
                        then 1003
                        else 1004
                    end asc nulls last,
                    action_type asc nulls last
            ) as preference_rank
        from action_types
    )
select
    account_id,
    action_type,
    cast(conversion_category_name as string) as conversion_category_name,
    -- Custom conversions have a meaning each; engagement is no conversion.
    conversion_category_name = 'other'
    or (conversion_category_name <> 'engagement' and preference_rank = 1) as is_counted,
    {{ loaded_at() }} as _loaded_at
from ranked
