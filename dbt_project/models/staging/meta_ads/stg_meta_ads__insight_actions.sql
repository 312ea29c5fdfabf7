-- Actions that Meta attributes to ads, with their values, flattened from JSON once.
-- Grain: one row per report, ad, day, platform, age, gender, action type and window of
-- attribution; what a report does not split is ''.
{{ config(enabled=is_vendor_used("meta_ads"), materialized="table") }}
{% set reports = {
    "platform": ("insights_by_platform", "publisher_platform", "''", "''"),
    "age_and_gender": ("insights_by_age_and_gender", "''", "age", "gender"),
} %}
{% set windows = {
    "default": "value",
    "1d_click": "1d_click",
    "7d_click": "7d_click",
    "28d_click": "28d_click",
    "1d_view": "1d_view",
} %}
with
    {% for name, (table, platform, age, gender) in reports.items() %}
        {{ name }}_days as (
            {{
                newest_account_days(
                    "meta_ads", table, "account_id", "date_start", "ad_id"
                )
            }}
        ),
    {% endfor %}
    elements as (
        {% for name, (table, platform, age, gender) in reports.items() %}
            {% for list in ["actions", "action_values"] %}
                select
                    '{{ name }}' as breakdown_name,
                    '{{ list }}' as list_name,
                    account_id,
                    campaign_id,
                    adset_id,
                    ad_id,
                    {{ platform }} as publisher_platform,
                    {{ age }} as age,
                    {{ gender }} as gender,
                    date_start,
                    _dlt_load_id,
                    {{ explode_json_list(list) }} as element
                from {{ name }}_days
                where {{ list }} is not null
                {% if not loop.last %}
                    union all
                {% endif %}
            {% endfor %}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),
    windows as (
        {% for window, field in windows.items() %}
            select
                elements.*,
                '{{ window }}' as attribution_window_name,
                {{ json_text("element", "action_type") }} as action_type,
                {{ json_text("element", field) }} as figure
            from elements
            where {{ json_text("element", field) }} is not null
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    )
select
    cast(breakdown_name as string) as breakdown_name,
    cast(account_id as string) as account_id,
    cast(campaign_id as string) as campaign_id,
    cast(adset_id as string) as ad_group_id,
    cast(ad_id as string) as ad_id,
    cast(publisher_platform as string) as publisher_platform,
    cast(age as string) as age,
    cast(gender as string) as gender,
    cast(action_type as string) as action_type,
    cast(attribution_window_name as string) as attribution_window_name,
    cast(date_start as date) as activity_date,
    sum(
        case when list_name = 'actions' then cast(figure as double) else 0 end
    ) as action_count,
    cast(
        sum(
            case
                when list_name = 'action_values'
                then cast(figure as decimal(18, 6))
                else 0
            end
        ) as decimal(18, 6)
    ) as action_amount,
    max(_dlt_load_id) as _dlt_load_id
from windows
group by all
