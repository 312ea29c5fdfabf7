-- K35, K37: carts bought, given up and taken up again, by the day they were begun.
-- Grain: one row per (period_type, period_start_date, scope_type, scope_name), without
-- gaps from the scope's first cart on. Days and weeks have the daily scopes only.
{% set daily_scopes = ["total", "channel", "device", "country"] %}
{% set scopes = {
    "total": "'all'",
    "channel": "channel_group_name",
    "device": "device_type",
    "country": "country_name",
    "region": "region_name",
    "source": "source_name",
    "campaign": "campaign_name",
    "segment": "segment_name",
    "age_group": "age_group_name",
    "hour": "created_hour_name",
} %}
{% set measures = {
    "cart_count": "1",
    "too_young_cart_count": "case when cart_status = 'too_young' then 1 else 0 end",
    "emptied_cart_count": "case when cart_status = 'emptied' then 1 else 0 end",
    "purchased_cart_count": "case when cart_status = 'purchased' then 1 else 0 end",
    "abandoned_cart_count": "case when cart_status = 'abandoned' then 1 else 0 end",
    "unconverted_cart_count": (
        "case when cart_status = 'abandoned' and cart_amount_base is null"
        ~ " then 1 else 0 end"
    ),
    "recoverable_cart_count": "case when is_recoverable then 1 else 0 end",
    "recovered_cart_count": "case when is_recovered then 1 else 0 end",
    "mail_recovered_cart_count": (
        "case when recovery_trigger_name = 'mail' then 1 else 0 end"
    ),
    "ad_recovered_cart_count": (
        "case when recovery_trigger_name = 'ad' then 1 else 0 end"
    ),
    "abandoned_amount_base": (
        "case when cart_status = 'abandoned' then cart_amount_base end"
    ),
    "recoverable_amount_base": "case when is_recoverable then cart_amount_base end",
    "recovered_amount_base": "recovered_amount_base",
} %}
with
    sessions as (select * from {{ ref("fct_sessions") }}),
    countries as (select * from {{ ref("dim_countries") }}),
    customers as (select * from {{ ref("dim_customers") }}),
    carts as (
        select
            carts.*,
            coalesce(countries.region_name, 'unknown') as region_name,
            coalesce(sessions.source_name, 'unknown') as source_name,
            coalesce(sessions.campaign_name, 'none') as campaign_name,
            coalesce(customers.segment_name, 'unknown') as segment_name,
            coalesce(customers.age_group_name, 'unknown') as age_group_name,
            lpad(cast(carts.created_hour as string), 2, '0') as created_hour_name
        from {{ ref("fct_carts") }} as carts
        left join sessions on carts.session_key = sessions.session_key
        left join countries on carts.country_name = countries.country_name
        left join customers on carts.customer_key = customers.customer_key
    ),
    periods as (select * from {{ ref("int_periods") }}),
    period_days as (
        select * from {{ ref("int_period_days") }} where comparison_type = 'current'
    ),
    scoped as (
        {% for scope_type, scope_name in scopes.items() %}
            select
                '{{ scope_type }}' as scope_type,
                {{ scope_name }} as scope_name,
                created_date
                {%- for name, value in measures.items() %}
                    , {{ value }} as {{ name }}
                {%- endfor %}
            from carts
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),
    first_dates as (
        select scope_type, scope_name, min(created_date) as first_date
        from scoped
        group by scope_type, scope_name
    ),
    sums as (
        select
            period_days.period_type,
            period_days.period_start_date,
            scoped.scope_type,
            scoped.scope_name
            {%- for name in measures %}
                , sum(scoped.{{ name }}) as {{ name }}
            {%- endfor %}
        from scoped
        inner join period_days on scoped.created_date = period_days.calendar_date
        where
            period_days.period_type not in ('day', 'week')
            or scoped.scope_type in ('{{ daily_scopes | join("', '") }}')
        group by
            period_days.period_type,
            period_days.period_start_date,
            scoped.scope_type,
            scoped.scope_name
    ),
    final as (
        select
            periods.period_type,
            periods.period_start_date,
            periods.period_end_date,
            periods.is_complete,
            first_dates.scope_type,
            first_dates.scope_name
            {%- for name in measures %}
                , coalesce(sums.{{ name }}, 0) as {{ name }}
            {%- endfor %}
        from periods
        inner join
            first_dates
            on periods.period_end_date >= first_dates.first_date
            and (
                periods.period_type not in ('day', 'week')
                or first_dates.scope_type in ('{{ daily_scopes | join("', '") }}')
            )
        left join
            sums
            on periods.period_type = sums.period_type
            and periods.period_start_date = sums.period_start_date
            and first_dates.scope_type = sums.scope_type
            and first_dates.scope_name = sums.scope_name
    )
select
    cast(period_type as string) as period_type,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(is_complete as boolean) as is_complete,
    {% for name in measures %}
        cast(
            {{ name }} as {{ "bigint" if name.endswith("count") else "decimal(18, 2)" }}
        ) as {{ name }},
    {% endfor %}
    {{
        safe_ratio(
            "abandoned_cart_count", "(abandoned_cart_count + purchased_cart_count)"
        )
    }} as abandonment_rate,
    {{ safe_ratio("recovered_cart_count", "recoverable_cart_count") }} as recovery_rate,
    {{ safe_ratio("recovered_amount_base", "recoverable_amount_base") }}
    as amount_recovery_rate,
    cast(period_start_date as date) as period_start_date,
    cast(period_end_date as date) as period_end_date
from final
