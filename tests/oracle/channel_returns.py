"""K47, K50, K65 and K88: what channels return, what customers cost and are worth."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from tests.oracle.ads import PLATFORMS, Ads
from tests.oracle.channel_costs import ChannelCosts, Cost, total
from tests.oracle.channels import (
    MODELS,
    PERIODS,
    Encounter,
    Journeys,
    micros,
    weights_of,
)
from tests.oracle.comparison import Rows
from tests.oracle.crm import instant as _instant
from tests.oracle.leads import EVENT_DAYS, VISIT_DAYS, People
from tests.oracle.periods import CALENDARS, ONE_DAY, cents, period_of, ratio
from tests.oracle.shop_customers import Buyer, Buyers

FINALITY_DAYS = 28
SILENCE = timedelta(days=180)
ZERO = Decimal(0)


@dataclass(frozen=True)
class Return:
    """What one encounter is credited with of one order or deal, in money.

    Without a margin that is unknown.
    """

    model: str
    met: Encounter | None
    day: date
    share: Fraction
    sales: Decimal
    margin: Decimal | None
    is_deal: bool = False

    @property
    def channel(self) -> str:
        """The channel group."""
        return self.met.channel if self.met else "unknown"

    @property
    def campaign(self) -> str | None:
        """The utm campaign, of a visit."""
        if self.met is None or self.met.event or self.met.tag == "none":
            return None
        return self.met.tag.split("/", 1)[1].lower()


def returns(journeys: Journeys, buyers: Buyers) -> list[Return]:
    """Return every credit with its part of the margin."""
    found = []
    for order, model, met, share, amount in journeys.credits:
        found.append(Return(model, met, order.day, share, amount, None))
    margins: dict[tuple[str, str], tuple[Fraction, Decimal]] = {}
    with_margins = []
    for one, (order, *_) in zip(found, journeys.credits, strict=True):
        margin = buyers.order_margins[order.order_id]
        if margin is None:
            with_margins.append(one)
            continue
        key = (order.order_id, one.model)
        share, given = margins.get(key, (Fraction(0), ZERO))
        up_to = micros(margin, share + one.share)
        margins[key] = (share + one.share, up_to)
        with_margins.append(
            Return(one.model, one.met, one.day, one.share, one.sales, up_to - given)
        )
    return [one for one in with_margins if one.day <= journeys.today]


def deal_returns(people: People) -> list[Return]:
    """Return what is credited of each won deal."""
    crm, found = people.crm, []
    library = {
        line["id"]: line["properties"]["hs_cost_of_goods_sold"]
        for line in crm.lines("products")
    }
    pieces = {
        line["id"]: line["properties"]
        for line in crm.lines("line_items")
        if not line["archived"]
    }
    links = crm.links("deals", "line_items")
    for deal in crm.deals:
        if deal.state != "won" or deal.close_date is None or deal.close_date > people.clock.today:  # fmt: skip
            continue
        met = [
            Encounter(one.moment, one.channel, f"x/{one.campaign}" if one.campaign else "none", "", one.event)
            for person in people.people_of[deal.deal_id]
            for one in people.touches[person]
            if timedelta(0) <= deal.created - one.moment < (EVENT_DAYS if one.event else VISIT_DAYS)
        ]  # fmt: skip
        if not met:
            source = next(name for kind, name in people.source(deal) if kind == "channel")  # fmt: skip
            met = [Encounter(deal.created, source, "none")]
        met.sort(key=lambda one: one.moment)
        lines = [pieces[one] for one, _ in links.get(deal.deal_id, []) if one in pieces]
        costs = [_line_cost(library.get(line["hs_product_id"] or ""), line) for line in lines]  # fmt: skip
        known = [one for one in costs if one is not None]
        is_known = bool(costs) and len(known) == len(costs) and deal.amount_base is not None  # fmt: skip
        worth = deal.amount_base or ZERO
        margin = worth - sum(known, ZERO)
        for model, weights in weights_of(deal.created, met).items():
            whole, so_far, given, earned = sum(weights), Fraction(0), ZERO, ZERO
            for one, weight in zip(met, weights, strict=True):
                so_far += weight / whole
                up_to, margin_up_to = micros(worth, so_far), micros(margin, so_far)
                part = margin_up_to - earned if is_known else None
                found.append(Return(model, one, deal.close_date, weight / whole, up_to - given, part, is_deal=True))  # fmt: skip
                given, earned = up_to, margin_up_to
    return found


def _line_cost(cost: str | None, line: dict) -> Decimal | None:
    return Decimal(cost) * Decimal(line["quantity"]) if cost else None


def _sides(
    every: Iterable[Return], cost: Decimal, name: str, *, with_deals: bool = False
) -> dict[str, object]:
    every = list(every)
    row, margin = _side([one for one in every if not one.is_deal])
    row[name] = ratio(margin - cost, cost) if margin is not None else None
    if with_deals:
        deals, more = _side([one for one in every if one.is_deal])
        is_known = margin is not None and more is not None
        row |= {
            "credited_deal_amount_base": deals["credited_net_sales_amount_base"],
            "deal_margin_coverage_share": deals["margin_coverage_share"],
            "credited_deal_margin_amount_base": deals["credited_margin_amount_base"],
            f"{name}_with_deals": ratio(margin + more - cost, cost) if is_known else None,
        }  # fmt: skip
    return row


def _side(found: list[Return]) -> tuple[dict[str, object], Decimal | None]:
    """Return the columns of credits, and their margin where one is known."""
    sales = sum((one.sales for one in found), ZERO)
    covered = sum((one.sales for one in found if one.margin is not None), ZERO)
    margin = sum((one.margin or ZERO for one in found), ZERO)
    is_known = not sales or bool(covered)
    row: dict[str, object] = {
        "credited_net_sales_amount_base": cents(sales),
        "margin_coverage_share": ratio(covered, sales),
        "credited_margin_amount_base": cents(margin) if is_known else None,
    }
    return row, margin if is_known else None


def kpi_channel_roi(credits: list[Return], costs: ChannelCosts) -> Rows:
    """Return margin against cost of every period, model and scope."""
    earned: dict[tuple, list[Return]] = defaultdict(list)
    spent: dict[tuple, list[Cost]] = defaultdict(list)
    for calendar in PERIODS:
        for one in credits:
            start, _ = period_of(calendar, one.day)
            for scope in _scopes(one.channel, one.campaign):
                earned[calendar, start, one.model, *scope].append(one)
        for cost in costs.costs:
            start, _ = period_of(calendar, cost.day)
            for scope in _scopes(cost.channel, cost.campaign):
                spent[calendar, start, *scope].append(cost)
    keys = set(earned)
    keys |= {(*key[:2], model, *key[2:]) for key in spent for model in MODELS}
    rows: Rows = {}
    for key in keys:
        money = spent.get((*key[:2], *key[3:]), [])
        cost = total(money)
        rows[key] = {
            "is_complete": period_of(*key[:2])[1] < costs.today,
            **_sides(earned.get(key, []), cost, "channel_roi", with_deals=True),
            "channel_cost_amount_base": cents(cost),
            "committed_cost_amount_base": cents(total([one for one in money if one.is_committed])),
        }  # fmt: skip
    return rows


def _scopes(channel: str, campaign: str | None) -> Iterator[tuple[str, str]]:
    yield "total", "all"
    yield "channel", channel
    if campaign:
        yield "campaign", campaign


def kpi_ad_roi_monthly(credits: list[Return], ads: Ads) -> Rows:
    """Return margin against ad spend of every month, model and scope."""
    earned: dict[tuple, list[Return]] = defaultdict(list)
    spent: dict[tuple, Decimal] = defaultdict(Decimal)
    sums: dict[tuple, Decimal] = defaultdict(Decimal)
    for one in ads.figures:
        sums[one.vendor, one.account, one.campaign, one.platform, one.currency, one.day] += one.spend  # fmt: skip
    for calendar in CALENDARS:
        for one in credits:
            vendor = _vendor(one)
            if vendor is None:
                continue
            start, _ = period_of(calendar, one.day)
            for scope in _ad_scopes(vendor, one.campaign):
                earned[calendar, start, one.model, *scope].append(one)
        for (vendor, _, campaign, _, currency, day), amount in sums.items():
            if day <= ads.today:
                tag = ads.utm_campaigns.get((vendor, campaign))
                start, _ = period_of(calendar, day)
                for scope in _ad_scopes(vendor, tag):
                    spent[calendar, start, *scope] += ads.to_base(amount, currency, day)
    keys = set(earned)
    keys |= {(*key[:2], model, *key[2:]) for key in spent for model in MODELS}
    rows: Rows = {}
    for key in keys:
        cost = spent.get((*key[:2], *key[3:]), ZERO)
        end = period_of(*key[:2])[1]
        rows[key] = {
            "is_complete": end < ads.today,
            "is_provisional": (ads.today - end).days < FINALITY_DAYS,
            **_sides(earned.get(key, []), cost, "ad_roi"),
            "spend_amount_base": cents(cost),
        }
    return rows


def _vendor(one: Return) -> str | None:
    if one.met is None or one.met.event:
        return None
    return PLATFORMS.get((one.met.tag.split("/", 1)[0], one.met.medium))


def _ad_scopes(vendor: str, campaign: str | None) -> Iterator[tuple[str, str]]:
    yield "total", "all"
    yield "vendor", vendor
    yield "utm_campaign", f"{vendor}/{campaign or 'none'}"


def kpi_marketing_event_roi(
    people: People, credits: list[Return], costs: ChannelCosts
) -> Rows:
    """Return what each event brought, under the CRM's id of it."""
    clock, rows = people.clock, {}
    for line in people.crm.lines("marketing_events"):
        name = line["eventName"]
        first, last = (clock.day(_instant(line[field])) for field in ("startDateTime", "endDateTime"))  # fmt: skip
        money = [one for one in [*costs.direct, *costs.allocated] if one.event == name]
        cost = total(money)
        for horizon in (30, 90, 180):
            until = last + timedelta(days=horizon)
            leads = [one for one in people.leads.values() if one.event == name and one.days["lead"] <= until]  # fmt: skip
            qualified = [one for one in leads if one.days.get("qualified", date.max) <= until]  # fmt: skip
            deals = [
                deal
                for deal in people.crm.deals
                if first <= deal.created_date <= until
                and ("marketing_event", name) in people.touched(deal)
            ]
            won = [one for one in deals if one.state == "won" and one.close_date and one.close_date <= until]  # fmt: skip
            for model in MODELS:
                found = [one for one in credits if one.model == model and one.met and one.met.event == name and one.day <= until]  # fmt: skip
                rows[line["objectId"], horizon, model] = {
                    "is_mature": until < clock.today,
                    "attendee_count": sum(any(touch.event == name for touch in touches) for touches in people.touches.values()),
                    "lead_count": len(leads),
                    "qualified_lead_count": len(qualified),
                    "influenced_deal_count": len(deals),
                    "won_influenced_deal_count": len(won),
                    "influenced_deal_amount_base": sum((one.amount_base or ZERO for one in deals), ZERO),
                    "won_influenced_deal_amount_base": sum((one.amount_base or ZERO for one in won), ZERO),
                    "credited_orders": round(float(sum(one.share for one in found if not one.is_deal)), 6),
                    "channel_cost_amount_base": cents(cost),
                    "committed_cost_amount_base": cents(total([one for one in money if one.is_committed])),
                    "cost_per_lead": ratio(cost, len(leads)),
                    "cost_per_qualified_lead": ratio(cost, len(qualified)),
                    **_sides(found, cost, "event_roi", with_deals=True),
                }  # fmt: skip
    return rows


def _is_paid(channel: str) -> bool:
    return channel.startswith("paid") or channel in ("display", "offline_media")


def _acquisition_scopes(channel: str, campaign: str | None) -> Iterator[tuple]:
    yield from _scopes(channel, campaign)
    if _is_paid(channel):
        yield "paid", "paid"


def kpi_customer_acquisition_cost_monthly(
    buyers: Buyers, campaigns: dict[str, str | None], costs: ChannelCosts
) -> Rows:
    """Return what each month's new customers cost and when they brought it in.

    Campaigns are those of the visit that an order ended, by order.
    """
    won: dict[tuple, list[Buyer]] = defaultdict(list)
    spent: dict[tuple, list[Cost]] = defaultdict(list)
    for calendar in CALENDARS:
        for buyer in buyers.found.values():
            start, _ = period_of(calendar, buyer.won)
            campaign = campaigns.get(buyer.orders[0].order_id)
            for scope in _acquisition_scopes(buyer.channel, campaign):
                won[calendar, start, *scope].append(buyer)
        for cost in costs.costs:
            start, _ = period_of(calendar, cost.day)
            for scope in _acquisition_scopes(cost.channel, cost.campaign):
                spent[calendar, start, *scope].append(cost)
    rows: Rows = {}
    for key in won.keys() | spent.keys():
        calendar, start = key[:2]
        members, cost = won.get(key, []), total(spent.get(key, []))
        end = last = period_of(calendar, start)[1]
        number, payback, margins = 0, None, (ZERO, ZERO, ZERO)
        while last < buyers.today:
            every = [buyer.margin(last) for buyer in members] or [(ZERO,) * 3]
            margins = tuple(sum(column, ZERO) for column in zip(*every, strict=True))
            if payback is None and members and 0 < cost <= margins[2]:
                payback = number
            number, last = number + 1, period_of(calendar, last + ONE_DAY)[1]
        rows[key] = {
            "is_complete": end < buyers.today,
            "is_paid_back": payback is not None,
            "new_customer_count": len(members),
            "acquisition_cost_amount_base": cents(cost),
            "customer_acquisition_cost": ratio(cost, len(members)),
            "observed_months": number,
            "cumulative_margin_amount_base": cents(margins[2]) if margins[1] else None,
            "margin_coverage_share": ratio(margins[1], margins[0]),
            "payback_months": payback,
        }
    return rows


def kpi_formula_lifetime_value_monthly(buyers: Buyers, acquisitions: Rows) -> Rows:
    """Return value by the formula of every month that has six behind it."""
    rows: Rows = {}
    first_order = min(buyer.won for buyer in buyers.found.values())
    for calendar in CALENDARS:
        months = []
        start, end = period_of(calendar, first_order)
        while end < buyers.today:
            months.append((start, end))
            start, end = period_of(calendar, end + ONE_DAY)
        for scope, members in buyers.scopes().items():
            for place in range(6, len(months)):
                row = _formula(members, months[place - 6 : place + 1])
                if row is None:
                    continue
                key_of = {True: scope, False: ("total", "all")}
                starts = [one for one, _ in months[place - 5 : place + 1]]
                own = [(calendar, one, *scope) for one in starts]
                is_own = scope[0] in ("total", "channel") and any(one in acquisitions for one in own)  # fmt: skip
                cells = [acquisitions.get((calendar, one, *key_of[is_own]), {}) for one in starts]  # fmt: skip
                cost = sum((Decimal(str(one.get("acquisition_cost_amount_base", 0))) for one in cells), ZERO)  # fmt: skip
                fresh = sum(int(str(one.get("new_customer_count", 0))) for one in cells)
                each = ratio(cost, fresh)
                value = row["formula_lifetime_value"]
                is_known = isinstance(value, float) and bool(each)
                rows[calendar, months[place][0], *scope] = row | {
                    "acquisition_cost_scope_type": (scope[0] if is_own else "total") if each is not None else None,
                    "new_customer_count": fresh,
                    "acquisition_cost_amount_base": cost,
                    "customer_acquisition_cost": each,
                    "lifetime_value_to_acquisition_cost_ratio": value / each if is_known else None,
                }  # fmt: skip
    return rows


def _formula(members: list[Buyer], months: list[tuple[date, date]]) -> dict | None:
    """Return the formula over the last six months; None where the last one is empty."""
    ends = [end for _, end in months]
    active = [
        {buyer.name for buyer in members if any(end - SILENCE < day <= end for day in buyer.days)}
        for end in ends
    ]  # fmt: skip
    first, last = months[1][0], ends[-1]
    rows = [row for buyer in members for row in buyer.margins if first <= row[0] <= last]  # fmt: skip
    if not active[-1] and not active[-2] and not any(row[0] >= months[-1][0] for row in rows):  # fmt: skip
        return None
    opening = sum(len(names) for names in active[:-1])
    churned = sum(len(before - after) for before, after in pairwise(active))  # fmt: skip
    count = sum(len(names) for names in active[1:])
    sales, covered, margin = (sum((row[place] for row in rows), ZERO) for place in (1, 2, 3))  # fmt: skip
    each, rate, churn = ratio(sales, count), ratio(margin, covered), ratio(churned, opening)  # fmt: skip
    is_known = each is not None and rate is not None and churn
    return {
        "is_small_sample": len(active[-1]) < 30,
        "active_customer_count": len(active[-1]),
        "customer_month_count": count,
        "opening_customer_month_count": opening,
        "churned_customer_count": churned,
        "sales_amount_base": cents(sales),
        "covered_sales_amount_base": cents(covered),
        "margin_amount_base": cents(margin),
        "monthly_sales_per_customer": each,
        "margin_rate": rate,
        "monthly_churn_rate": churn,
        "formula_lifetime_value": each * rate / churn if is_known else None,
    }
