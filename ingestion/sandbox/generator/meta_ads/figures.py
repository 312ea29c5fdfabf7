"""What the ads delivered: one line per ad, day, platform, age band and gender.

Meta counts more purchases than the shop's visits of the same campaigns brought: those
of people who saw an ad and came by another way, and those that Google Ads claims too.
The same purchases stand under several action types, which must not be added up.

Planted: the last day (today) has only part of its figures; every campaign has a few
lines of age or gender `unknown`; the Sunday in its middle of campaign
120210000000000002 has no line at all, the ads were off.
"""

import random
from collections.abc import Iterator
from datetime import date

from ingestion.sandbox.generator import calendar
from ingestion.sandbox.generator.company import Company
from ingestion.sandbox.generator.meta_ads.campaigns import Ad, AdCampaign

AGES = (
    ("18-24", 0.14),
    ("25-34", 0.3),
    ("35-44", 0.24),
    ("45-54", 0.15),
    ("55-64", 0.1),
    ("65+", 0.06),
    ("unknown", 0.01),
)
GENDERS = (("female", 0.58), ("male", 0.4), ("unknown", 0.02))
# Days of this campaign on which its ads were off.
SILENT = {2: (date(2025, 3, 16),)}
CLICK_RATE, LINK_SHARE, CLICK_CENTS = 0.013, 0.8, 42
# Of the link clicks, so many are followed by a purchase that Meta claims, by window.
PURCHASE_RATE = 0.05
VIEW_SHARE = 0.3
ONE_DAY_SHARE, LATE_SHARE = 0.7, 0.12
BASKET_CENTS = (2_200, 3_900, 5_400, 8_900)


def insight_lines(company: Company, campaigns: list[AdCampaign]) -> Iterator[dict]:
    """Yield the finest rows by day, as the insights of an account list them."""
    rng = company.rng("meta_ads/figures")
    clicks_per_weight = company.size.sessions / len(calendar.days()) / 3
    for day in calendar.days():
        for campaign in campaigns:
            silent = SILENT.get(campaign.number, ())
            if campaign.first_day <= day <= campaign.last_day and day not in silent:
                clicks = clicks_per_weight * campaign.weight * rng.uniform(0.8, 1.2)
                if day == calendar.LAST_DAY:
                    clicks *= 0.6
                yield from _day(rng, campaign, day, clicks / CLICK_RATE)


def _day(
    rng: random.Random, campaign: AdCampaign, day: date, impressions: float
) -> Iterator[dict]:
    on_instagram = campaign.instagram_share
    platforms = (
        ("facebook", (1 - on_instagram) * 0.93),
        ("instagram", on_instagram * 0.93),
        ("audience_network", 0.05),
        ("messenger", 0.02),
    )
    # A deleted ad delivered in the first half of its campaign only.
    middle = campaign.first_day + (campaign.last_day - campaign.first_day) / 2
    ads = [
        ad
        for ad in campaign.ads
        if not ad.is_deleted or campaign.status == "DELETED" or day <= middle
    ]
    shares = sum(ad.share for ad in ads)
    for ad in ads:
        for platform, platform_share in platforms:
            part = impressions * platform_share * ad.share / shares
            for age, age_share in AGES:
                for gender, gender_share in GENDERS:
                    expected = part * age_share * gender_share
                    count = int(expected * rng.uniform(0.7, 1.3) + rng.random())
                    if count:
                        yield _line(rng, campaign, ad, day, (platform, age, gender), count)  # fmt: skip


def _line(
    rng: random.Random,
    campaign: AdCampaign,
    ad: Ad,
    day: date,
    breakdown: tuple[str, str, str],
    impressions: int,
) -> dict:
    clicks = min(impressions, int(impressions * CLICK_RATE + rng.random()))
    link_clicks = int(clicks * LINK_SHARE + rng.random())
    account = campaign.account
    # Impressions without a click cost as well.
    cents = clicks * CLICK_CENTS * 0.8 + impressions * CLICK_CENTS * CLICK_RATE * 0.2
    spend = round(cents * account.rate * rng.uniform(0.9, 1.1)) / 100
    text = day.isoformat()
    line = {
        "account_id": account.number,
        "account_currency": account.currency,
        "campaign_id": campaign.campaign_id,
        "adset_id": ad.adset_id,
        "ad_id": ad.ad_id,
        "date_start": text,
        "date_stop": text,
        "publisher_platform": breakdown[0],
        "age": breakdown[1],
        "gender": breakdown[2],
        "impressions": str(impressions),
        "clicks": str(clicks),
        "inline_link_clicks": str(link_clicks),
        "spend": f"{spend:.2f}",
        "reach": str(max(1, int(impressions * 0.86))),
    }
    if link_clicks:
        line["actions"], line["action_values"] = _actions(
            rng, link_clicks, account.rate
        )
    return line


def _actions(
    rng: random.Random, link_clicks: int, rate: float
) -> tuple[list[dict], list[dict]]:
    """Return the actions of a line and their values, in the account's currency."""
    clicked = {"action_type": "link_click", "value": str(link_clicks)}
    actions = [clicked | dict.fromkeys(("1d_click", "7d_click", "28d_click"), str(link_clicks))]  # fmt: skip
    by_click = int(link_clicks * PURCHASE_RATE + rng.random())
    if not by_click:
        return actions, []
    values = []
    by_view = int(by_click * VIEW_SHARE + rng.random() * 0.8)
    first_day = sum(rng.random() < ONE_DAY_SHARE for _ in range(by_click))
    late = sum(rng.random() < LATE_SHARE for _ in range(by_click))
    counts = {
        "value": by_click + by_view,
        "1d_click": first_day,
        "7d_click": by_click,
        "28d_click": by_click + late,
        "1d_view": by_view,
    }
    basket = rng.choice(BASKET_CENTS)
    # One sale under four names: of the website, of the pixel, of all channels.
    for kind in (
        "offsite_conversion.fb_pixel_purchase",
        "omni_purchase",
        "purchase",
        "web_in_store_purchase",
    ):
        found = {name: count for name, count in counts.items() if count}
        actions.append({"action_type": kind, **{n: str(c) for n, c in found.items()}})
        values.append(
            {
                "action_type": kind,
                **{n: f"{c * basket * rate / 100:.2f}" for n, c in found.items()},
            }
        )
    return actions, values
