"""The ad accounts and the campaigns that the shop's visitors come from.

A campaign's ads carry the `utm_campaign` of the events in their creative's `url_tags`;
its name is what a marketer typed.

Planted, by id:
- account 20002 bills in TRY and lives in Europe/Istanbul, beside 10001 in EUR and
  Europe/Berlin;
- campaign 120210000000000003 was renamed: its utm_campaign is still `summer-25`;
- campaign 120210000000000007 is archived: it spent, and nobody came of it;
- campaign 120210000000000008 was deleted, with its ads, after a fortnight of spend;
- campaign 120210000000000004 is still there, but its ad 120210000001004000 was deleted;
- campaign 120210000000000009 has a lifetime budget instead of daily ones.
"""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ingestion.sandbox.generator import calendar, vocabulary
from ingestion.sandbox.generator.company import Company

# Ids are larger than a double holds exactly.
FIRST_ID = 120_210_000_000_000_000
RENAMED, ARCHIVED, DELETED, PRUNED, LIFETIME = 3, 7, 8, 4, 9


@dataclass(frozen=True)
class AdAccount:
    """An ad account; `rate` is what a euro costs in its currency."""

    number: str
    name: str
    currency: str
    zone: str
    offset_hours: float
    rate: float


BERLIN = AdAccount("10001", "Zafran DACH", "EUR", "Europe/Berlin", 1.0, 1.0)
ISTANBUL = AdAccount("20002", "Zafran Türkiye", "TRY", "Europe/Istanbul", 3.0, 40.0)
ACCOUNTS = (BERLIN, ISTANBUL)


@dataclass(frozen=True)
class Ad:
    """An ad with its creative."""

    ad_id: str
    adset_id: str
    creative_id: str
    name: str
    is_deleted: bool
    share: float


@dataclass(frozen=True)
class AdCampaign:
    """A campaign and its ads.

    Attributes:
        utm: the utm_campaign of the visits that it brings.
        weight: its size, as the vocabulary's campaigns have one.
        instagram_share: how much of it runs on Instagram.
    """

    number: int
    account: AdAccount
    name: str
    utm: str
    content: str
    first_day: date
    last_day: date
    weight: float
    instagram_share: float
    status: str
    ads: tuple[Ad, ...] = field(default=())

    @property
    def campaign_id(self) -> str:
        """The campaign's id."""
        return str(FIRST_ID + self.number)


def ad_campaigns(company: Company) -> list[AdCampaign]:
    """Return the campaigns of both accounts."""
    rng = company.rng("meta_ads/campaigns")
    found = []
    for name, source, _, content, first, last, weight in vocabulary.CAMPAIGNS:
        if source not in ("facebook", "instagram"):
            continue
        number = len(found) + 1
        label = "Summer – iced tea (DE/AT)" if number == RENAMED else name
        instagram = 0.75 if source == "instagram" else 0.3
        days = (date.fromisoformat(first), date.fromisoformat(last))
        plan = (BERLIN, label, name, content, *days, float(weight), instagram)
        found.append(_campaign(rng, company, number, plan))
    plans: list[tuple[Any, ...]] = [
        (BERLIN, "retargeting-test", "retargeting-test", "cart", date(2025, 9, 1), date(2025, 9, 21), 2.0, 0.5),
        (BERLIN, "lookalike-test", "lookalike-test", "video", date(2026, 2, 2), date(2026, 2, 15), 2.0, 0.4),
        (ISTANBUL, "ramazan-26", "ramazan-26", "lokum", date(2026, 2, 18), date(2026, 3, 19), 4.0, 0.6),
        (BERLIN, "autumn-26", "autumn-26", "samovar", date(2026, 10, 12), calendar.LAST_DAY, 3.0, 0.5),
    ]  # fmt: skip
    for plan in plans:
        found.append(_campaign(rng, company, len(found) + 1, plan))
    return found


def _campaign(
    rng: random.Random, company: Company, number: int, plan: tuple[Any, ...]
) -> AdCampaign:
    status = "ACTIVE" if plan[5] == calendar.LAST_DAY else "PAUSED"
    status = {ARCHIVED: "ARCHIVED", DELETED: "DELETED"}.get(number, status)
    adset_count, ad_count = _spread(company)
    ads = []
    for index in range(ad_count):
        position, adset = divmod(index, adset_count)
        ads.append(
            Ad(
                ad_id=str(FIRST_ID + 1_000_000 + 1_000 * number + index),
                adset_id=str(FIRST_ID + 100_000 + 1_000 * number + adset),
                creative_id=str(FIRST_ID + 2_000_000 + 1_000 * number + index),
                name=f"{plan[3]}-{'abcdef'[position]}",
                is_deleted=number == DELETED or (number == PRUNED and index == 0),
                share=rng.uniform(0.5, 1.5),
            )
        )
    return AdCampaign(number, *plan, status, tuple(ads))


def _spread(company: Company) -> tuple[int, int]:
    """Return ad sets and ads of a campaign: bigger companies test more."""
    if company.size.sessions < 5_000:
        return 1, 2
    return (2, 3) if company.size.sessions < 100_000 else (4, 12)


def object_lines(campaigns: list[AdCampaign]) -> dict[str, list[dict]]:
    """Return the lines of every kind of object, as the account's edges list them."""
    lines: dict[str, list[dict]] = {
        "ad_accounts": [_account_line(account) for account in ACCOUNTS],
        "campaigns": [_campaign_line(campaign) for campaign in campaigns],
    }
    lines |= {"adsets": [], "ads": [], "adcreatives": []}
    for campaign in campaigns:
        for adset_id in sorted({ad.adset_id for ad in campaign.ads}):
            lines["adsets"].append(_adset_line(campaign, adset_id))
        for ad in campaign.ads:
            lines["ads"].append(_ad_line(campaign, ad))
            lines["adcreatives"].append(_creative_line(campaign, ad))
    return lines


def _account_line(account: AdAccount) -> dict:
    return {
        "id": f"act_{account.number}",
        "account_id": account.number,
        "name": account.name,
        "account_status": 1,
        "disable_reason": 0,
        "currency": account.currency,
        "timezone_id": 47 if account is BERLIN else 134,
        "timezone_name": account.zone,
        "timezone_offset_hours_utc": account.offset_hours,
        "created_time": _stamp(account, date(2024, 9, 2)),
        "business_name": "Zafran Trading GmbH",
    }


def _campaign_line(campaign: AdCampaign) -> dict:
    budget = {"lifetime_budget": _minor(campaign, 30)}
    if campaign.number != LIFETIME:
        budget = {"daily_budget": _minor(campaign, 1)}
    return {
        "id": campaign.campaign_id,
        "account_id": campaign.account.number,
        "name": campaign.name,
        "objective": "OUTCOME_SALES",
        "status": campaign.status,
        "configured_status": campaign.status,
        "effective_status": campaign.status,
        "buying_type": "AUCTION",
        "bid_strategy": "LOWEST_COST_WITHOUT_CAP",
        "special_ad_categories": [],
        **budget,
        "budget_remaining": "0",
        "start_time": _stamp(campaign.account, campaign.first_day, 9),
        "stop_time": _stamp(campaign.account, campaign.last_day, 23),
        "created_time": _stamp(campaign.account, campaign.first_day - timedelta(7), 11),
        "updated_time": _stamp(campaign.account, campaign.last_day, 12),
    }


def _adset_line(campaign: AdCampaign, adset_id: str) -> dict:
    return {
        "id": adset_id,
        "account_id": campaign.account.number,
        "campaign_id": campaign.campaign_id,
        "name": f"{campaign.name} / {int(adset_id) % 1_000 + 1}",
        **_statuses(campaign),
        "optimization_goal": "OFFSITE_CONVERSIONS",
        "billing_event": "IMPRESSIONS",
        "bid_strategy": "LOWEST_COST_WITHOUT_CAP",
        "attribution_spec": [
            {"event_type": "CLICK_THROUGH", "window_days": 7},
            {"event_type": "VIEW_THROUGH", "window_days": 1},
        ],
        "start_time": _stamp(campaign.account, campaign.first_day, 9),
        "end_time": _stamp(campaign.account, campaign.last_day, 23),
        "created_time": _stamp(campaign.account, campaign.first_day - timedelta(7), 11),
        "updated_time": _stamp(campaign.account, campaign.last_day, 12),
    }


def _ad_line(campaign: AdCampaign, ad: Ad) -> dict:
    statuses = _statuses(campaign)
    if ad.is_deleted:
        statuses = {"status": "DELETED", "effective_status": "DELETED"}
    return {
        "id": ad.ad_id,
        "account_id": campaign.account.number,
        "campaign_id": campaign.campaign_id,
        "adset_id": ad.adset_id,
        "name": ad.name,
        **statuses,
        "creative": {"id": ad.creative_id},
        "created_time": _stamp(campaign.account, campaign.first_day - timedelta(5), 15),
        "updated_time": _stamp(campaign.account, campaign.last_day, 12),
    }


def _creative_line(campaign: AdCampaign, ad: Ad) -> dict:
    link = f"https://zafran.example/?ref={campaign.content}"
    source = "instagram" if campaign.instagram_share > 0.5 else "facebook"
    return {
        "id": ad.creative_id,
        "account_id": campaign.account.number,
        "name": f"{ad.name} {campaign.first_day}",
        "status": "ACTIVE",
        "title": "Zafran",
        "body": "Tee, Kaffee, زعفران",
        "object_type": "SHARE",
        "url_tags": f"utm_source={source}&utm_medium=paid_social"
        f"&utm_campaign={campaign.utm}&utm_content={campaign.content}",
        "object_story_spec": {
            "page_id": "104000000000001",
            "link_data": {"link": link, "message": "Tee, Kaffee, زعفران"},
        },
    }


def _statuses(campaign: AdCampaign) -> dict[str, str]:
    """Return the own and the effective status of what lies below a campaign."""
    if campaign.status in ("ARCHIVED", "DELETED"):
        return {"status": campaign.status, "effective_status": campaign.status}
    effective = "CAMPAIGN_PAUSED" if campaign.status == "PAUSED" else "ACTIVE"
    return {"status": "ACTIVE", "effective_status": effective}


def _minor(campaign: AdCampaign, days: int) -> str:
    """Return a budget in cents or kuruş, as Meta writes budgets."""
    return str(int(campaign.weight * 10 * campaign.account.rate) * 100 * days)


def _stamp(account: AdAccount, day: date, hour: int = 0) -> str:
    """Write an instant as Meta does: the account's time, an offset without a colon."""
    moment = datetime.combine(day, time(hour), ZoneInfo(account.zone))
    return moment.strftime("%Y-%m-%dT%H:%M:%S%z")
