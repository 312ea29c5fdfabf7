"""What the campaigns delivered: by device and network, by ad, by conversion action.

Google claims more purchases than the shop's visits of the same campaigns brought: of
people who saw an ad and came by another way, and those that Meta claims too. Under data-
driven attribution a purchase is credited in parts, so counts are fractions. The figures
of a campaign's ads add up to those of the campaign.

Planted: the last day (today) has only part of its figures; on 10 August 2025 every
campaign was off, a day without a row; every other row leaves out what is zero, as proto3
JSON may.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import date

from ingestion.sandbox.generator import calendar
from ingestion.sandbox.generator.company import Company
from ingestion.sandbox.generator.google_ads.campaigns import (
    ACTIONS,
    AdCampaign,
    ad_objects,
    conversion_action,
)

SILENT_DAY = date(2025, 8, 10)
_DEVICES = (
    ("MOBILE", 0.58),
    ("DESKTOP", 0.34),
    ("TABLET", 0.06),
    ("CONNECTED_TV", 0.02),
)
# Click rate and what a click costs, in euro cents.
_CHANNELS = {
    "SEARCH": (0.08, 55),
    "PERFORMANCE_MAX": (0.02, 38),
    "DISPLAY": (0.006, 21),
    "VIDEO": (0.004, 14),
}
# Of the clicks, so many are followed by a purchase that Google claims, or a sign-up.
_PURCHASE_RATE, _SIGNUP_RATE, _VIEW_RATE = 0.06, 0.02, 0.0004
# What is credited of a purchase, in hundredths.
_CREDITS = range(20, 101)
_BASKET_CENTS = (2_200, 3_900, 5_400, 8_900)
# The shop's usual weight of a day, so that a campaign's weight is its own on average.
_USUAL_WEIGHT = 1.6

# Impressions, clicks, micros; hundredths of purchases and sign-ups; cents; views.
_Cell = list[int]
_FIELDS = 7


def figure_lines(
    company: Company, campaigns: list[AdCampaign]
) -> dict[str, list[dict]]:
    """Return the lines of the three files of figures, by day."""
    rng = company.rng("google_ads/figures")
    clicks_per_weight = company.size.sessions / len(calendar.days()) / 5
    lines: dict[str, list[dict]] = {
        "campaign_stats": [],
        "ad_stats": [],
        "conversion_stats": [],
    }
    for day in calendar.days():
        for campaign in campaigns:
            if not campaign.first_day <= day <= campaign.last_day or day == SILENT_DAY:
                continue
            clicks = clicks_per_weight * campaign.weight * rng.uniform(0.7, 1.3)
            clicks *= calendar.shop_weight(day) / _USUAL_WEIGHT
            if day == calendar.LAST_DAY:
                clicks *= 0.6
            cells = _cells(rng, campaign, clicks)
            total = [sum(cell[n] for cell in cells.values()) for n in range(_FIELDS)]
            lines["campaign_stats"] += _campaign_lines(campaign, day, cells)
            lines["ad_stats"] += _ad_lines(campaign, day, total)
            lines["conversion_stats"] += _conversion_lines(campaign, day, total)
    return lines


def _cells(
    rng: random.Random, campaign: AdCampaign, clicks: float
) -> dict[tuple[str, str], _Cell]:
    """Return the figures of a day by device and network."""
    click_rate, cents = _CHANNELS[campaign.channel]
    rate = campaign.account.rate
    found = {}
    for network, network_share in campaign.networks:
        for device, device_share in _DEVICES:
            expected = clicks / click_rate * network_share * device_share
            impressions = int(expected * rng.uniform(0.8, 1.2) + rng.random())
            if not impressions:
                continue
            came = min(impressions, int(impressions * click_rate + rng.random()))
            cost = round(came * cents * rate * rng.uniform(0.8, 1.2)) * 10_000
            purchases = int(came * _PURCHASE_RATE / 0.6 + rng.random())
            credited = [rng.choice(_CREDITS) for _ in range(purchases)]
            worth = sum(
                round(part * rng.choice(_BASKET_CENTS) * rate / 100)
                for part in credited
            )
            signups = int(came * _SIGNUP_RATE + rng.random()) * 100
            views = 0
            if campaign.channel != "SEARCH":
                views = int(impressions * _VIEW_RATE + rng.random())
            cell = [impressions, came, cost, sum(credited), signups, worth, views]
            found[device, network] = cell
    return found


def _metrics(cell: Sequence[int], *, leaves_out_zeros: bool) -> dict[str, str | float]:
    impressions, clicks, micros, purchases, signups, cents, views = cell
    metrics: dict[str, str | float] = {
        "impressions": str(impressions),
        "clicks": str(clicks),
        "costMicros": str(micros),
        "conversions": purchases / 100,
        "conversionsValue": cents / 100,
        "allConversions": (purchases + signups) / 100,
        "allConversionsValue": cents / 100,
        "viewThroughConversions": str(views),
    }
    if leaves_out_zeros:
        return {name: value for name, value in metrics.items() if float(value)}
    return metrics


def _campaign_lines(
    campaign: AdCampaign, day: date, cells: dict[tuple[str, str], _Cell]
) -> Iterator[dict]:
    for number, ((device, network), cell) in enumerate(cells.items()):
        yield {
            "customer": campaign.account.customer,
            "campaign": campaign.campaign,
            "metrics": _metrics(cell, leaves_out_zeros=number % 2 == 1),
            "segments": {
                "date": day.isoformat(),
                "device": device,
                "adNetworkType": network,
            },
        }


def _ad_lines(campaign: AdCampaign, day: date, total: _Cell) -> Iterator[dict]:
    shares = [ad.share for ad in campaign.ads]
    parts = zip(*(_split(amount, shares) for amount in total), strict=True)
    for ad, cell in zip(campaign.ads, parts, strict=False):
        if any(cell):
            yield {
                "customer": campaign.account.customer,
                "campaign": campaign.campaign,
                **ad_objects(campaign, ad),
                "metrics": _metrics(cell, leaves_out_zeros=False),
                "segments": {"date": day.isoformat()},
            }


def _split(amount: int, shares: list[float]) -> list[int]:
    """Return whole parts of an amount that add up to it."""
    whole, parts, given = sum(shares), [], 0
    reached = 0.0
    for share in shares:
        reached += share
        upto = round(amount * reached / whole)
        parts.append(upto - given)
        given = upto
    return parts


def _conversion_lines(campaign: AdCampaign, day: date, total: _Cell) -> Iterator[dict]:
    _, _, _, purchases, signups, cents, _ = total
    for (number, name, category, _, counts), hundredths, worth in zip(
        ACTIONS, (purchases, signups), (cents, 0), strict=True
    ):
        if hundredths:
            yield {
                "customer": campaign.account.customer,
                "campaign": campaign.campaign,
                "metrics": {
                    "conversions": hundredths / 100 if counts else 0.0,
                    "conversionsValue": worth / 100,
                    "allConversions": hundredths / 100,
                    "allConversionsValue": worth / 100,
                },
                "segments": {
                    "date": day.isoformat(),
                    "conversionAction": conversion_action(campaign.account, number),
                    "conversionActionName": name,
                    "conversionActionCategory": category,
                },
            }
