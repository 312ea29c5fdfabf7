"""The ad platforms and marketing's files as their data directory tells them."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from hashlib import md5
from urllib.parse import parse_qs

import orjson

from tests.oracle.crm import Crm
from tests.oracle.periods import ONE_DAY
from tests.oracle.shop import COMPLETED, SIX, Shop, event_time

PAUSE = timedelta(minutes=30)
# Which platform a paid click's utm source and medium name in the sandbox company.
PLATFORMS = {
    ("google", "cpc"): "google_ads",
    ("facebook", "paid_social"): "meta_ads",
    ("instagram", "paid_social"): "meta_ads",
}


@dataclass(frozen=True)
class Figure:
    """What one row of a platform's report says."""

    vendor: str
    account: str
    campaign: str
    platform: str
    currency: str
    window: str
    day: date
    impressions: int
    clicks: int
    spend: Decimal
    conversions: Decimal
    value: Decimal
    rate: Decimal | None

    @property
    def campaign_key(self) -> str:
        """The campaign's key: vendor, account and campaign under one md5."""
        text = f"{self.vendor}-{self.account}-{self.campaign}"
        return md5(text.encode()).hexdigest()

    def base(self, amount: Decimal) -> Decimal:
        """Return an amount in the base currency, nothing without a rate."""
        rate = self.rate if self.rate is not None else Decimal(0)
        return (amount * rate).quantize(SIX, ROUND_HALF_UP)


@dataclass(frozen=True)
class Spend:
    """What something cost on a day, in the base currency."""

    kind: str
    day: date
    amount: Decimal
    is_committed: bool


@dataclass(frozen=True)
class Arrival:
    """By which campaign an order came; the vendor is none if it was not paid for."""

    vendor: str | None
    campaign: str
    day: date
    sales: Decimal


def _number(value: object) -> Decimal:
    return Decimal(str(value or 0))


def _action(row: dict, name: str) -> Decimal:
    """Return Meta's figure of a purchase; it lists each sale under several names."""
    return sum(
        (
            _number(one["value"])
            for one in row.get(name, [])
            if one["action_type"] == "omni_purchase"
        ),
        Decimal(0),
    )


class Ads:
    """What advertising delivered, claims and costs."""

    def __init__(self, shop: Shop, crm: Crm) -> None:
        self.shop = shop
        self.crm = crm
        self.today = shop.clock.today

    def _lines(self, name: str) -> Iterator[dict]:
        with (self.shop.folder / f"{name}.jsonl").open("rb") as file:
            yield from map(orjson.loads, file)

    def _rows(self, name: str) -> list[dict]:
        with (self.shop.folder / "files" / f"{name}.csv").open("r", encoding="utf-8") as file:  # fmt: skip
            return list(csv.DictReader(file))

    @cached_property
    def figures(self) -> list[Figure]:
        """The daily figures of every platform."""
        return [*self._google(), *self._meta()]

    def _google(self) -> Iterator[Figure]:
        currencies = {
            line["customerClient"]["id"]: line["customerClient"]["currencyCode"]
            for line in self._lines("google_ads/customers")
        }
        days: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for line in self._lines("google_ads/conversion_actions"):
            action = line["conversionAction"]
            if action["includeInConversionsMetric"] and action["status"] != "REMOVED":
                pair = (
                    int(action["clickThroughLookbackWindowDays"]),
                    int(action["viewThroughLookbackWindowDays"]),
                )
                days[line["customer"]["id"]].append(pair)
        for line in self._lines("google_ads/campaign_stats"):
            account, metrics = line["customer"]["id"], line["metrics"]
            day = date.fromisoformat(line["segments"]["date"])
            clicked, viewed = (max(pairs) for pairs in zip(*days[account], strict=True))
            yield Figure(
                vendor="google_ads",
                account=account,
                campaign=line["campaign"]["id"],
                platform="google",
                currency=currencies[account],
                window=f"{clicked}d_click_{viewed}d_view",
                day=day,
                impressions=int(metrics.get("impressions", 0)),
                clicks=int(metrics.get("clicks", 0)),
                spend=_number(metrics.get("costMicros")) / 1_000_000,
                conversions=_number(metrics.get("conversions")),
                value=_number(metrics.get("conversionsValue")),
                rate=self.crm.rate(currencies[account], day),
            )

    def _meta(self) -> Iterator[Figure]:
        """One figure per ad, day and platform; ages and genders are added up."""
        for (platform,), figure in self.split("publisher_platform"):
            yield replace(figure, platform=platform)

    def split(self, *fields: str) -> Iterator[tuple[tuple, Figure]]:
        """Yield Meta's figures per ad, day and what is asked, the rest added up."""
        found: dict[tuple, list] = {}
        for line in self._lines("meta_ads/insights"):
            day = date.fromisoformat(line["date_start"])
            parts = tuple(line[field] for field in fields)
            key = (line["account_id"], line["campaign_id"], line["ad_id"], day, parts, line["account_currency"])  # fmt: skip
            sums = found.setdefault(key, [0, 0, Decimal(0), Decimal(0), Decimal(0)])
            sums[0] += int(line["impressions"])
            sums[1] += int(line["clicks"])
            sums[2] += _number(line["spend"])
            sums[3] += _action(line, "actions")
            sums[4] += _action(line, "action_values")
        for (account, campaign, _, day, parts, currency), sums in found.items():
            rate = self.crm.rate(currency, day)
            yield parts, Figure("meta_ads", account, campaign, "", currency, "default", day, *sums, rate)  # fmt: skip

    @cached_property
    def purchases(self) -> list[tuple[str, str, date, Decimal]]:
        """Claimed purchases: vendor, window, day and how many."""
        windows = {
            f"customers/{line['customer']['id']}/conversionActions/{line['conversionAction']['id']}": line[
                "conversionAction"
            ]
            for line in self._lines("google_ads/conversion_actions")
        }
        found = []
        for line in self._lines("google_ads/conversion_stats"):
            segments = line["segments"]
            if segments["conversionActionCategory"] != "PURCHASE":
                continue
            action = windows[segments["conversionAction"]]
            window = f"{action['clickThroughLookbackWindowDays']}d_click_{action['viewThroughLookbackWindowDays']}d_view"  # fmt: skip
            count = _number(line["metrics"]["conversions"])
            found.append(("google_ads", window, date.fromisoformat(segments["date"]), count))  # fmt: skip
        for figure in self._meta():
            if figure.conversions:
                found.append(("meta_ads", "default", figure.day, figure.conversions))
        return found

    @cached_property
    def names(self) -> dict[str, str]:
        """The campaigns' names by vendor-account-campaign."""
        google = {
            f"google_ads-{line['customer']['id']}-{line['campaign']['id']}": line[
                "campaign"
            ]["name"]
            for line in self._lines("google_ads/campaigns")
        }
        meta = {
            f"meta_ads-{line['account_id']}-{line['id']}": line["name"]
            for line in self._lines("meta_ads/campaigns")
        }
        return google | meta

    @cached_property
    def utm_campaigns(self) -> dict[tuple[str, str], str]:
        """The utm_campaign of (vendor, campaign) where an ad of it leads there."""
        suffixes = {
            line["campaign"]["id"]: line["campaign"].get("finalUrlSuffix", "")
            for line in self._lines("google_ads/campaigns")
        }
        found = {}
        for line in self._lines("google_ads/ads"):
            campaign = line["campaign"]["id"]
            ad = line["adGroupAd"]["ad"]
            tags = parse_qs(ad.get("finalUrlSuffix") or suffixes[campaign])
            found["google_ads", campaign] = tags["utm_campaign"][0].lower()
        creatives = {line["id"]: line for line in self._lines("meta_ads/adcreatives")}
        for line in self._lines("meta_ads/ads"):
            tags = parse_qs(creatives[line["creative"]["id"]]["url_tags"])
            found["meta_ads", line["campaign_id"]] = tags["utm_campaign"][0].lower()
        return found

    @cached_property
    def arrivals(self) -> list[Arrival]:
        """By which campaign each order came, orders without one included."""
        visits: dict[str, list] = defaultdict(list)
        firsts: dict[str, tuple] = {}
        for event in self.shop.events:
            if event["type"] not in ("page", "screen", "track"):
                continue
            moment, name = event_time(event), (event.get("event") or "").strip().lower()
            entry = (moment, event["messageId"], event)
            if event.get("anonymousId") and not name.startswith(("order refund", "order cancel")):  # fmt: skip
                visits[event["anonymousId"]].append(entry)
            if name in COMPLETED:
                number = event["properties"]["order_id"]
                firsts[number] = min(firsts.get(number, entry), entry, key=lambda one: one[:2])  # fmt: skip
        found = []
        for number, sale in self.shop.orders.items():
            moment, message, event = firsts[number]
            device = visits.get(event.get("anonymousId"), [])
            before = sorted((one for one in device if one[:2] <= (moment, message)), key=lambda one: one[:2])  # fmt: skip
            campaign = _campaign(before)
            paid = PLATFORMS.get((campaign.get("source"), campaign.get("medium")))
            sales = sale.base(sale.goods) - sale.base(sale.discount)
            found.append(Arrival(paid, campaign.get("name", ""), sale.day, sales))
        return found

    @cached_property
    def spends(self) -> list[Spend]:
        """Everything that marketing cost, day by day."""
        sums: dict[tuple, Decimal] = defaultdict(Decimal)
        for one in self.figures:
            key = (one.vendor, one.account, one.campaign, one.platform, one.currency, one.day)  # fmt: skip
            sums[key] += one.spend
        found = [
            Spend("ads", day, self.to_base(amount, currency, day), False)
            for (*_, currency, day), amount in sums.items()
        ]
        for row in self._rows("offline_spend"):
            found += self._spread("offline", row, row["week_start_date"], 7, row["spend_amount"], False)  # fmt: skip
        for row in self._rows("channel_costs"):
            first, last = (date.fromisoformat(row[name]) for name in ("start_date", "end_date"))  # fmt: skip
            count = (last - first).days + 1
            found += self._spread("channel", row, row["start_date"], count, row["amount"], row["cost_status"] == "committed")  # fmt: skip
        return found

    def _spread(self, kind: str, row: dict, first: str, count: int, amount: str, is_committed: bool) -> list[Spend]:  # fmt: skip
        """Spread an amount over days, whole cents each, nothing lost."""
        whole, found = int(Decimal(amount) * 100), []
        for number in range(count):
            cents = whole * (number + 1) // count - whole * number // count
            day = date.fromisoformat(first) + number * ONE_DAY
            base = self.to_base(Decimal(cents) / 100, row["currency"], day)
            found.append(Spend(kind, day, base, is_committed))
        return found

    def to_base(self, amount: Decimal, currency: str, day: date) -> Decimal:
        """Return an amount in the base currency, nothing without a rate."""
        rate = self.crm.rate(currency, day)
        return Decimal(0) if rate is None else (amount * rate).quantize(SIX, ROUND_HALF_UP)  # fmt: skip


def _campaign(events: list[tuple]) -> dict:
    """Return the newest campaign of a visit that ends with its last event."""
    later = None
    for moment, _, event in reversed(events):
        if later is not None and later - moment > PAUSE:
            return {}
        campaign = event.get("context", {}).get("campaign")
        if campaign:
            return campaign
        later = moment
    return {}
