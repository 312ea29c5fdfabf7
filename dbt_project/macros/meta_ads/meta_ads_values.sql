-- What Meta's codes and units mean.
-- Active, paused or removed, as it is in effect: a paused campaign's ads are paused.
{% macro meta_ads_status_type(relation) -%}
    cast(
        case
            when {{ relation }}.is_vanished
            then 'removed'
            when
                coalesce({{ relation }}.effective_status, {{ relation }}.status)
                in ('DELETED', 'ARCHIVED')
            then 'removed'
            when
                coalesce({{ relation }}.effective_status, {{ relation }}.status)
                in ('ACTIVE', 'IN_PROCESS', 'WITH_ISSUES', 'PREAPPROVED')
            then 'active'
            -- Paused itself or above, in review, disapproved, unpaid: not delivering.
            else 'paused'
        end as string
    )
{%- endmacro %}

-- A budget, which Meta writes in the currency's minor unit, in its major one. These
-- currencies have none (developers.facebook.com, Marketing API, Currencies); all others
-- are in hundredths, also those that have thousandths elsewhere.
{% macro meta_ads_major_units(amount, currency) -%}
    cast(
        case
            when
                {{ currency }} in (
                    'CLP',
                    'COP',
                    'CRC',
                    'HUF',
                    'IDR',
                    'ISK',
                    'JPY',
                    'KRW',
                    'PYG',
                    'TWD',
                    'VND'
                )
            then cast({{ amount }} as decimal(18, 2))
            else
                cast(
                    cast({{ amount }} as decimal(18, 2))
                    * cast(0.01 as decimal(3, 2)) as decimal(18, 2)
                )
        end as decimal(18, 2)
    )
{%- endmacro %}

-- Facebook and Instagram are told apart by publisher_platform; a platform that is newer
-- than this list (threads) is unknown here and keeps its name as network.
{% macro meta_ads_platform_name(publisher_platform) -%}
    cast(
        case
            when
                {{ publisher_platform }}
                in ('facebook', 'instagram', 'messenger', 'audience_network')
            then {{ publisher_platform }}
            else 'unknown'
        end as string
    )
{%- endmacro %}
