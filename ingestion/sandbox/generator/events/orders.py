"""What an order costs, and what becomes of it.

Amounts follow the e-commerce spec: prices are net, `subtotal` and `revenue` are goods
after the discount, `total` adds shipping and tax. Gift cards get no discount and carry
no tax. A refund lists its products at their full price; its `total` is the money paid
back, discount and tax considered.
"""

import random

from ingestion.sandbox.generator.calendar import AS_OF, DAY, HOUR
from ingestion.sandbox.generator.company import Product
from ingestion.sandbox.generator.events.envelope import server_event

# Net price in the currency for one euro: the shop has fixed price lists.
PRICE_LIST = {"EUR": 1.0, "USD": 1.1, "GBP": 0.88, "TRY": 38.0, "CHF": 0.96}
TAX_PERCENT = {
    "Germany": 7,
    "Austria": 10,
    "Iran": 0,
    "Turkey": 10,
    "United Kingdom": 0,
    "United States": 0,
    "Switzerland": 3,
}
COUPONS = {"WELCOME10": 10, "NOWRUZ20": 20, "BLACK30": 30, "STAFF100": 100}
PAYMENT_METHODS = ("card", "card", "paypal", "invoice")


def price_in(product: Product, currency: str) -> int:
    """Return a product's price in cents of a currency, as the price list has it."""
    return round(product.price * PRICE_LIST[currency] / 10) * 10


def product_line(product: Product, currency: str, quantity: int, position: int) -> dict:
    """Return a product as it stands in `products`."""
    return {
        "product_id": product.product_id,
        "sku": product.sku,
        "name": product.name,
        "category": product.category,
        "brand": "Zafran",
        "variant": "",
        "price": price_in(product, currency) / 100,
        "quantity": quantity,
        "position": position,
    }


def cents(value: float) -> int:
    """Return an amount of the shop in cents."""
    return round(value * 100)


def order_properties(
    order_id: str,
    currency: str,
    country: str,
    lines: list[dict],
    coupon: str | None,
    payment_method: str,
) -> dict:
    """Return the properties of an order event."""
    goods = _value([line for line in lines if line["category"] != "gift_card"])
    gift_cards = _value([line for line in lines if line["category"] == "gift_card"])
    discount = goods * COUPONS[coupon] // 100 if coupon else 0
    tax = (goods - discount) * TAX_PERCENT[country] // 100
    is_free = goods == 0 or goods >= cents(60 * PRICE_LIST[currency])
    shipping = 0 if is_free else cents(4.9 * PRICE_LIST[currency])
    subtotal = goods - discount + gift_cards
    properties = {
        "order_id": order_id,
        "affiliation": "Zafran Online Shop",
        "country": country,
        "currency": currency,
        "subtotal": subtotal / 100,
        "revenue": subtotal / 100,
        "shipping": shipping / 100,
        "tax": tax / 100,
        "discount": discount / 100,
        "total": (subtotal + shipping + tax) / 100,
        "payment_method": payment_method,
        "products": lines,
    }
    if coupon:
        properties["coupon"] = coupon
    return properties


def _value(lines: list[dict]) -> int:
    return sum(cents(line["price"]) * int(line["quantity"]) for line in lines)


def refund_properties(order: dict, lines: list[dict] | None = None) -> dict:
    """Return the properties of a refund: of everything, or of some lines only."""
    properties = {
        "order_id": order["order_id"],
        "currency": order["currency"],
        "country": order["country"],
        "total": order["total"],
        "products": order["products"],
    }
    if lines is not None:
        goods = _value(lines)
        share = cents(order["total"] - order["shipping"]) / _value(order["products"])
        properties["total"] = round(goods * share) / 100
        properties["products"] = lines
    return properties


def aftermath(
    rng: random.Random,
    order: dict,
    moment: int,
    user_id: str | None,
    anonymous_id: str | None,
) -> list[tuple[int, dict]]:
    """Return what follows an order: seldom a cancellation, sometimes refunds."""
    dice = rng.random()
    if dice < 0.02:
        later = moment + int(rng.uniform(0.2, 20) * HOUR)
        return _known([server_event(rng, later, "Order Cancelled", order, user_id, anonymous_id)])  # fmt: skip
    if dice > 0.12 or all(p["category"] == "gift_card" for p in order["products"]):
        return []
    later = moment + int(rng.lognormvariate(2.2, 0.7) * DAY)
    if dice < 0.06 or len(order["products"]) == 1:
        refunds = [(later, refund_properties(order))]
    else:
        refunds = [(later, refund_properties(order, order["products"][:1]))]
        if dice < 0.075:
            second = refund_properties(order, order["products"][1:2])
            refunds.append((later + int(rng.uniform(1, 20) * DAY), second))
    for _, properties in refunds:
        if rng.random() < 0.3:
            del properties["country"]
    return _known(
        [
            server_event(rng, when, "Order Refunded", properties, user_id, anonymous_id)
            for when, properties in refunds
        ]
    )


def _known(events: list[tuple[int, dict]]) -> list[tuple[int, dict]]:
    return [item for item in events if item[0] <= AS_OF]
