-- Sold and returned products line by line, with their part of the discount and of what
-- the refund says came back.
-- Grain: one row per (sale_type, sale_key, line_number). An order or refund that names
-- no product is one row of the product and category `unknown`, line 0.
{% set measures = [
    "gross_amount_base",
    "discount_amount_base",
    "returned_amount_base",
    "sold_amount",
] %}
with
    orders as (select * from {{ ref("fct_orders") }}),
    refunds as (select * from {{ ref("fct_refunds") }}),
    order_lines as (
        select * from {{ ref("fct_order_lines") }} where line_type = 'product'
    ),
    refund_lines as (select * from {{ ref("int_refund_lines") }}),
    -- Two files may name one country.
    regions as (
        select country_name, min(region_name) as region_name
        from {{ ref("int_country_regions") }}
        group by country_name
    ),
    sales as (
        select
            'sold' as sale_type,
            order_key as sale_key,
            order_key,
            country_name,
            currency,
            gross_amount_base,
            discount_amount_base,
            cast(0 as decimal(18, 6)) as returned_amount_base,
            cast(gross_amount - discount_amount as decimal(18, 6)) as sold_amount,
            gross_amount_base is null as is_unconverted,
            line_count = 0 as is_without_lines,
            order_date as event_date,
            order_date
        from orders
        union all
        select
            'returned' as sale_type,
            refund_key as sale_key,
            order_key,
            country_name,
            currency,
            cast(0 as decimal(18, 6)) as gross_amount_base,
            cast(0 as decimal(18, 6)) as discount_amount_base,
            returned_amount_base,
            cast(0 as decimal(18, 6)) as sold_amount,
            returned_amount_base is null as is_unconverted,
            false as is_without_lines,
            refund_date as event_date,
            order_date
        from refunds
    ),
    lines as (
        select
            'sold' as sale_type,
            order_key as sale_key,
            line_number,
            category_name,
            coalesce(sku, product_id) as product_name,
            quantity,
            gross_amount as line_amount
        from order_lines
        union all
        select
            'returned' as sale_type,
            {{ surrogate_key(["vendor", "refund_id"]) }} as sale_key,
            line_number,
            category_name,
            coalesce(sku, product_id) as product_name,
            abs(coalesce(quantity, 1)) as quantity,
            abs({{ line_amount("unit_price", "quantity") }}) as line_amount
        from refund_lines
        where {{ line_type("category_name") }} = 'product'
    ),
    placed as (
        select
            sales.*,
            coalesce(lines.line_number, 0) as line_number,
            lines.category_name,
            lines.product_name,
            lines.quantity,
            sum(lines.line_amount) over (
                partition by sales.sale_type, sales.sale_key
                order by lines.line_number asc nulls last
                rows between unbounded preceding and current row
            ) as reached_amount,
            sum(lines.line_amount) over (
                partition by sales.sale_type, sales.sale_key
            ) as all_amount,
            row_number() over (
                partition by sales.sale_type, sales.sale_key
                order by lines.line_number desc nulls last
            )
            = 1 as is_last
        from sales
        left join
            lines
            on sales.sale_type = lines.sale_type
            and sales.sale_key = lines.sale_key
    ),
    -- What the lines up to each one come to, so that all of them add up to the whole.
    reached as (
        select
            *
            {%- for measure in measures %}
                ,
                case
                    when is_last
                    then {{ measure }}
                    when {{ measure }} is not null
                    then
                        cast(
                            coalesce(
                                round(
                                    cast({{ measure }} as double)
                                    * {{ safe_ratio("reached_amount", "all_amount") }},
                                    6
                                ),
                                0
                            ) as decimal(18, 6)
                        )
                end as reached_{{ measure }}
            {%- endfor %}
        from placed
    ),
    final as (
        select
            *
            {%- for measure in measures %}
                ,
                reached_{{ measure }} - coalesce(
                    lag(reached_{{ measure }}) over (
                        partition by sale_type, sale_key
                        order by line_number asc nulls last
                    ),
                    0
                ) as line_{{ measure }}
            {%- endfor %}
        from reached
    )
select
    cast(final.sale_type as string) as sale_type,
    cast(final.sale_key as string) as sale_key,
    cast(final.line_number as bigint) as line_number,
    cast(final.order_key as string) as order_key,
    cast(final.country_name as string) as country_name,
    cast(coalesce(regions.region_name, 'unknown') as string) as region_name,
    cast(coalesce(final.category_name, 'unknown') as string) as category_name,
    cast(coalesce(final.product_name, 'unknown') as string) as product_name,
    cast(final.currency as string) as currency,
    cast(final.is_unconverted as boolean) as is_unconverted,
    cast(final.is_without_lines as boolean) as is_without_lines,
    cast(final.quantity as decimal(18, 6)) as unit_count,
    cast(final.line_gross_amount_base as decimal(18, 6)) as gross_amount_base,
    cast(final.line_discount_amount_base as decimal(18, 6)) as discount_amount_base,
    cast(final.line_returned_amount_base as decimal(18, 6)) as returned_amount_base,
    cast(
        final.line_gross_amount_base
        - final.line_discount_amount_base
        - final.line_returned_amount_base as decimal(18, 6)
    ) as net_amount_base,
    cast(final.line_sold_amount as decimal(18, 6)) as sold_amount,
    cast(final.event_date as date) as event_date,
    cast(final.order_date as date) as order_date
from final
left join regions on final.country_name = regions.country_name
