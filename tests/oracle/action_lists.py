"""P17: who hesitates, which deals stand still, who may be lost; one by one."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from math import floor

from tests.oracle.comparison import Rows
from tests.oracle.crm import Crm, Deal, instant
from tests.oracle.health import Health
from tests.oracle.periods import ONE_DAY, cents
from tests.oracle.pipeline_kpis import open_deals, place
from tests.oracle.shop_carts import WINDOW, Cart, Carts
from tests.oracle.shop_customers import Buyer, Buyers
from tests.oracle.shop_sessions import Session

DAYS = 30
STEPS = {2: "cart", 3: "checkout", 4: "payment", 5: "payment"}
UNDONE = ("CANCELED", "CANCELLED", "NO_SHOW", "RESCHEDULED")
STARTS = {
    "meetings": "hs_meeting_start_time",
    "calls": "hs_timestamp",
    "emails": "hs_timestamp",
    "tasks": "hs_task_completion_date",
}


def p90(values: list[float]) -> float:
    """Return the 90th percentile, between two values in proportion."""
    ordered = sorted(values)
    rank = 0.9 * (len(ordered) - 1)
    low = floor(rank)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (rank - low)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)


def _value(buyer: Buyer | None, today: date) -> Decimal:
    return cents(buyer.value(today)) if buyer else Decimal(0)


def kpi_hesitating_visitors(carts: Carts, buyers: Buyers, keys: dict[str, str]) -> Rows:
    """Return everybody's newest cart, or checkout, that he left lately."""
    clock = carts.shop.clock
    sessions: dict[str, list[Session]] = defaultdict(list)
    for session in carts.visits.sessions:
        if session.events[0][0] <= clock.as_of:
            sessions[session.user].append(session)
    left: dict[str, list[tuple[bool, datetime, Session, Cart | None]]] = defaultdict(list)  # fmt: skip
    for cart in carts.carts.values():
        if carts.row(cart)["abandoned_cart_count"] and not cart.bought:
            left[cart.session.user].append((True, cart.created, cart.session, cart))
    for person, visits in sessions.items():
        for session in visits:
            start, end = session.events[0][0], session.events[-1][0]
            if session.furthest in (3, 4) and end + WINDOW <= clock.as_of:
                left[person].append((False, start, session, None))
    rows: Rows = {}
    for person, found in left.items():
        buyer = buyers.found.get(person)
        ordered = [order.moment for order in buyer.orders] if buyer else []
        recent = [
            one
            for one in found
            if (clock.today - clock.day(one[1])).days <= DAYS
            and not any(one[1] <= moment <= clock.as_of for moment in ordered)
        ]
        if not recent:
            continue
        _, since, session, cart = max(recent, key=lambda one: one[:2])
        later = [one for one in sessions[person] if one.events[-1][0] >= since]
        step = STEPS[max(one.furthest for one in later)]
        figures = carts.row(cart) if cart else None
        is_known = figures is not None and not figures["unconverted_cart_count"]
        rows[keys[person],] = {
            "customer_key": keys[person],
            "reason_name": f"{step} left",
            "step_name": step,
            "country_name": session.country,
            "device_type": session.device_type,
            "channel_group_name": session.channel,
            "has_ordered_before": buyer is not None,
            "stake_amount_base": cents(figures["abandoned_amount_base"])
            if figures and is_known
            else None,
            "net_sales_amount_base": _value(buyer, clock.today),
            "unit_count": cart.content()[0] if cart else None,
            "since_date": clock.day(since),
            "hesitating_since_at": _utc(since),
            "last_seen_at": _utc(max(one.events[-1][0] for one in later)),
        }
    return rows


class Touches:
    """When something happened with a deal or with its company."""

    def __init__(self, crm: Crm) -> None:
        self.crm = crm
        self.of_deal: dict[str, list[datetime]] = defaultdict(list)
        self.of_company: dict[str, list[datetime]] = defaultdict(list)
        self.own = {
            kind: crm.linked(kind, "companies") for kind in ("contacts", "deals")
        }
        contacts = crm.linked("deals", "contacts")
        self.company = {
            deal.deal_id: self._companies("deals", deal.deal_id, contacts)
            for deal in crm.deals
        }
        for kind, field in STARTS.items():
            self._read(kind, field)

    def _companies(self, kind: str, one: str, contacts: dict[str, list[str]]) -> list[str]:  # fmt: skip
        """Return the companies of a record, else its contacts' own ones."""
        if self.own[kind].get(one):
            return self.own[kind][one]
        found = [self.own["contacts"].get(contact, [])[:1] for contact in contacts.get(one, [])]  # fmt: skip
        return sorted({company for companies in found for company in companies})

    def _read(self, kind: str, field: str) -> None:
        self.own[kind] = self.crm.linked(kind, "companies")
        deals, contacts = (self.crm.linked(kind, other) for other in ("deals", "contacts"))  # fmt: skip
        for line in self.crm.lines(kind):
            facts, one = line["properties"], line["id"]
            started = instant(facts[field])
            outcome = facts.get("hs_meeting_outcome") or facts.get("hs_call_status") or ""  # fmt: skip
            if line["archived"] or started is None or outcome.upper() in UNDONE:
                continue
            for deal in deals.get(one, []):
                self.of_deal[deal].append(started)
            companies = self._companies(kind, one, contacts)
            if not companies:
                first = [self.company.get(deal, [])[:1] for deal in deals.get(one, [])]
                companies = [company for found in first for company in found]
            for company in set(companies):
                self.of_company[company].append(started)

    def of(self, deal: Deal) -> list[datetime]:
        """Return the instants of a deal's activities."""
        found = list(self.of_deal[deal.deal_id])
        for company in self.company[deal.deal_id][:1]:
            found += self.of_company[company]
        return found


def dwell(deal: Deal, stage_id: str, now: datetime) -> float:
    """Return the days that a deal has been in a stage, all stays."""
    stays = [stay for stay in deal.stages if stay.stage_id == stage_id and stay.entered <= now]  # fmt: skip
    lengths = (min(stay.left or now, now) - stay.entered for stay in stays)
    return sum(lengths, timedelta(0)) / ONE_DAY


def kpi_stalled_deals(crm: Crm) -> Rows:
    """Return the open deals that are too long in their stage or left alone."""
    clock, touches = crm.clock, Touches(crm)
    usual: dict[str, list[float]] = defaultdict(list)
    for deal in crm.deals:
        if deal.state == "won" and deal.created_date <= clock.today:
            for stage_id in {s.stage_id for s in deal.stages if s.entered <= clock.as_of}:  # fmt: skip
                usual[stage_id].append(dwell(deal, stage_id, clock.as_of))
    rows: Rows = {}
    for deal in open_deals(crm):
        _, stage_id = place(crm, deal)
        stage = crm.stages.get(stage_id)
        days = dwell(deal, stage_id, clock.as_of) if stage and stage.state == "open" else None  # fmt: skip
        limit = p90(usual[stage_id]) if len(usual[stage_id]) >= 5 and days is not None else None  # fmt: skip
        entered = clock.day(deal.stages[-1].entered)
        moments = touches.of(deal)
        past = [clock.day(one) for one in moments if one <= clock.as_of]
        coming = [clock.day(one) for one in moments if one > clock.as_of]
        last = max([*past, entered, deal.created_date])
        idle = (clock.today - last).days
        since = {}
        if days is not None and limit is not None and days > limit:
            day = clock.today - timedelta(days=floor(days - limit))
            since["long in the stage"] = max(day, entered)
        if idle > DAYS and not coming:
            since["no activity"] = last + timedelta(days=DAYS + 1)
        if since:
            rows[deal.deal_id,] = {
                "reason_name": "; ".join(since),
                "has_amount": deal.amount is not None,
                "stake_amount_base": deal.amount_base,
                "team_name": crm.team(deal.owner),
                "region_name": crm.region(deal.owner),
                "stage_dwell_days": days,
                "won_p90_dwell_days": limit,
                "inactive_days": idle,
                "since_date": min(since.values()),
                "stage_entered_date": entered,
                "last_activity_date": last,
                "next_activity_date": min(coming, default=None),
            }
    return rows


def kpi_customers_at_risk(health: Health, buyers: Buyers, keys: dict[str, str]) -> Rows:
    """Return the customers of the lowest band or beyond their own interval."""
    today, lowest = health.today, min(health.bands)[1]
    ends = sorted({day for calendar, _, day, _ in health.months if calendar == "month"})
    rows: Rows = {}
    for name, found in health.scores(today).items():
        since = {}
        low_days = []
        for day in reversed(ends):
            then = health.scores(day).get(name)
            if then is None or then["band_name"] != lowest:
                break
            low_days.append(day)
        if low_days:
            since["low health"] = low_days[-1]
        days = health.people[name].purchases(today)
        gaps = [float((after - before).days) for before, after in pairwise(days)]  # fmt: skip
        usual = p90(gaps) if len(gaps) >= 2 else None
        away = (today - days[-1]).days if days else None
        if usual is not None and away is not None and away > usual:
            since["longer away than usual"] = days[-1] + timedelta(days=floor(usual) + 1)  # fmt: skip
        if since:
            buyer = buyers.found.get(name)
            unconverted = sum(order.rate is None for order in buyer.orders) + buyer.unconverted_refunds if buyer else 0  # fmt: skip
            rows[keys[name],] = {
                "reason_name": "; ".join(since),
                "band_name": found["band_name"],
                "lowering_reasons": found["lowering_reasons"],
                "health_score": found["health_score"],
                "stake_amount_base": _value(buyer, today),
                "unconverted_count": unconverted,
                "days_since_order": away,
                "p90_interval_days": usual,
                "since_date": min(since.values()),
                "last_order_date": days[-1] if days else None,
            }
    return rows
