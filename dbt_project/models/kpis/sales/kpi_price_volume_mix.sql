-- K10: why sales differ from the period before or the year before: volume, price,
-- currency and mix.
-- Grain: one row per (period_type, period_start_date, comparison_type, scope_type,
-- scope_name), from the first comparison period that the scope sold in.
with
    products as (select * from {{ ref("int_sales_product_periods") }}),
    periods as (select * from {{ ref("int_periods") }}),
    lines as (select * from {{ ref("int_sales_lines") }} where sale_type = 'sold'),
    first_dates as (
        {% for scope_type, scope_name in {
            "total": "'all'",
            "country": "country_name",
            "region": "region_name",
            "product_category": "category_name",
        }.items() %}
            select
                '{{ scope_type }}' as scope_type,
                {{ scope_name }} as scope_name,
                min(event_date) as first_date
            from lines
            {% if scope_type != "total" %} group by {{ scope_name }} {% endif %}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    ),
    summed as (
        select
            period_type,
            period_start_date,
            comparison_type,
            scope_type,
            scope_name,
            sum(case when is_continuing then 1 else 0 end) as continuing_product_count,
            sum(
                case when unit_count > 0 and reference_unit_count = 0 then 1 else 0 end
            ) as new_product_count,
            sum(
                case when unit_count = 0 and reference_unit_count > 0 then 1 else 0 end
            ) as discontinued_product_count,
            sum(unit_count) as unit_count,
            sum(reference_unit_count) as reference_unit_count,
            sum(sold_amount_base) as sold_amount_base,
            sum(reference_sold_amount_base) as reference_sold_amount_base,
            -- Sales of unknown pieces have no price.
            sum(
                case when reference_unit_count > 0 then reference_sold_amount_base end
            ) as priced_reference_amount_base,
            sum(price_effect_amount_base) as price_effect_amount_base,
            sum(currency_effect_amount_base) as currency_effect_amount_base
        from products
        group by period_type, period_start_date, comparison_type, scope_type, scope_name
    ),
    rounded as (
        select
            summed.*,
            periods.is_complete,
            periods.period_end_date,
            cast(summed.sold_amount_base as decimal(18, 2)) as current_amount,
            cast(
                summed.reference_sold_amount_base as decimal(18, 2)
            ) as reference_amount,
            cast(summed.price_effect_amount_base as decimal(18, 2)) as price_effect,
            cast(
                summed.currency_effect_amount_base as decimal(18, 2)
            ) as currency_effect,
            cast(
                coalesce(
                    round(
                        cast(summed.unit_count - summed.reference_unit_count as double)
                        * {{
                            safe_ratio(
                                "summed.priced_reference_amount_base",
                                "summed.reference_unit_count",
                            )
                        }},
                        6
                    ),
                    0
                ) as decimal(18, 6)
            ) as volume_effect_amount_base
        from summed
        inner join
            periods
            on summed.period_type = periods.period_type
            and summed.period_start_date = periods.period_start_date
        inner join
            first_dates
            on summed.scope_type = first_dates.scope_type
            and summed.scope_name = first_dates.scope_name
            and first_dates.first_date <= case
                when summed.comparison_type = 'prior'
                then periods.prior_end_date
                else periods.prior_year_end_date
            end
    ),
    final as (
        select
            *,
            cast(volume_effect_amount_base as decimal(18, 2)) as volume_effect,
            current_amount - reference_amount as change_amount
        from rounded
    )
select
    cast(period_type as string) as period_type,
    cast(comparison_type as string) as comparison_type,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(is_complete as boolean) as is_complete,
    cast(current_amount as decimal(18, 2)) as sold_amount_base,
    cast(reference_amount as decimal(18, 2)) as reference_sold_amount_base,
    cast(change_amount as decimal(18, 2)) as change_amount_base,
    cast(volume_effect as decimal(18, 2)) as volume_effect_amount_base,
    cast(price_effect as decimal(18, 2)) as price_effect_amount_base,
    cast(currency_effect as decimal(18, 2)) as currency_effect_amount_base,
    cast(
        change_amount - volume_effect - price_effect - currency_effect as decimal(18, 2)
    ) as mix_effect_amount_base,
    cast(unit_count as decimal(18, 6)) as unit_count,
    cast(reference_unit_count as decimal(18, 6)) as reference_unit_count,
    cast(continuing_product_count as bigint) as continuing_product_count,
    cast(new_product_count as bigint) as new_product_count,
    cast(discontinued_product_count as bigint) as discontinued_product_count,
    cast(period_start_date as date) as period_start_date,
    cast(period_end_date as date) as period_end_date
from final
