-- Orders and refunds under every scope that sales are sliced by.
-- Grain: one row per (sale_type, sale_key, scope_type, scope_name). Products and
-- categories have their lines' part of the money; what belongs to no product (tax,
-- shipping, gift cards) is unknown there.
{% set whole_scopes = {
    "total": "'all'",
    "country": "country_name",
    "region": "region_name",
    "payment_method": "coalesce(payment_method, 'unknown')",
    "coupon": "coalesce(coupon_code, 'none')",
    "channel": "channel_group_name",
    "customer_type": "customer_type",
    "customer_age_group": "age_group_name",
    "customer_segment": "segment_name",
    "campaign": "campaign_name",
    "source": "source_name",
    "device": "device_type",
    "day_type": "day_type",
} %}
{% set line_scopes = {
    "product_category": "category_name",
    "product": "product_name",
    "product_manager": "product_manager_name",
    "department": "department_name",
} %}
with
    orders as (select * from {{ ref("fct_orders") }}),
    refunds as (select * from {{ ref("fct_refunds") }}),
    customer_orders as (select * from {{ ref("fct_customer_orders") }}),
    customers as (select * from {{ ref("dim_customers") }}),
    sessions as (select * from {{ ref("fct_sessions") }}),
    campaigns as (select * from {{ ref("fct_order_campaigns") }}),
    country_dates as (select * from {{ ref("dim_country_dates") }}),
    countries as (
        select country_name, min(country_code) as country_code
        from {{ ref("int_country_regions") }}
        group by country_name
    ),
    lines as (select * from {{ ref("int_sales_lines") }}),
    product_managers as (select * from {{ ref("product_managers") }}),
    described as (
        select
            orders.order_key,
            orders.payment_method,
            orders.coupon_code,
            coalesce(
                customer_orders.channel_group_name, 'unknown'
            ) as channel_group_name,
            coalesce(customers.age_group_name, 'unknown') as age_group_name,
            coalesce(customers.segment_name, 'unknown') as segment_name,
            coalesce(campaigns.utm_campaign, 'none') as campaign_name,
            coalesce(sessions.source_name, 'unknown') as source_name,
            coalesce(sessions.device_type, 'unknown') as device_type,
            case
                when country_dates.is_public_holiday
                then 'public holiday'
                when country_dates.is_weekend
                then 'weekend'
                when country_dates.is_business_day
                then 'business day'
                else 'unknown'
            end as day_type,
            case
                when customer_orders.order_number = 1
                then 'new'
                when customer_orders.order_number > 1
                then 'returning'
                else 'unknown'
            end as customer_type
        from orders
        left join customer_orders on orders.order_key = customer_orders.order_key
        left join customers on customer_orders.customer_key = customers.customer_key
        left join sessions on customer_orders.session_key = sessions.session_key
        left join campaigns on orders.order_key = campaigns.order_key
        left join countries on orders.country_name = countries.country_name
        left join
            country_dates
            on countries.country_code = country_dates.country_code
            and orders.order_date = country_dates.calendar_date
    ),
    regions as (
        select sale_type, sale_key, min(region_name) as region_name
        from lines
        group by sale_type, sale_key
    ),
    sales as (
        select
            'sold' as sale_type,
            order_key as sale_key,
            order_key,
            country_name,
            gross_amount_base,
            discount_amount_base,
            total_amount_base,
            cast(0 as decimal(18, 6)) as returned_amount_base,
            cast(0 as decimal(18, 6)) as refund_total_amount_base,
            unit_count,
            cast(0 as decimal(18, 6)) as returned_unit_count,
            line_count = 0 as is_without_lines,
            gross_amount_base is null as is_unconverted,
            order_date as event_date,
            order_date
        from orders
        union all
        select
            'returned' as sale_type,
            refund_key as sale_key,
            order_key,
            country_name,
            cast(0 as decimal(18, 6)) as gross_amount_base,
            cast(0 as decimal(18, 6)) as discount_amount_base,
            cast(0 as decimal(18, 6)) as total_amount_base,
            returned_amount_base,
            refund_total_amount_base,
            cast(0 as decimal(18, 6)) as unit_count,
            returned_unit_count,
            false as is_without_lines,
            returned_amount_base is null as is_unconverted,
            refund_date as event_date,
            order_date
        from refunds
    ),
    whole as (
        select
            sales.*,
            regions.region_name,
            described.payment_method,
            described.coupon_code,
            coalesce(described.channel_group_name, 'unknown') as channel_group_name,
            coalesce(described.customer_type, 'unknown') as customer_type,
            coalesce(described.age_group_name, 'unknown') as age_group_name,
            coalesce(described.segment_name, 'unknown') as segment_name,
            coalesce(described.campaign_name, 'none') as campaign_name,
            coalesce(described.source_name, 'unknown') as source_name,
            coalesce(described.device_type, 'unknown') as device_type,
            coalesce(described.day_type, 'unknown') as day_type
        from sales
        left join
            regions
            on sales.sale_type = regions.sale_type
            and sales.sale_key = regions.sale_key
        left join described on sales.order_key = described.order_key
    ),
    -- Who answers for a category on the day of the sale.
    responsibilities as (
        select
            *,
            lead(valid_from_date) over (
                partition by category_name order by valid_from_date asc nulls last
            ) as valid_to_date
        from product_managers
    ),
    managed_lines as (
        select
            lines.*,
            coalesce(
                responsibilities.product_manager_name, 'unknown'
            ) as product_manager_name,
            coalesce(responsibilities.department_name, 'unknown') as department_name
        from lines
        left join
            responsibilities
            on lines.category_name = responsibilities.category_name
            and lines.event_date >= responsibilities.valid_from_date
            and lines.event_date
            < coalesce(responsibilities.valid_to_date, date '9999-12-31')
    ),
    scoped as (
        {% for scope_type, scope_name in whole_scopes.items() %}
            select
                sale_type,
                sale_key,
                order_key,
                '{{ scope_type }}' as scope_type,
                {{ scope_name }} as scope_name,
                is_without_lines,
                is_unconverted,
                gross_amount_base,
                discount_amount_base,
                total_amount_base,
                returned_amount_base,
                refund_total_amount_base,
                unit_count,
                returned_unit_count,
                event_date,
                order_date
            from whole
            union all
        {% endfor %}
        {% for scope_type, scope_name in line_scopes.items() %}
            select
                sale_type,
                sale_key,
                min(order_key) as order_key,
                '{{ scope_type }}' as scope_type,
                {{ scope_name }} as scope_name,
                bool_or(is_without_lines) as is_without_lines,
                bool_or(is_unconverted) as is_unconverted,
                sum(gross_amount_base) as gross_amount_base,
                sum(discount_amount_base) as discount_amount_base,
                cast(null as decimal(18, 6)) as total_amount_base,
                sum(returned_amount_base) as returned_amount_base,
                cast(null as decimal(18, 6)) as refund_total_amount_base,
                sum(
                    case when sale_type = 'sold' then unit_count else 0 end
                ) as unit_count,
                sum(
                    case when sale_type = 'returned' then unit_count else 0 end
                ) as returned_unit_count,
                min(event_date) as event_date,
                min(order_date) as order_date
            from managed_lines
            group by sale_type, sale_key, {{ scope_name }}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    )
select
    cast(sale_type as string) as sale_type,
    cast(sale_key as string) as sale_key,
    cast(order_key as string) as order_key,
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    cast(is_without_lines as boolean) as is_without_lines,
    cast(is_unconverted as boolean) as is_unconverted,
    cast(gross_amount_base as decimal(18, 6)) as gross_amount_base,
    cast(discount_amount_base as decimal(18, 6)) as discount_amount_base,
    cast(total_amount_base as decimal(18, 6)) as total_amount_base,
    cast(returned_amount_base as decimal(18, 6)) as returned_amount_base,
    cast(refund_total_amount_base as decimal(18, 6)) as refund_total_amount_base,
    cast(unit_count as decimal(18, 6)) as unit_count,
    cast(returned_unit_count as decimal(18, 6)) as returned_unit_count,
    cast(event_date as date) as event_date,
    cast(order_date as date) as order_date
from scoped
