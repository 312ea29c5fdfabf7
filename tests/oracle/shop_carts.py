"""K35, K37: carts, one at a time from the first product to the order or its absence."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from tests.oracle.comparison import Rows
from tests.oracle.periods import cents, comparisons, period_of
from tests.oracle.sales_kpis import PERIOD_TYPES
from tests.oracle.shop import Sale
from tests.oracle.shop_sessions import DAILY_SCOPES, Session, Visits, buyer_of

WINDOW, RECOVERY = timedelta(hours=24), timedelta(days=7)
CHANGES = ("product added", "product removed", "cart viewed")


@dataclass
class Cart:
    """One cart: its changes in their order, and the orders that it led to."""

    session: Session
    created: datetime
    changes: list[tuple[datetime, dict]] = field(default_factory=list)
    bought: list[tuple[datetime, Sale, Session | None]] = field(default_factory=list)

    def content(self) -> tuple[Decimal, Decimal]:
        """Return pieces and value after a day."""
        pieces: dict[str, Decimal] = defaultdict(Decimal)
        value: dict[str, Decimal] = defaultdict(Decimal)
        for moment, event in self.changes:
            name = event["event"].lower()
            if moment <= self.created + WINDOW and name != "cart viewed":
                product = event["properties"]
                sign = 1 if name == "product added" else -1
                count = sign * Decimal(str(product["quantity"]))
                pieces[product["product_id"]] += count
                value[product["product_id"]] += count * Decimal(str(product["price"]))
        left = [product for product, count in pieces.items() if count > 0]
        return (
            sum((pieces[one] for one in left), Decimal(0)),
            sum((value[one] for one in left), Decimal(0)),
        )


class Carts:
    """Every cart with what became of it."""

    def __init__(self, visits: Visits, customer_of: Callable[[str, str], str]) -> None:
        self.visits = visits
        self.shop = visits.shop
        self.now = self.shop.clock.as_of
        self.carts: dict[str, Cart] = {}
        touches = [
            (moment, event["messageId"], event, session)
            for session in visits.sessions
            for moment, event in session.events
            if (event.get("event") or "").lower() in CHANGES
        ]
        touches.sort(key=lambda touch: touch[:2])
        by_user: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
        for moment, _, event, session in touches:
            cart_id = event["properties"]["cart_id"]
            if event["event"].lower() == "product added":
                self.carts.setdefault(cart_id, Cart(session, moment))
        for moment, _, event, session in touches:
            cart_id = event["properties"]["cart_id"]
            if cart_id in self.carts:
                self.carts[cart_id].changes.append((moment, event))
                by_user[session.user].append((moment, cart_id))
        self._buy(by_user, customer_of)

    def _buy(
        self,
        touches: dict[str, list[tuple[datetime, str]]],
        customer_of: Callable[[str, str], str],
    ) -> None:
        sessions = {
            order.order_id: session
            for session in self.visits.sessions
            for order in session.orders
        }
        messages = {event["messageId"]: event for event in self.shop.events}
        for order in sorted(self.shop.orders.values(), key=lambda one: one.moment):
            buyer = buyer_of(messages[order.identity], customer_of)
            before = [
                cart_id
                for moment, cart_id in touches[buyer]
                # A cart that is looked at before its first product is none yet.
                if max(moment, self.carts[cart_id].created) <= order.moment
                and order.moment <= self.carts[cart_id].created + RECOVERY
            ]
            if before:
                cart = self.carts[before[-1]]
                cart.bought.append((order.moment, order, sessions.get(order.order_id)))

    def row(self, cart: Cart) -> dict:
        """Return what a cart adds to each measure."""
        pieces, value = cart.content()
        day = self.shop.clock.day(cart.created)
        rate = self.shop.crm.rate(self._currency(cart), day)
        base = (value * rate).quantize(Decimal("0.000001")) if rate is not None else None  # fmt: skip
        first = cart.bought[0] if cart.bought else None
        if cart.created + WINDOW > self.now:
            status = "too_young"
        elif first and first[0] <= cart.created + WINDOW:
            status = "purchased"
        else:
            status = "abandoned" if pieces > 0 else "emptied"
        is_abandoned = status == "abandoned"
        is_recoverable = is_abandoned and cart.created + RECOVERY <= self.now
        channel, back = "", Decimal(0)
        is_recovered = is_recoverable and first is not None
        if is_recovered and first is not None:
            _, order, session = first
            channel = session.channel if session else ""
            back = min(base, order.base(order.goods)) if base is not None else back
        return {
            "cart_count": 1,
            **{
                f"{name}_cart_count": status == name
                for name in ("too_young", "emptied", "purchased", "abandoned")
            },
            "unconverted_cart_count": is_abandoned and base is None,
            "recoverable_cart_count": is_recoverable,
            "recovered_cart_count": is_recovered,
            "mail_recovered_cart_count": channel == "email",
            "ad_recovered_cart_count": channel.startswith("paid"),
            "abandoned_amount_base": base or Decimal(0) if is_abandoned else Decimal(0),
            "recoverable_amount_base": base or Decimal(0)
            if is_recoverable
            else Decimal(0),
            "recovered_amount_base": back,
        }

    @staticmethod
    def _currency(cart: Cart) -> str:
        own = cart.changes[0][1]["properties"].get("currency")
        named = (event.get("properties", {}).get("currency") for _, event in cart.session.events)  # fmt: skip
        return own or next((one for one in named if one), "")


def _fine_scopes(carts: Carts, cart: Cart) -> list[tuple[str, str]]:
    """Return what a cart counts under from the month on."""
    visits, session = carts.visits, cart.session
    hour = cart.created.astimezone(carts.shop.clock.zone).hour
    return [
        ("region", visits.regions.get(session.country, "unknown")),
        ("source", session.source[0]),
        ("campaign", session.campaign),
        ("segment", visits.segments.get(session.user, "unknown")),
        ("age_group", visits.age_groups.get(session.user, "unknown")),
        ("hour", f"{hour:02}"),
    ]


def kpi_cart_abandonment(carts: Carts) -> Rows:
    """Return the carts of every period and scope."""
    scopes: dict[tuple[str, str], list[tuple[date, dict]]] = defaultdict(list)
    for cart in carts.carts.values():
        entry = (carts.shop.clock.day(cart.created), carts.row(cart))
        scopes["total", "all"].append(entry)
        scopes["channel", cart.session.channel].append(entry)
        scopes["device", cart.session.device_type].append(entry)
        scopes["country", cart.session.country].append(entry)
        for scope in _fine_scopes(carts, cart):
            scopes[scope].append(entry)
    rows: Rows = {}
    for scope, entries in scopes.items():
        for period_type in PERIOD_TYPES:
            if period_type in ("day", "week") and scope[0] not in DAILY_SCOPES:
                continue
            within: dict[date, list[dict]] = defaultdict(list)
            for day, row in entries:
                within[period_of(period_type, day)[0]].append(row)
            first = min(day for day, _ in entries)
            for period in comparisons(period_type, first, carts.visits.today):
                rows[(period_type, period.start, *scope)] = _summed(within[period.start], entries[0][1])  # fmt: skip
    return rows


def _summed(found: list[dict], example: dict) -> dict:
    sums = {name: sum((row[name] for row in found), Decimal(0)) for name in example}
    decided = sums["abandoned_cart_count"] + sums["purchased_cart_count"]
    recoverable = sums["recoverable_cart_count"]
    rows = {
        name: cents(value) if name.endswith("base") else int(value)
        for name, value in sums.items()
    }
    return rows | {
        "abandonment_rate": float(sums["abandoned_cart_count"] / decided)
        if decided
        else None,
        "recovery_rate": float(sums["recovered_cart_count"] / recoverable)
        if recoverable
        else None,
    }
