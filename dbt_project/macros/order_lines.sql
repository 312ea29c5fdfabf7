-- What a line of an order or a refund sells. Gift cards are a means of payment and
-- shipping is a cost of delivery: neither is a sale (K1), both are kept.
{% macro line_type(category) -%}
    case
        when
            replace(lower(trim({{ category }})), '_', ' ')
            in ('gift card', 'gift cards', 'giftcard', 'gift voucher')
        then 'gift_card'
        when lower(trim({{ category }})) in ('shipping', 'delivery', 'postage')
        then 'shipping'
        else 'product'
    end
{%- endmacro %}

-- Price times quantity. A line without a quantity counts as one piece, one without a
-- price as free.
{% macro line_amount(price, quantity) -%}
    cast(coalesce({{ price }}, 0) * coalesce({{ quantity }}, 1) as decimal(18, 6))
{%- endmacro %}

-- The products' value of an order or refund. Prices carry six decimals, so that many
-- pieces of a fraction of a cent lose money: a stated sum that agrees with all lines
-- within that rounding is the exact one.
{% macro product_amount(product_lines, other_lines, quantity, stated) -%}
    case
        when
            abs({{ stated }} - {{ product_lines }} - {{ other_lines }})
            <= cast({{ quantity }} as decimal(18, 6)) * 0.0000005
        then {{ stated }} - {{ other_lines }}
        else {{ product_lines }}
    end
{%- endmacro %}
