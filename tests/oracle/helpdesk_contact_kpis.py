"""What the contact rate (K29) must be."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tests.oracle.comparison import Rows
from tests.oracle.helpdesk import Helpdesk
from tests.oracle.helpdesk_kpis import by_month
from tests.oracle.periods import ratio


@dataclass(frozen=True)
class Order:
    """An order: whose, and where he is."""

    day: date
    customer: str
    country: str


def _rates(items: list[Order | None]) -> dict[str, object]:
    orders = [one for one in items if one]
    tickets = len(items) - len(orders)
    customers = len({one.customer for one in orders})
    return {
        "ticket_count": tickets,
        "order_count": len(orders),
        "active_customer_count": customers,
        "tickets_per_100_orders": ratio(100 * tickets, len(orders)),
        "tickets_per_active_customer": ratio(tickets, customers),
    }


def kpi_contact_rate_monthly(
    desk: Helpdesk, orders: Sequence[Order], countries: Mapping[str, str]
) -> Rows:
    """K29: tickets per 100 orders; `countries` are those of the helpdesk's users."""
    # A ticket is None.
    found: dict[tuple, list[tuple[date, object]]] = defaultdict(list)
    for ticket in desk.tickets.values():
        country = countries.get(ticket.requester_id, "unknown")
        for place in ("total", f"country:{country}"):
            found[(place,)].append((desk.clock.day(ticket.created), None))
    for order in orders:
        for place in ("total", f"country:{order.country}"):
            found[(place,)].append((order.day, order))
    rows: Rows = {}
    for kind, month, (place,), items, prior in by_month(desk, found):
        before = _rates(prior)
        rows[kind, month.start, place] = {
            "scope_name": "all" if place == "total" else place.split(":")[1],
            "is_complete": month.is_complete,
            **_rates(items),
            **{f"prior_{name}": value for name, value in before.items()},
        }
    return rows
