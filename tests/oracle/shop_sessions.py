"""K31 to K34, K36, K39, K40: visits to the shop, one device and one event at a time."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import product
from urllib.parse import urlsplit

from tests.oracle.comparison import Rows
from tests.oracle.periods import cents, comparisons, period_of
from tests.oracle.sales_kpis import PERIOD_TYPES
from tests.oracle.shop import COMPLETED, Sale, Shop, event_time

PAUSE = timedelta(minutes=30)
DAILY_SCOPES = ("total", "channel", "device", "country")
STEPS = ("product viewed", "product added", "checkout started", "payment info entered", "order completed")  # fmt: skip
STEP_NAMES = ("product view", "cart", "checkout", "payment", "purchase")
AFTERMATH = {"order refunded", "order cancelled"}
MACHINE = re.compile("bot|headless|python-requests")
# What the sandbox's visitors come from; the models know more.
SITES = {
    "google.com": ("google", "search"),
    "bing.com": ("bing", "search"),
    "duckduckgo.com": ("duckduckgo", "search"),
    "instagram.com": ("instagram", "social"),
}
SOURCE_KINDS = {
    "google": "search",
    "facebook": "social",
    "instagram": "social",
    "linkedin": "social",
}


def _id(value: object) -> str | None:
    text = "" if value is None else str(value).strip()
    return None if text.lower() in ("", "null", "undefined", "0") else text


def buyer_of(event: dict, customer_of: Callable[[str, str], str]) -> str:
    """Return the customer behind an order: the account, else the device."""
    if user := _id(event.get("userId")):
        return customer_of("user", user)
    return customer_of("visitor", event["anonymousId"])


def _name(event: dict) -> str:
    name = (event.get("event") or "").strip().lower()
    return "order completed" if name in COMPLETED else name


@dataclass
class Session:
    """One visit; events in their order."""

    device: str
    events: list[tuple[datetime, dict]]
    day: date
    orders: list[Sale] = field(default_factory=list)
    user: str = ""

    @property
    def first(self) -> dict:
        """The first event."""
        return self.events[0][1]

    @property
    def views(self) -> int:
        """Page views."""
        return sum(event["type"] in ("page", "screen") for _, event in self.events)

    @property
    def is_engaged(self) -> bool:
        """More than ten seconds, two pages or a purchase."""
        length = self.events[-1][0] - self.events[0][0]
        return length > timedelta(seconds=10) or self.views >= 2 or bool(self.orders)

    @property
    def seen_steps(self) -> set[int]:
        """The steps that an event shows; a retried order is none."""
        names = {_name(event) for _, event in self.events if event["type"] == "track"}
        seen = {number for number, name in enumerate(STEPS[:4], 1) if name in names}
        return seen | ({5} if self.orders else set())

    @property
    def furthest(self) -> int:
        """The furthest step."""
        return max(self.seen_steps, default=0)

    @property
    def logins(self) -> set[str]:
        """The accounts of the visit."""
        found = {_id(event.get("userId")) for _, event in self.events}
        return {user for user in found if user}

    @property
    def country(self) -> str:
        """The first country that an event names."""
        for _, event in self.events:
            for place in (
                event.get("properties", {}).get("country"),
                event["context"].get("traits", {}).get("address", {}).get("country"),
            ):
                if place:
                    return place
        return "unknown"

    @property
    def device_type(self) -> str:
        """What the user agent says."""
        agent = self.first["context"].get("userAgent", "")
        if "iPad" in agent:
            return "tablet"
        return "mobile" if "Mobile" in agent else "desktop"

    @property
    def source(self) -> tuple[str, str]:
        """Source and medium of the first event."""
        campaign = self.first["context"].get("campaign")
        if campaign:
            return campaign["source"], campaign["medium"]
        page = self.first["context"].get("page", {})
        host = urlsplit(page.get("referrer", "")).netloc.removeprefix("www.")
        if not host or host == urlsplit(page.get("url", "")).netloc:
            return "direct", "none"
        name, kind = SITES.get(host, (host, ""))
        return name, "organic" if kind == "search" else "referral"

    @property
    def channel(self) -> str:
        """GA4's default channel group, as far as the sandbox's visitors reach."""
        source, medium = self.source
        kind = SOURCE_KINDS.get(source) or SITES.get(f"{source}.com", ("", ""))[1]
        if medium == "none":
            return "direct"
        if medium in ("cpc", "paid_social"):
            return f"paid_{kind}"
        if medium == "email":
            return "email"
        return {"search": "organic_search", "social": "organic_social"}.get(kind, "referral")  # fmt: skip

    @property
    def campaign(self) -> str:
        """The campaign of the first event."""
        campaign = self.first["context"].get("campaign")
        return campaign["name"] if campaign else "none"

    @property
    def sales(self) -> Decimal:
        """Products less discounts of the orders."""
        return sum((one.base(one.goods) - one.base(one.discount) for one in self.orders), Decimal(0))  # fmt: skip


class Visits:
    """Every visit, found by walking each device's events."""

    def __init__(
        self,
        shop: Shop,
        customer_of: Callable[[str, str], str],
        regions: dict[str, str] | None = None,
        segments: dict[str, str] | None = None,
        age_groups: dict[str, str] | None = None,
    ) -> None:
        self.shop = shop
        self.regions = regions or {}
        self.segments, self.age_groups = segments or {}, age_groups or {}
        self.today = shop.clock.today
        self.sessions: list[Session] = []
        by_message = {order.identity: order for order in shop.orders.values()}
        devices: dict[str, list[tuple[datetime, dict]]] = defaultdict(list)
        for event in shop.events:
            device = _id(event.get("anonymousId")) or _id(event.get("userId"))
            if device and self._is_visit(event):
                devices[device].append((event_time(event), event))
        for device, events in devices.items():
            self._walk(device, sorted(events, key=lambda one: (one[0], one[1]["messageId"])))  # fmt: skip
        for session in self.sessions:
            messages = [event["messageId"] for _, event in session.events]
            session.orders = [by_message[one] for one in messages if one in by_message]
            logins = session.logins
            session.user = (
                customer_of("user", *logins)
                if len(logins) == 1
                else customer_of("visitor", session.device)
            )

    @staticmethod
    def _is_visit(event: dict) -> bool:
        context = event["context"]
        if event["type"] not in ("page", "screen", "track"):
            return False
        if context["library"]["name"].endswith("-node"):
            return False
        is_machine = MACHINE.search(context.get("userAgent", "").lower())
        return not is_machine and _name(event) not in AFTERMATH

    def _walk(self, device: str, events: list[tuple[datetime, dict]]) -> None:
        last = None
        for moment, event in events:
            if last is None or moment - last > PAUSE:
                session = Session(device, [], self.shop.clock.day(moment))
                self.sessions.append(session)
            session.events.append((moment, event))
            last = moment

    def scopes(self) -> dict[tuple[str, str], list[Session]]:
        """Return the visits of every scope."""
        found: dict[tuple[str, str], list[Session]] = defaultdict(list)
        for session in self.sessions:
            found["total", "all"].append(session)
            found["channel", session.channel].append(session)
            found["device", session.device_type].append(session)
            found["country", session.country].append(session)
            found["region", self.regions.get(session.country, "unknown")].append(session)  # fmt: skip
            found["source", session.source[0]].append(session)
            found["campaign", session.campaign].append(session)
            found["age_group", self.age_groups.get(session.user, "unknown")].append(session)  # fmt: skip
        return found

    def periods(self) -> Iterable[tuple]:
        """Yield each period of each scope with its visits."""
        for scope, sessions in self.scopes().items():
            first = min(session.day for session in sessions)
            for period_type in PERIOD_TYPES:
                if period_type in ("day", "week") and scope[0] not in DAILY_SCOPES:
                    continue
                within: dict[date, list[Session]] = defaultdict(list)
                for session in sessions:
                    within[period_of(period_type, session.day)[0]].append(session)
                for period in comparisons(period_type, first, self.today):
                    key = (period_type, period.start, *scope)
                    yield key, period, within[period.start]


def _rate(part: Decimal | int, whole: int) -> float | None:
    return float(part) / whole if whole else None


def kpi_sessions(visits: Visits) -> Rows:
    """Return visits, users and rates."""
    return {
        key: {
            "period_end_date": period.end,
            "is_complete": period.is_complete,
            **_session_row(sessions),
        }
        for key, period, sessions in visits.periods()
    }


def _session_row(sessions: list[Session]) -> dict:
    count = len(sessions)
    users = len({session.user for session in sessions})
    engaged = sum(session.is_engaged for session in sessions)
    buyers = [session for session in sessions if session.orders]
    checkouts = sum(session.furthest >= 3 for session in sessions)
    orders = [order for session in sessions for order in session.orders]
    sales = sum((session.sales for session in sessions), Decimal(0))
    buying_users = len({session.user for session in buyers})
    return {
        "session_count": count,
        "user_count": users,
        "engaged_session_count": engaged,
        "bounced_session_count": count - engaged,
        "checkout_session_count": checkouts,
        "purchasing_session_count": len(buyers),
        "purchasing_user_count": buying_users,
        "order_count": len(orders),
        "unconverted_order_count": sum(order.rate is None for order in orders),
        "net_sales_amount_base": cents(sales),
        "engagement_rate": _rate(engaged, count),
        "bounce_rate": _rate(count - engaged, count),
        "conversion_rate": _rate(len(buyers), count),
        "user_conversion_rate": _rate(buying_users, users),
        "checkout_abandonment_rate": _rate(checkouts - len(buyers), checkouts),
        "net_sales_per_session": _rate(sales, count),
    }


def kpi_shop_funnel(visits: Visits) -> Rows:
    """Return the five steps of every period and scope."""
    rows: Rows = {}
    for key, period, sessions in visits.periods():
        before = len(sessions)
        for number, name in enumerate(STEP_NAMES, 1):
            reached = [one for one in sessions if one.furthest >= number]
            rows[*key, number] = {
                "period_end_date": period.end,
                "step_name": name,
                "session_count": len(sessions),
                "previous_step_session_count": before,
                "step_session_count": len(reached),
                "imputed_session_count": sum(
                    number not in one.seen_steps for one in reached
                ),
                "step_rate": _rate(len(reached), before),
                "reached_rate": _rate(len(reached), len(sessions)),
            }
            before = len(reached)
    return rows


def kpi_referrers_monthly(visits: Visits) -> Rows:
    """Return visits and sales by month and source."""
    months: dict[tuple, list[Session]] = defaultdict(list)
    found: dict[tuple, list[Session]] = defaultdict(list)
    for session, kind in product(visits.sessions, ("month", "jalali_month")):
        month = (kind, period_of(kind, session.day)[0])
        months[month].append(session)
        found[*month, *session.source, session.channel].append(session)
    rows: Rows = {}
    for key, sessions in found.items():
        part, whole = _session_row(sessions), _session_row(months[key[:2]])
        counts = ("session_count", "user_count", "order_count", "unconverted_order_count", "net_sales_amount_base")  # fmt: skip
        rows[key] = {name: part[name] for name in counts}
        rows[key] |= {
            "is_complete": period_of(*key[:2])[1] < visits.today,
            "month_session_count": whole["session_count"],
            "month_order_count": whole["order_count"],
            "session_share": _rate(part["session_count"], whole["session_count"]),
            "order_share": _rate(part["order_count"], whole["order_count"]),
        }
    return rows
