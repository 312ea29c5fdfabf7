-- Sessions' words: where a visit came from, on what, and which channel that is.
-- Whether the shop's back end sent the event: nobody was looking at a page.
{% macro is_server_event() -%}
    (
        coalesce(lower(channel), '') = 'server'
        or coalesce(library_name, '') in (
            '@segment/analytics-node',
            'analytics-node',
            'analytics-python',
            'analytics-ruby',
            'analytics-php',
            'analytics-java',
            'analytics-go',
            'analytics.net'
        )
    )
{%- endmacro %}

-- The host of a URL in lower case, without a port and without www.
{% macro url_host(url) -%}
    nullif(
        {{
            without_www(
                "lower(split_part(split_part(split_part("
                ~ url
                ~ ", '://', 2), '/', 1), ':', 1))"
            )
        }},
        ''
    )
{%- endmacro %}

-- A host without its leading www.
{% macro without_www(host) -%}
    case when {{ host }} like 'www.%' then substr({{ host }}, 5) else {{ host }} end
{%- endmacro %}

-- desktop, mobile or tablet, read from a user agent; unknown without one.
{% macro device_type(user_agent) -%}
    case
        when {{ user_agent }} is null
        then 'unknown'
        when
            lower({{ user_agent }}) like '%ipad%'
            or lower({{ user_agent }}) like '%tablet%'
            or (
                lower({{ user_agent }}) like '%android%'
                and lower({{ user_agent }}) not like '%mobile%'
            )
        then 'tablet'
        when
            lower({{ user_agent }}) like '%mobile%'
            or lower({{ user_agent }}) like '%iphone%'
        then 'mobile'
        else 'desktop'
    end
{%- endmacro %}

-- GA4's default channel group. Paid media first, then what the source is, then what the
-- medium says; what no rule knows is unassigned.
{% macro channel_group(source, medium, campaign, site_type) -%}
    {% set is_paid -%}
        ({{ medium }} like '%cp%' or {{ medium }} like 'paid%'
        or {{ medium }} in ('ppc', 'retargeting'))
    {%- endset %}
    case
        when {{ source }} = 'direct' and {{ medium }} = 'none'
        then 'direct'
        when {{ campaign }} like '%cross-network%'
        then 'cross_network'
        when {{ site_type }} = 'shopping' and {{ is_paid }}
        then 'paid_shopping'
        when {{ site_type }} = 'search' and {{ is_paid }}
        then 'paid_search'
        when {{ site_type }} = 'social' and {{ is_paid }}
        then 'paid_social'
        when {{ site_type }} = 'video' and {{ is_paid }}
        then 'paid_video'
        when {{ medium }} in ('display', 'banner', 'expandable', 'interstitial', 'cpm')
        then 'display'
        when {{ is_paid }}
        then 'paid_other'
        when {{ site_type }} = 'shopping'
        then 'organic_shopping'
        when
            {{ site_type }} = 'social'
            or {{ medium }} in (
                'social',
                'social-network',
                'social-media',
                'social network',
                'social media',
                'sm'
            )
        then 'organic_social'
        when {{ site_type }} = 'video' or {{ medium }} like '%video%'
        then 'organic_video'
        when {{ site_type }} = 'search' or {{ medium }} = 'organic'
        then 'organic_search'
        when
            {{ site_type }} = 'email'
            or {{ source }} in ('email', 'e-mail', 'e_mail')
            or {{ medium }} in ('email', 'e-mail', 'e_mail')
        then 'email'
        when {{ medium }} = 'affiliate'
        then 'affiliates'
        when {{ medium }} in ('referral', 'app', 'link')
        then 'referral'
        when {{ medium }} = 'audio'
        then 'audio'
        when {{ source }} = 'sms' or {{ medium }} = 'sms'
        then 'sms'
        when {{ medium }} like '%push' or {{ medium }} like '%notification%'
        then 'mobile_push'
        else 'unassigned'
    end
{%- endmacro %}
