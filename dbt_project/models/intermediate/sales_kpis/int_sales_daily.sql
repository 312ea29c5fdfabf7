-- What every scope sold and took back on each day.
-- Grain: one row per (event_date, scope_type, scope_name) with an order, a refund, or a
-- refund of an order of that day.
{% set measures = [
    "gross_amount",
    "discount_amount",
    "total_amount",
    "returned_amount",
    "refund_total_amount",
    "order_dated_returned_amount",
    "unlinked_returned_amount",
    "unit_count",
    "returned_unit_count",
    "order_dated_returned_unit_count",
] %}
{% set counts = [
    "order_count",
    "order_without_lines_count",
    "unconverted_order_count",
    "refund_count",
    "unconverted_count",
] %}
with
    sales as (select * from {{ ref("int_sales_scopes") }}),
    events as (
        select
            event_date,
            scope_type,
            scope_name,
            gross_amount_base as gross_amount,
            discount_amount_base as discount_amount,
            total_amount_base as total_amount,
            returned_amount_base as returned_amount,
            refund_total_amount_base as refund_total_amount,
            0 as order_dated_returned_amount,
            case
                when sale_type = 'returned' and order_key is null
                then returned_amount_base
                else 0
            end as unlinked_returned_amount,
            unit_count,
            returned_unit_count,
            0 as order_dated_returned_unit_count,
            case when sale_type = 'sold' then 1 else 0 end as order_count,
            case
                when sale_type = 'sold' and is_without_lines then 1 else 0
            end as order_without_lines_count,
            case
                when sale_type = 'sold' and is_unconverted then 1 else 0
            end as unconverted_order_count,
            case when sale_type = 'returned' then 1 else 0 end as refund_count,
            case when is_unconverted then 1 else 0 end as unconverted_count
        from sales
        union all
        select
            order_date as event_date,
            scope_type,
            scope_name,
            0 as gross_amount,
            0 as discount_amount,
            0 as total_amount,
            0 as returned_amount,
            0 as refund_total_amount,
            returned_amount_base as order_dated_returned_amount,
            0 as unlinked_returned_amount,
            0 as unit_count,
            0 as returned_unit_count,
            returned_unit_count as order_dated_returned_unit_count,
            0 as order_count,
            0 as order_without_lines_count,
            0 as unconverted_order_count,
            0 as refund_count,
            0 as unconverted_count
        from sales
        where sale_type = 'returned' and order_key is not null
    ),
    final as (
        select
            event_date,
            scope_type,
            scope_name
            {%- for measure in measures + counts %}
                , sum({{ measure }}) as {{ measure }}
            {%- endfor %}
        from events
        group by event_date, scope_type, scope_name
    )
select
    cast(scope_type as string) as scope_type,
    cast(scope_name as string) as scope_name,
    {% for measure in counts %}
        cast({{ measure }} as bigint) as {{ measure }},
    {% endfor %}
    {% for measure in measures %}
        cast({{ measure }} as decimal(18, 6)) as {{ measure }},
    {% endfor %}
    cast(
        coalesce(gross_amount, 0)
        - coalesce(discount_amount, 0)
        - coalesce(returned_amount, 0) as decimal(18, 6)
    ) as net_amount,
    cast(event_date as date) as event_date
from final
