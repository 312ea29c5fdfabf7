"""Orders that exist in every company, written out by hand: the planted truths.

Order ids begin with `P-` and say the scenario. All are of one product at a known price
unless the scenario needs more. Times are UTC; the company lives in Berlin.
"""

import random
from dataclasses import dataclass

from ingestion.sandbox.generator.calendar import DAY, HOUR, SECOND, at
from ingestion.sandbox.generator.company import Company, Person, Product
from ingestion.sandbox.generator.events.envelope import (
    Visitor,
    browser_context,
    browser_event,
    page_of,
    server_event,
)
from ingestion.sandbox.generator.events.orders import (
    order_properties,
    product_line,
    refund_properties,
)

Event = tuple[int, dict]
_TEA, _KETTLE, _GIFT_CARD = "TEA-DAR-100", "EQU-KET-001", "GFT-050"


@dataclass(frozen=True)
class Scenario:
    """One order: when, of what, in which currency; `name` is its id after `P-`."""

    name: str
    moment: str
    skus: tuple[str, ...] = (_TEA,)
    currency: str = "EUR"
    country: str = "Germany"
    coupon: str | None = None
    skew_hours: int = 0
    delay_days: int = 0
    event_name: str = "Order Completed"
    is_guest: bool = False


SCENARIOS = (
    # Returns count when they happen or when the order was: two variants.
    Scenario("refunded-next-month", "2026-01-28T10:00:00Z", (_KETTLE,)),
    Scenario("refunded-in-part", "2026-05-05T10:00:00Z", (_KETTLE, _TEA)),
    Scenario("refunded-twice", "2026-05-06T10:00:00Z", (_KETTLE, _TEA)),
    Scenario("refunded-more-than-paid", "2026-06-09T10:00:00Z"),
    Scenario("refunded-without-products", "2026-06-10T10:00:00Z", (_KETTLE,)),
    Scenario("cancelled", "2026-06-11T10:00:00Z"),
    Scenario("free-by-coupon", "2026-06-12T10:00:00Z", coupon="STAFF100"),
    # A gift card is not a sale; its goods on the same order are.
    Scenario("gift-card-and-tea", "2026-06-15T10:00:00Z", (_TEA, _GIFT_CARD)),
    Scenario("gift-card-only", "2026-06-16T10:00:00Z", (_GIFT_CARD,)),
    # The same order under a second messageId counts once.
    Scenario("retried", "2026-06-17T10:00:00Z"),
    # No rate: counted as unconverted, never multiplied by 1.0.
    Scenario("in-francs", "2026-06-18T10:00:00Z", currency="CHF", country="Switzerland"),
    Scenario("in-pounds-without-rate", "2026-02-20T10:00:00Z", currency="GBP", country="United Kingdom"),
    Scenario("in-dollars", "2026-06-19T10:00:00Z", currency="USD", country="United States"),
    # The day in Berlin is not the day in UTC.
    Scenario("after-midnight-in-berlin", "2026-03-31T22:30:00Z"),
    Scenario("in-the-repeated-hour-first", "2025-10-26T00:30:00Z"),
    Scenario("in-the-repeated-hour-second", "2025-10-26T01:30:00Z"),
    Scenario("after-the-skipped-hour", "2026-03-29T01:30:00Z"),
    # Clocks: sent days later; sent by a device that runs hours ahead.
    Scenario("late-over-the-month-end", "2026-06-29T15:00:00Z", delay_days=4),
    Scenario("clock-nine-hours-ahead", "2026-07-31T17:00:00Z", skew_hours=9),
    Scenario("by-a-guest", "2026-07-01T10:00:00Z", is_guest=True),
    # What senders do: numbers as text, old and misspelled names of the event.
    Scenario("prices-as-text", "2026-07-02T10:00:00Z"),
    Scenario("half-a-kilo", "2026-07-03T10:00:00Z"),
    Scenario("legacy-name", "2026-07-06T10:00:00Z", event_name="Completed Order"),
    Scenario("lower-case-name", "2026-07-07T10:00:00Z", event_name="order completed"),
    Scenario("user-id-undefined", "2026-07-08T10:00:00Z", is_guest=True),
)  # fmt: skip


def planted_orders(company: Company) -> list[Event]:
    """Return the events of the hand-written orders and of what followed them."""
    rng = company.rng("events/planted_orders")
    events: list[Event] = []
    for scenario in SCENARIOS:
        person = next(
            (user for user in company.web_users if user.country == scenario.country),
            company.web_users[0],
        )
        received, event = _order(rng, company, scenario, person)
        events.append((received, event))
        events += _follow_up(rng, scenario, event, person)
    unknown = {"order_id": "P-never-ordered", "currency": "EUR", "total": 15.0}
    events.append(server_event(rng, at("2026-07-09T10:00:00Z"), "Order Refunded", unknown, company.web_users[0].user_id))  # fmt: skip
    return events


def _product(company: Company, sku: str) -> Product:
    return next(product for product in company.products if product.sku == sku)


def _order(
    rng: random.Random, company: Company, scenario: Scenario, person: Person
) -> Event:
    lines = [
        product_line(_product(company, sku), scenario.currency, 1, position)
        for position, sku in enumerate(scenario.skus, 1)
    ]
    order = order_properties(
        f"P-{scenario.name}",
        scenario.currency,
        scenario.country,
        lines,
        scenario.coupon,
        "card",
    )
    if scenario.name == "prices-as-text":
        lines[0]["price"] = f"{lines[0]['price']:.2f}"
        order["total"], order["quantity"] = f"{order['total']:.2f}", "1"
    if scenario.name == "half-a-kilo":
        lines[0]["quantity"] = 0.5
    if scenario.is_guest:
        order["email"] = person.email.lower()
    visitor = Visitor(
        anonymous_id=person.devices[0],
        country=person.country,
        currency=scenario.currency,
        context=browser_context(rng, person.country, None),
        person=person,
        is_logged_in=not scenario.is_guest,
        clock_skew=scenario.skew_hours * HOUR,
        delay=scenario.delay_days * DAY,
    )
    page = page_of("/checkout", "Kasse", "")
    received, event = browser_event(
        rng, visitor, at(scenario.moment), "track", page, scenario.event_name, order
    )
    if scenario.name == "user-id-undefined":
        event["userId"] = "undefined"
    return received, event


def _follow_up(
    rng: random.Random, scenario: Scenario, event: dict, person: Person
) -> list[Event]:
    """Return what a scenario's name promises after its order."""
    order = event["properties"]

    def refund(moment: str, lines: list[dict] | None = None) -> Event:
        properties = refund_properties(order, lines)
        return server_event(
            rng, at(moment), "Order Refunded", properties, person.user_id
        )

    if scenario.name == "refunded-next-month":
        return [refund("2026-02-10T10:00:00Z")]
    if scenario.name == "refunded-in-part":
        return [refund("2026-05-20T10:00:00Z", order["products"][1:])]
    if scenario.name == "refunded-twice":
        return [
            refund("2026-05-21T10:00:00Z", order["products"][:1]),
            refund("2026-06-22T10:00:00Z", order["products"][1:]),
        ]
    if scenario.name == "refunded-more-than-paid":
        more = refund("2026-06-23T10:00:00Z")
        more[1]["properties"]["total"] = order["total"] + 25
        more[1]["properties"]["products"] = [{**order["products"][0], "quantity": 3}]
        return [more]
    if scenario.name == "refunded-without-products":
        bare = refund("2026-06-24T10:00:00Z")
        del bare[1]["properties"]["products"]
        return [bare]
    if scenario.name == "cancelled":
        when = at("2026-06-11T16:00:00Z")
        return [server_event(rng, when, "Order Cancelled", order, person.user_id)]
    if scenario.name == "retried":
        again = {**event, "messageId": event["messageId"] + "-retry"}
        return [(at(scenario.moment) + 3 * SECOND, again)]
    return []
