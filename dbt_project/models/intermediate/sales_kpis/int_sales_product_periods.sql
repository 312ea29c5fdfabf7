-- K10: what each product sold in a period and in the one that it is compared with.
-- Grain: one row per (period_type, period_start_date, comparison_type, scope_type,
-- scope_name, product_name, currency). Returns and unconverted orders are left out;
-- sales are after the discount.
{% set scopes = {
    "total": "'all'",
    "country": "country_name",
    "region": "region_name",
    "product_category": "category_name",
} %}
with
    lines as (
        select *
        from {{ ref("int_sales_lines") }}
        where sale_type = 'sold' and not is_unconverted
    ),
    period_days as (
        select *
        from {{ ref("int_period_days") }}
        where period_type not in ('day', 'week')
    ),
    daily as (
        select
            event_date,
            country_name,
            region_name,
            category_name,
            product_name,
            currency,
            sum(unit_count) as unit_count,
            sum(sold_amount) as sold_amount,
            sum(net_amount_base) as sold_amount_base
        from lines
        group by
            event_date, country_name, region_name, category_name, product_name, currency
    ),
    compared as (
        select
            period_days.period_type,
            period_days.period_start_date,
            daily.country_name,
            daily.region_name,
            daily.category_name,
            daily.product_name,
            daily.currency
            {%- for comparison in ["current", "prior", "prior_year"] %}
                {%- for measure in ["unit_count", "sold_amount", "sold_amount_base"] %}
                    ,
                    sum(
                        case
                            when period_days.comparison_type = '{{ comparison }}'
                            then daily.{{ measure }}
                        end
                    ) as {{ comparison }}_{{ measure }}
                {%- endfor %}
            {%- endfor %}
        from daily
        inner join period_days on daily.event_date = period_days.calendar_date
        group by
            period_days.period_type,
            period_days.period_start_date,
            daily.country_name,
            daily.region_name,
            daily.category_name,
            daily.product_name,
            daily.currency
    ),
    scoped as (
        {% for scope_type, scope_name in scopes.items() %}
            {% for comparison in ["prior", "prior_year"] %}
                select
                    period_type,
                    period_start_date,
                    '{{ comparison }}' as comparison_type,
                    '{{ scope_type }}' as scope_type,
                    {{ scope_name }} as scope_name,
                    product_name,
                    currency,
                    {% for measure in [
                        "unit_count",
                        "sold_amount",
                        "sold_amount_base",
                    ] %}
                        coalesce(sum(current_{{ measure }}), 0) as {{ measure }},
                        coalesce(
                            sum({{ comparison }}_{{ measure }}), 0
                        ) as reference_{{ measure }}
                        {%- if not loop.last %}, {% endif %}
                    {% endfor %}
                from compared
                group by
                    period_type,
                    period_start_date,
                    {% if scope_type != "total" %} {{ scope_name }},{% endif %}
                    product_name,
                    currency
                {% if not loop.last %}
                    union all
                {% endif %}
            {% endfor %}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),
    priced as (
        select
            *,
            -- Sold in both, at a price that can be compared.
            unit_count > 0
            and reference_unit_count > 0
            and reference_sold_amount > 0 as is_continuing,
            cast(sold_amount as double)
            * {{ safe_ratio("reference_sold_amount_base", "reference_sold_amount") }}
            as constant_rate_amount,
            cast(unit_count as double)
            * {{ safe_ratio("reference_sold_amount_base", "reference_unit_count") }}
            as constant_price_amount
        from scoped
    )
select
    cast(period_type as string) as period_type,
    cast(comparison_type as string) as comparison_type,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(product_name as string) as product_name,
    cast(currency as string) as currency,
    cast(is_continuing as boolean) as is_continuing,
    cast(unit_count as decimal(18, 6)) as unit_count,
    cast(reference_unit_count as decimal(18, 6)) as reference_unit_count,
    cast(sold_amount_base as decimal(18, 6)) as sold_amount_base,
    cast(reference_sold_amount_base as decimal(18, 6)) as reference_sold_amount_base,
    cast(
        case
            when is_continuing
            then round(constant_rate_amount - constant_price_amount, 6)
            else 0
        end as decimal(18, 6)
    ) as price_effect_amount_base,
    cast(
        case
            when is_continuing
            then round(cast(sold_amount_base as double) - constant_rate_amount, 6)
            else 0
        end as decimal(18, 6)
    ) as currency_effect_amount_base,
    cast(period_start_date as date) as period_start_date
from priced
where
    unit_count <> 0
    or reference_unit_count <> 0
    or sold_amount_base <> 0
    or reference_sold_amount_base <> 0
