"""K60: what channels cost, one cost and one ledger line at a time."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from math import floor
from pathlib import Path

from tests.oracle.ads import Ads
from tests.oracle.comparison import Rows
from tests.oracle.periods import CALENDARS, ONE_DAY, cents, last_of_month, period_of

SEEDS = Path(__file__).parents[2] / "dbt_project" / "seeds"
TYPES = ("media", "agency", "tools", "staff_time", "booth", "travel", "freight", "other")  # fmt: skip
NOBODY = "not_a_channel"


@dataclass(frozen=True)
class Cost:
    """A channel's part of a cost of a day, in the base currency."""

    channel: str
    kind: str
    day: date
    amount: Decimal | None
    source: str
    campaign: str | None = None
    event: str | None = None
    is_committed: bool = False


def _seed(name: str) -> list[dict]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def parts(amount: Decimal | None, weights: list[int]) -> list[Decimal | None]:
    """Return parts by weight: the first so many hold whole cents, all hold the whole."""
    if amount is None:
        return [None for _ in weights]
    whole, whole_cents, so_far = sum(weights), floor(amount * 100), 0
    bounds = [Decimal(0)]
    for weight in weights:
        so_far += weight
        bounds.append(Decimal(whole_cents * so_far // whole) / 100)
    bounds[-1] = amount
    return [after - before for before, after in pairwise(bounds)]


class ChannelCosts:
    """Every cost of the company's channels, and what of the ledger is nobody's."""

    def __init__(self, ads: Ads) -> None:
        self.ads = ads
        self.today = ads.today
        self.events = {
            line["eventName"].lower(): line["eventName"]
            for line in ads.crm.lines("marketing_events")
        }
        self.weights: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
        for row in _seed("channel_cost_shares"):
            source = (row["cost_source_type"], row["source_name"])
            self.weights[source][row["channel_group_name"]] = int(row["weight"])

    def _split(self, source: str, name: str, amount: Decimal | None) -> list[tuple]:
        weights = self.weights.get((source, name), {"unassigned": 1})
        channels = sorted(weights)
        shares = parts(amount, [weights[channel] for channel in channels])
        return list(zip(channels, shares, strict=True))

    def _base(self, amount: Decimal, currency: str, day: date) -> Decimal | None:
        if self.ads.crm.rate(currency, day) is None:
            return None
        return self.ads.to_base(amount, currency, day)

    @cached_property
    def direct(self) -> list[Cost]:
        """What is known to be a channel's."""
        found: list[Cost] = []
        sums: dict[tuple, Decimal] = defaultdict(Decimal)
        for one in self.ads.figures:
            sums[one.vendor, one.account, one.campaign, one.platform, one.currency, one.day] += one.spend  # fmt: skip
        for (vendor, _, campaign, platform, currency, day), spend in sums.items():
            tag = self.ads.utm_campaigns.get((vendor, campaign))
            amount = self._base(spend, currency, day)
            for channel, share in self._split("ad_platform", platform, amount):
                found.append(Cost(channel, "media", day, share, "ad_platform", tag))
        with_days = [
            ("offline_medium", row["medium"], "media", row, row["week_start_date"], 7, row["spend_amount"])
            for row in self.ads._rows("offline_spend")
        ] + [
            ("cost_channel", row["channel_name"], row["cost_type"], row, row["start_date"], (date.fromisoformat(row["end_date"]) - date.fromisoformat(row["start_date"])).days + 1, row["amount"])
            for row in self.ads._rows("channel_costs")
        ]  # fmt: skip
        for source, name, kind, row, first, count, whole in with_days:
            event = row.get("event_name") or None
            for number, part in enumerate(parts(Decimal(whole), [1] * count)):
                assert part is not None
                day = date.fromisoformat(first) + number * ONE_DAY
                amount = self._base(part, row["currency"], day)
                for channel, share in self._split(source, name, amount):
                    found.append(
                        Cost(
                            channel,
                            kind,
                            day,
                            share,
                            source,
                            (row["campaign_name"] or "").lower() or None,
                            self.events.get(event.lower(), event) if event else None,
                            row.get("cost_status") == "committed",
                        )
                    )
        return found

    @cached_property
    def ledger(self) -> dict[tuple[date, str], Decimal]:
        """What the ledger holds per month and type of cost."""
        kinds = {
            (row["account_type"], row["account_code"], row["department_name"]): row["cost_type"]
            for row in _seed("ledger_cost_types")
        }  # fmt: skip
        newest: dict[tuple, dict] = {}
        for row in self.ads._rows("ledger"):
            if row["account_type"]:
                key = tuple(row[name] for name in ("month", "account_code", "currency", "department", "cost_center", "allocated_from"))  # fmt: skip
                newest[key] = row
        sums: dict[tuple, Decimal] = defaultdict(Decimal)
        for row in newest.values():
            account = (row["account_type"], row["account_code"], row["department"])
            if row["account_type"] == "people_cost":
                account = ("people_cost", "people cost", "all departments")
            if kind := kinds.get(account):
                month = date.fromisoformat(f"{row['month']}-01")
                sums[month, kind, row["currency"]] += Decimal(row["amount"])
        found: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
        for (month, kind, currency), amount in sums.items():
            found[month, kind] += cents(amount * self._mean_rate(currency, month))
        return found

    def _mean_rate(self, currency: str, month: date) -> Decimal:
        rates = [
            rate
            for number in range((last_of_month(month) - month).days + 1)
            if month + number * ONE_DAY <= self.today
            and (rate := self.ads.crm.rate(currency, month + number * ONE_DAY))
        ]
        return sum(rates, Decimal(0)) / len(rates)

    @cached_property
    def allocated(self) -> list[Cost]:
        """The ledger's rest beyond the direct costs, over channels and days."""
        known: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
        for one in self.direct:
            if not one.is_committed and one.day <= self.today:
                known[one.day.replace(day=1), one.kind] += one.amount or Decimal(0)
        found = []
        for (month, kind), amount in self.ledger.items():
            rest = amount - known[month, kind]
            count = (min(last_of_month(month), self.today) - month).days + 1
            for channel, share in self._split("ledger", kind, rest):
                for number, part in enumerate(parts(share, [1] * count)):
                    day = month + number * ONE_DAY
                    found.append(Cost(channel, kind, day, part, "ledger"))
        return found

    @cached_property
    def costs(self) -> list[Cost]:
        """The costs of channels up to today."""
        every = [*self.direct, *self.allocated]
        return [one for one in every if one.channel != NOBODY and one.day <= self.today]

    def is_in_ledger(self, cost: Cost) -> bool:
        """Return whether the ledger speaks of a cost."""
        month = cost.day.replace(day=1)
        return not cost.is_committed and (month, cost.kind) in self.ledger


def scopes(cost: Cost) -> Iterator[tuple[str, str]]:
    """Yield the scopes that a cost counts in."""
    yield "total", "all"
    yield "channel", cost.channel
    if cost.campaign:
        yield "campaign", cost.campaign
    if cost.event:
        yield "marketing_event", cost.event


def total(costs: list[Cost]) -> Decimal:
    """Return the sum of what could be converted."""
    return sum((one.amount or Decimal(0) for one in costs), Decimal(0))


def kpi_channel_costs_monthly(costs: ChannelCosts) -> Rows:
    """Return the costs of every scope by month."""
    cells: dict[tuple, list[Cost]] = defaultdict(list)
    for cost in costs.costs:
        for calendar in CALENDARS:
            start, _ = period_of(calendar, cost.day)
            for scope in scopes(cost):
                cells[calendar, start, *scope].append(cost)
    rows: Rows = {}
    for key, found in cells.items():
        committed = [one for one in found if one.is_committed]
        actual = [one for one in found if not one.is_committed]
        rows[key] = {
            "is_complete": period_of(*key[:2])[1] < costs.today,
            **{
                f"{kind}_cost_amount_base": cents(total([one for one in found if one.kind == kind]))
                for kind in TYPES
            },
            "actual_cost_amount_base": cents(total(actual)),
            "committed_cost_amount_base": cents(total(committed)),
            "allocated_cost_amount_base": cents(total([one for one in found if one.source == "ledger"])),
            "channel_cost_amount_base": cents(total(found)),
            "unconverted_cost_count": sum(one.amount is None for one in found),
            "ledger_day_count": len({one.day for one in found if costs.is_in_ledger(one)}),
        }  # fmt: skip
    return rows
