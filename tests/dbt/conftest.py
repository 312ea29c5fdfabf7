"""A small shop, built once with dbt; every row of it is there for one rule."""

import pytest

from tests.dbt.warehouses import KILLED_LOAD_ID, Warehouse, only, write_events

TEA = {"product_id": "T", "sku": "T-1", "category": "tea", "quantity": 2, "price": 10}


def order(message_id: str, order_id: str | None, at: str, **more: object) -> dict:
    """Return an Order Completed of two teas for 20 EUR from Austria."""
    return {
        "message_id": message_id,
        "type": "track",
        "event": "Order Completed",
        "order_id": order_id,
        "user_id": "u1",
        "event_at": at,
        "received_at": at,
        "country": "Austria",
        "currency": "EUR",
        "total": 20,
        "products": [TEA],
        **more,
    }


def refund(message_id: str, order_id: str, at: str, **more: object) -> dict:
    """Return an Order Refunded of one tea."""
    changes = {
        "event": "Order Refunded",
        "total": 10,
        "products": [{**TEA, "quantity": 1}],
    }
    return {**order(message_id, order_id, at), **changes, "country": None, **more}


EVENTS = [
    order("m1", "retried", "2026-03-02 10:00:05Z"),
    order("m2", "retried", "2026-03-02 10:00:00Z", total=21),
    order("m3", "legacy", "2026-03-03 10:00:00Z", event="Completed Order"),
    order("m4", "lower", "2026-03-04 10:00:00Z", event=" order_completed "),
    order("m5", None, "2026-03-05 10:00:00Z", user_id=None, anonymous_id="device-1"),
    order("m6", "late-evening", "2026-03-31 22:30:00Z"),
    order("m7", "killed", "2026-03-06 10:00:00Z", _dlt_load_id=KILLED_LOAD_ID),
    order("m8", "francs", "2026-03-07 10:00:00Z", currency="CHF", country=" "),
    order("m9", "moneyless", "2026-03-08 10:00:00Z", currency=None),
    order("m10", "identified", "2026-03-09 10:00:00Z", type="identify"),
    # 3000 pieces at 0.333333 are 999.999; the shop charged 1000.
    order(
        "m11",
        "fractions",
        "2026-03-10 10:00:00Z",
        revenue=1000,
        total=1000,
        products=[{**TEA, "quantity": 3000, "price": 0.333333}],
    ),
    # Its lines do not explain the subtotal: they win.
    order("m12", "disagreeing", "2026-03-11 10:00:00Z", revenue=25),
    order(
        "m13", "by-piece", "2026-03-12 10:00:00Z", products=[{"sku": "T-1", "price": 7}]
    ),
    {
        "message_id": "m14",
        "type": "track",
        "event": "order canceled",
        "order_id": "legacy",
        "event_at": "2026-03-03 12:00:00Z",
    },
    refund("r1", "legacy", "2026-04-02 10:00:00Z"),
    refund("r2", "legacy", "2026-04-03 10:00:00Z"),
    refund("r3", "unheard-of", "2026-04-04 10:00:00Z", country="Iran"),
    refund("r4", "francs", "2026-04-05 10:00:00Z", currency=None),
]


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Return the built warehouse of a deployment that has only a shop."""
    warehouse = Warehouse(
        tmp_path_factory.mktemp("shop"),
        {
            "VENDORS": only("shop", "events"),
            "AS_OF": "2026-04-10",
            "REPORTING_TIMEZONE": "Europe/Berlin",
            "BASE_CURRENCY": "EUR",
            "WEEKEND_DAYS": "5",
        },
    )
    write_events(warehouse.directory, EVENTS)
    warehouse.build()
    return warehouse
