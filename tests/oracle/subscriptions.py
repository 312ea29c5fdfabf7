"""K87: monthly recurring revenue, month by month and subscriber by subscriber."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from tests.oracle.comparison import Rows
from tests.oracle.crm import Crm
from tests.oracle.periods import CALENDARS, ONE_DAY, cents, period_of, ratio

YEARLY = {"monthly": 12, "quarterly": 4, "annually": 1}
MOVEMENTS = ("new", "expansion", "reactivation", "contraction", "churn")
SIX = Decimal("0.000001")
Payments = dict[str, dict[tuple[str, str], tuple[Decimal, Decimal]]]


@dataclass(frozen=True)
class Subscription:
    """A recurring line item of a won deal; money per month."""

    subscriber: str
    plan: str
    currency: str
    amount: Decimal
    base: Decimal | None
    start: date
    end: date

    def is_active(self, day: date) -> bool:
        """Return whether it is paid for on a day."""
        return self.start <= day <= self.end


def _term_end(start: date, period: str | None) -> date:
    """Return the last day of a term of months, the end of time without one."""
    if not period:
        return date.max
    months = {"P3M": 3, "P4M": 4, "P6M": 6, "P1Y": 12}[period]
    number = start.year * 12 + start.month - 1 + months
    first = date(number // 12, number % 12 + 1, 1)
    last = period_of("month", first)[1]
    return min(last, first.replace(day=min(start.day, last.day))) - ONE_DAY


def _companies(crm: Crm) -> dict[str, str]:
    """Return the company of each deal: its own, else the first of its contacts'."""
    own, contacts = crm.linked("deals", "companies"), crm.linked("deals", "contacts")
    of_contact = crm.linked("contacts", "companies")
    found = {}
    for deal in crm.deals:
        others = (of_contact.get(one, [])[:1] for one in contacts.get(deal.deal_id, []))
        through = sorted(company for companies in others for company in companies)
        known = own.get(deal.deal_id) or through
        if known:
            found[deal.deal_id] = known[0]
    return found


def subscriptions(crm: Crm, organizations: dict[str, str]) -> list[Subscription]:
    """Return what won deals bill again and again; organizations by company id."""
    lines = {line["id"]: line["properties"] for line in crm.lines("line_items") if not line["archived"]}  # fmt: skip
    names = {line["id"]: line["properties"]["name"] for line in crm.lines("products")}
    items = crm.links("deals", "line_items")
    companies = _companies(crm)
    found = []
    for deal in crm.deals:
        if deal.state != "won":
            continue
        company = companies.get(deal.deal_id)
        subscriber = organizations.get(company or "", company or f"deal {deal.deal_id}")
        day = min(deal.close_date, crm.clock.today)
        for item_id, _ in items.get(deal.deal_id, []):
            line = lines.get(item_id)
            frequency = line and line["recurringbillingfrequency"]
            if not frequency or not Decimal(line["amount"] or 0):
                continue
            amount, currency = Decimal(line["amount"]), line["hs_line_item_currency_code"] or crm.base  # fmt: skip
            base = crm.to_base(amount, currency, day)
            stated = (line["hs_recurring_billing_start_date"], line["hs_recurring_billing_end_date"])  # fmt: skip
            start = date.fromisoformat(stated[0]) if stated[0] else deal.close_date
            end = date.fromisoformat(stated[1]) if stated[1] else _term_end(start, line["hs_recurring_billing_period"])  # fmt: skip
            plan = line["name"] or names.get(line["hs_product_id"], "unknown")
            found.append(
                Subscription(
                    subscriber,
                    plan,
                    currency,
                    _monthly(amount, frequency),
                    None if base is None else _monthly(base, frequency),
                    start,
                    end,
                )
            )
    return found


def _monthly(amount: Decimal, frequency: str) -> Decimal:
    return (amount * YEARLY[frequency] / 12).quantize(SIX, ROUND_HALF_UP)


def _paid(active: list[Subscription]) -> dict[tuple, tuple[Decimal, Decimal]]:
    """Return what is paid by (subscriber, plan, currency); the whole is plan all."""
    sums: dict[tuple, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for one in active:
        of_plan = sums[one.subscriber, one.plan, one.currency]
        of_plan[0] += one.amount
        of_plan[1] += one.base or Decimal(0)
    found: dict[tuple, tuple[Decimal, Decimal]] = {}
    for (subscriber, plan, currency), (amount, base) in sums.items():
        paid = (cents(amount), cents(base))
        found[subscriber, plan, currency] = paid
        whole = found.get((subscriber, "all", currency), (Decimal(0), Decimal(0)))
        found[subscriber, "all", currency] = (whole[0] + paid[0], whole[1] + paid[1])
    return found


def _movement(before: Decimal, after: Decimal, is_known: bool) -> str:
    if before == 0:
        return "reactivation" if is_known else "new"
    if after == 0:
        return "churn"
    if after == before:
        return "unchanged"
    return "expansion" if after > before else "contraction"


def kpi_recurring_revenue_monthly(
    found: list[Subscription], today: date, traits: dict[str, tuple[str, str]]
) -> Rows:
    """K87: every month; traits are a subscriber's segment and country."""
    zero = (Decimal(0), Decimal(0))
    sums: dict[tuple, dict] = {}
    for calendar in CALENDARS:
        start, end = period_of(calendar, min(one.start for one in found))
        before: dict[tuple, tuple[Decimal, Decimal]] = {}
        known: set[tuple] = set()
        while start <= today:
            active = [one for one in found if one.is_active(min(end, today))]
            after = _paid(active)
            for who in before.keys() | after.keys():
                then, now = before.get(who, zero), after.get(who, zero)
                kind = _movement(then[0], now[0], who in known)
                unconverted = sum(
                    one.base is None
                    for one in active
                    if (one.subscriber, one.currency) == (who[0], who[2])
                    and who[1] in ("all", one.plan)
                )
                for scope in _scopes(who, traits):
                    for currency in (who[2], "all"):
                        key = (calendar, start, *scope, currency)
                        _add(sums.setdefault(key, defaultdict(Decimal)), kind, then, now)  # fmt: skip
                        sums[key]["unconverted_count"] += unconverted
            known |= after.keys()
            before = after
            start, end = period_of(calendar, end + ONE_DAY)
    return {key: _published(row, key[-1] == "all") for key, row in sums.items()}


def _scopes(who: tuple, traits: dict[str, tuple[str, str]]) -> list[tuple[str, str]]:
    if who[1] != "all":
        return [("plan", who[1])]
    segment, country = traits.get(who[0], ("unknown", "unknown"))
    return [("total", "all"), ("customer_segment", segment), ("country", country)]


def _add(row: dict, kind: str, then: tuple, now: tuple) -> None:
    row["opening_subscriber_count"] += then[0] > 0
    row["closing_subscriber_count"] += now[0] > 0
    if kind in MOVEMENTS:
        row[f"{kind}_subscriber_count"] += 1
    for place, suffix in enumerate(("", "_base")):
        row[f"opening_amount{suffix}"] += then[place]
        row[f"closing_amount{suffix}"] += now[place]
        change = now[place] - then[place]
        if kind in MOVEMENTS:
            row[f"{kind}_amount{suffix}"] += -change if kind in ("contraction", "churn") else change  # fmt: skip


def _published(row: dict, is_base_alone: bool) -> dict:
    found: dict[str, object] = {}
    for name in ("opening", *MOVEMENTS, "closing"):
        found[f"{name}_subscriber_count"] = int(row[f"{name}_subscriber_count"])
        found[f"{name}_amount"] = None if is_base_alone else row[f"{name}_amount"]
        found[f"{name}_amount_base"] = row[f"{name}_amount_base"]
    opening, less = row["opening_amount_base"], row["contraction_amount_base"] + row["churn_amount_base"]  # fmt: skip
    return {
        **found,
        "unconverted_count": int(row["unconverted_count"]),
        "subscriber_churn_rate": ratio(
            row["churn_subscriber_count"], row["opening_subscriber_count"]
        ),
        "churn_rate": ratio(row["churn_amount_base"], opening),
        "gross_retention_rate": ratio(opening - less, opening),
        "net_retention_rate": ratio(
            opening - less + row["expansion_amount_base"], opening
        ),
    }
