"""K64 and K66: what visits and events are credited with, one order at a time."""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from tests.oracle.comparison import Rows
from tests.oracle.leads import Touch
from tests.oracle.periods import cents, period_of
from tests.oracle.shop import Sale
from tests.oracle.shop_sessions import Session, Visits, buyer_of

LOOK_BACK = timedelta(days=90)
EVENT_LOOK_BACK = timedelta(days=180)
DIRECT_LOOK_BACK = timedelta(days=30)
PERIODS = ("month", "quarter", "year", "jalali_month", "jalali_year")
MODELS = ("first", "last", "last_non_direct", "linear", "position", "time_decay", "markov", "shapley")  # fmt: skip
MICRO = Decimal("0.000001")


@dataclass(frozen=True)
class Encounter:
    """A visit or an attended event before an order; its tag is source/campaign."""

    moment: datetime
    channel: str
    tag: str
    medium: str = ""
    event: str = ""


def _visit(session: Session) -> Encounter:
    tags = session.first["context"].get("campaign")
    tag = f"{tags['source']}/{tags['name']}" if tags else "none"
    return Encounter(session.events[0][0], session.channel, tag, session.source[1])


class Journeys:
    """What came before each order, and its credit under each model.

    Events are those that each customer attended, by customer.
    """

    def __init__(
        self,
        visits: Visits,
        customer_of: Callable[[str, str], str],
        events: dict[str, list[Touch]],
    ) -> None:
        self.today = visits.today
        by_customer: dict[str, list[Session]] = defaultdict(list)
        own: dict[str, Session] = {}
        for session in visits.sessions:
            by_customer[session.user].append(session)
            own |= {order.order_id: session for order in session.orders}
        messages = {event["messageId"]: event for event in visits.shop.events}
        self.credits: list[tuple[Sale, str, Encounter | None, Fraction, Decimal]] = []
        for order in visits.shop.orders.values():
            customer = buyer_of(messages[order.identity], customer_of)
            seen = [
                session
                for session in by_customer[customer]
                if timedelta(0) <= order.moment - session.events[0][0] < LOOK_BACK
            ]
            if order.order_id in own and own[order.order_id] not in seen:
                seen.append(own[order.order_id])
            met = [_visit(session) for session in seen] + [
                Encounter(touch.moment, touch.channel, f"{touch.channel}/{touch.event}", "event", touch.event)
                for touch in events.get(customer, [])
                if timedelta(0) <= order.moment - touch.moment < EVENT_LOOK_BACK
            ]  # fmt: skip
            met.sort(key=lambda one: one.moment)
            self._credit(order, met or [None])

    def _credit(self, order: Sale, seen: list[Encounter] | list[None]) -> None:
        worth = order.base(order.goods) - order.base(order.discount)
        for model, weights in weights_of(order.moment, seen).items():
            whole, so_far, given = sum(weights), Fraction(0), Decimal(0)
            for met, weight in zip(seen, weights, strict=True):
                so_far += weight / whole
                up_to = micros(worth, so_far)
                share = weight / whole
                self.credits.append((order, model, met, share, up_to - given))
                given = up_to


def micros(worth: Decimal, share: Fraction) -> Decimal:
    """Return a part of an amount, rounded to the millionth."""
    exact = Fraction(worth) * share
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(
        MICRO, ROUND_HALF_UP
    )


def weights_of(
    moment: datetime, seen: list[Encounter] | list[None]
) -> dict[str, list[Fraction]]:
    """Return the weight of each encounter before a moment under each model."""
    count = len(seen)
    channels = [met.channel if met else "unknown" for met in seen]
    often = Counter(channels)
    ages = [moment - met.moment if met else timedelta(0) for met in seen]
    last = count - 1
    elsewhere = [
        place
        for place in range(count)
        if channels[place] != "direct" and ages[place] < DIRECT_LOOK_BACK
    ]
    chosen = elsewhere[-1] if elsewhere else last
    middle = Fraction(1, 5) / (count - 2) if count > 2 else Fraction(0)
    linear = [Fraction(1)] * count
    return {
        "first": [Fraction(place == 0) for place in range(count)],
        "last": [Fraction(place == last) for place in range(count)],
        "last_non_direct": [Fraction(place == chosen) for place in range(count)],
        "linear": linear,
        "position": linear
        if count <= 2
        else [
            Fraction(2, 5) if place in (0, last) else middle for place in range(count)
        ],
        "time_decay": [Fraction(0.5 ** (age / timedelta(days=7))) for age in ages],
        # The small company has too few orders for a chain.
        "markov": linear,
        "shapley": [Fraction(1, often[channel]) for channel in channels],
    }


def kpi_channel_attribution(journeys: Journeys) -> Rows:
    """Return the credits of every period, model and scope."""
    parts: dict[tuple, list[tuple[Sale, Fraction, Decimal]]] = defaultdict(list)
    for order, model, met, share, amount in journeys.credits:
        channel, tag = (met.channel, met.tag) if met else ("unknown", "none")
        if order.day > journeys.today:
            continue
        for period_type in PERIODS:
            start, _ = period_of(period_type, order.day)
            for scope in (("channel", channel), ("campaign", tag)):
                key = (period_type, start, model, *scope)
                parts[key].append((order, share, amount))
    totals: dict[tuple, Decimal] = defaultdict(Decimal)
    for key, credits in parts.items():
        totals[key[:4]] += sum(amount for _, _, amount in credits)
    rows: Rows = {}
    for key, credits in parts.items():
        _, end = period_of(*key[:2])
        amount = sum((amount for _, _, amount in credits), Decimal(0))
        total = totals[key[:4]]
        rows[key] = {
            "period_end_date": end,
            "is_complete": end < journeys.today,
            "credited_orders": round(float(sum(share for _, share, _ in credits)), 6),
            "unconverted_orders": round(
                float(sum(share for order, share, _ in credits if order.rate is None)),
                6,
            ),
            "credited_net_sales_amount_base": cents(amount),
            "total_net_sales_amount_base": cents(total),
            "credited_net_sales_share": float(amount / total) if total else None,
        }
    return rows


def kpi_attribution_disagreement(attributions: Rows) -> Rows:
    """Return how far the models lie apart, the one without a chain left out."""
    shares: dict[tuple, dict[str, float | None]] = defaultdict(dict)
    for (period_type, start, model, scope_type, name), row in attributions.items():
        if scope_type == "channel" and model != "markov":
            shares[period_type, start, name][model] = row["credited_net_sales_share"]
    rows: Rows = {}
    for key, by_model in shares.items():
        known = [share for share in by_model.values() if share is not None]
        # Seven models; one that gives the channel nothing gives it 0.
        parts = [*known, *([0.0] if len(by_model) < 7 else [])]
        gap = max(parts) - min(parts) if known else None
        rows[key] = {
            "model_count": 7,
            "disagreement_share": gap,
            "is_undecidable": gap is not None and gap > 0.2,
        }
    return rows
