"""K64 and K66: what visits are credited with, one order at a time."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from tests.oracle.comparison import Rows
from tests.oracle.periods import cents, period_of
from tests.oracle.shop import Sale
from tests.oracle.shop_sessions import Session, Visits, buyer_of

LOOK_BACK = timedelta(days=90)
DIRECT_LOOK_BACK = timedelta(days=30)
PERIODS = ("month", "quarter", "year", "jalali_month", "jalali_year")
MICRO = Decimal("0.000001")


class Journeys:
    """The visits before each order, and their credit under each model."""

    def __init__(self, visits: Visits, customer_of: Callable[[str, str], str]) -> None:
        self.today = visits.today
        by_customer: dict[str, list[Session]] = defaultdict(list)
        own: dict[str, Session] = {}
        for session in visits.sessions:
            by_customer[session.user].append(session)
            own |= {order.order_id: session for order in session.orders}
        messages = {event["messageId"]: event for event in visits.shop.events}
        self.credits: list[tuple[Sale, str, Session | None, Fraction, Decimal]] = []
        for order in visits.shop.orders.values():
            customer = buyer_of(messages[order.identity], customer_of)
            seen = [
                session
                for session in by_customer[customer]
                if timedelta(0) <= order.moment - session.events[0][0] < LOOK_BACK
            ]
            if order.order_id in own and own[order.order_id] not in seen:
                seen.append(own[order.order_id])
            seen.sort(key=lambda session: session.events[0][0])
            self._credit(order, seen or [None])

    def _credit(self, order: Sale, seen: list[Session | None]) -> None:
        worth = order.base(order.goods) - order.base(order.discount)
        for model, weights in _models(order, seen).items():
            whole, so_far, given = sum(weights), Fraction(0), Decimal(0)
            for session, weight in zip(seen, weights, strict=True):
                so_far += weight / whole
                up_to = _micros(worth, so_far)
                share = weight / whole
                self.credits.append((order, model, session, share, up_to - given))
                given = up_to


def _micros(worth: Decimal, share: Fraction) -> Decimal:
    exact = Fraction(worth) * share
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(
        MICRO, ROUND_HALF_UP
    )


def _models(order: Sale, seen: list[Session | None]) -> dict[str, list[Fraction]]:
    """Return the weight of each visit under each model."""
    count = len(seen)
    channels = [session.channel if session else "unknown" for session in seen]
    often = Counter(channels)
    ages = [
        order.moment - session.events[0][0] if session else timedelta(0)
        for session in seen
    ]
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
    for order, model, session, share, amount in journeys.credits:
        channel = session.channel if session else "unknown"
        tags = session.first["context"].get("campaign") if session else None
        tag = f"{tags['source']}/{tags['name']}" if tags else "none"
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
