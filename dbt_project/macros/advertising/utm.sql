-- The decoded value of a parameter of a URL; NULL when absent or empty.
{% macro url_parameter(url, name) -%}
    nullif(
        trim(
            url_decode(
                replace(
                    regexp_extract({{ url }}, '[?&]{{ name }}=([^&#]*)', 1), '+', ' '
                )
            )
        ),
        ''
    )
{%- endmacro %}

-- The ad platform that a utm source and medium name; NULL for anything that was not
-- paid for. Free posts carry the source of a platform, too: the medium tells them
-- apart.
{% macro ad_vendor(utm_source, utm_medium) -%}
    {%- set sources = {
        "google_ads": [
            "google",
            "adwords",
            "google_ads",
            "googleads",
            "youtube",
        ],
        "meta_ads": [
            "facebook",
            "fb",
            "instagram",
            "ig",
            "meta",
            "messenger",
            "msg",
            "audience_network",
            "an",
        ],
    } -%}
    {%- set paid_media = [
        "cpc",
        "ppc",
        "cpm",
        "cpv",
        "paid",
        "paid_search",
        "paid_social",
        "paidsocial",
        "display",
        "retargeting",
    ] -%}
    case
        when
            replace(replace(lower(trim({{ utm_medium }})), '-', '_'), ' ', '_')
            not in ('{{ paid_media | join("', '") }}')
        then null
        {%- for vendor, names in sources.items() %}
            when lower(trim({{ utm_source }})) in ('{{ names | join("', '") }}')
            then '{{ vendor }}'
        {%- endfor %}
    end
{%- endmacro %}
