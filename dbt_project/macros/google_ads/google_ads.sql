-- Google's money in millionths as an amount; exact, because nothing is divided.
{% macro google_ads_amount(micros, scale=6) -%}
    cast(
        cast({{ micros }} as decimal(18, 0))
        * cast(0.000001 as decimal(7, 6)) as decimal(18, {{ scale }})
    )
{%- endmacro %}

-- A status of Google under the name that all ad platforms share.
{% macro google_ads_status_type(status) -%}
    cast(
        case
            {{ status }}
            when 'ENABLED'
            then 'active'
            when 'REMOVED'
            then 'removed'
            else 'paused'
        end as string
    )
{%- endmacro %}

-- The id at the end of a resource name such as customers/1/campaignBudgets/2.
{% macro google_ads_resource_id(resource_name) -%}
    split_part({{ resource_name }}, '/', 4)
{%- endmacro %}
