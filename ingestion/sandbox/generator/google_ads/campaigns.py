"""The accounts, and the campaigns that the shop's visitors come from.

Campaigns of the vocabulary keep their utm_campaign in `final_url_suffix`; their name is
what a marketer typed.

Planted, by id:
- manager 9990001111 has no figures; below it 1234567890 bills in EUR and lives in
  Europe/Berlin, 2345678901 in USD and America/New_York;
- account 3456789012 is CANCELED: it answers 403 to everything;
- campaign 1103 (utm_campaign `xmas-25`) was renamed to `Weihnachten 2025 | Search`;
- campaign 1104 is of Performance Max: no ad groups, network MIXED;
- campaign 1105 is REMOVED, and so are its ads; it spent in May 2025;
- campaigns 1102 and 1103 share budget 1802, which is one for a whole period;
- conversion action 1701 counts for 60 days after a click, 2701 for 30; 1703 is REMOVED
  and counted for 90;
- ad 1400 has no name and ad 1401 is PAUSED.
"""

import random
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ingestion.sandbox.generator import calendar, vocabulary
from ingestion.sandbox.generator.company import Company

SITE = "https://shop.zafran.example"
MANAGER = "9990001111"
CANCELED = "3456789012"
RENAMED, PMAX, REMOVED = 3, 4, 5
_ENABLED = "ENABLED"


@dataclass(frozen=True)
class AdAccount:
    """An account; `rate` is what a euro costs in its currency."""

    customer_id: str
    prefix: int
    name: str
    currency: str
    zone: str
    rate: float

    @property
    def customer(self) -> dict[str, str]:
        """The account as it stands in every row."""
        name = f"customers/{self.customer_id}"
        return {"resourceName": name, "id": self.customer_id}


BERLIN = AdAccount("1234567890", 1000, "Zafran DACH", "EUR", "Europe/Berlin", 1.0)
NEW_YORK = AdAccount("2345678901", 2000, "Zafran US", "USD", "America/New_York", 1.09)
ACCOUNTS = (BERLIN, NEW_YORK)


@dataclass(frozen=True)
class Ad:
    """An ad in its group, and how much of the campaign it gets."""

    ad_id: str
    ad_group_id: str
    share: float


@dataclass(frozen=True)
class AdCampaign:
    """A campaign and its ads.

    Attributes:
        number: counts the campaigns of an account, from 1.
        utm: the utm_campaign of the visits that it brings.
        weight: its size, as the vocabulary's campaigns have one.
        networks: where it runs, and how much of it.
    """

    number: int
    account: AdAccount
    name: str
    utm: str
    content: str
    first_day: date
    last_day: date
    weight: float
    channel: str
    networks: tuple[tuple[str, float], ...]
    ads: tuple[Ad, ...] = field(default=())

    @property
    def campaign_id(self) -> str:
        """The campaign's id."""
        return str(self.account.prefix + 100 + self.number)

    @property
    def status(self) -> str:
        """The campaign's status."""
        if self.account is BERLIN and self.number == REMOVED:
            return "REMOVED"
        return _ENABLED if self.last_day == calendar.LAST_DAY else "PAUSED"

    @property
    def campaign(self) -> dict[str, str]:
        """The campaign as it stands in every row of its figures."""
        name = f"customers/{self.account.customer_id}/campaigns/{self.campaign_id}"
        return {"resourceName": name, "id": self.campaign_id}


_SEARCH = (("SEARCH", 0.86), ("SEARCH_PARTNERS", 0.14))
_DISPLAY = (("CONTENT", 1.0),)
_VIDEO = (("YOUTUBE", 1.0),)
_MIXED = (("MIXED", 1.0),)


def ad_campaigns(company: Company) -> list[AdCampaign]:
    """Return the campaigns of all accounts."""
    rng = company.rng("google_ads/campaigns")
    last = calendar.LAST_DAY
    plans: list[tuple[Any, ...]] = []
    for name, source, _, content, first_day, last_day, weight in vocabulary.CAMPAIGNS:
        if source != "google":
            continue
        is_renamed = len(plans) + 1 == RENAMED
        label = "Weihnachten 2025 | Search" if is_renamed else name
        days = (date.fromisoformat(first_day), date.fromisoformat(last_day))
        plans.append((BERLIN, label, name, content, *days, float(weight), "SEARCH", _SEARCH))  # fmt: skip
    plans += [
        (BERLIN, "pmax-samovar", "pmax-samovar", "samovar", date(2026, 3, 2), last, 2.0, "PERFORMANCE_MAX", _MIXED),
        (BERLIN, "display-test", "display-test", "gifts", date(2025, 5, 1), date(2025, 5, 31), 1.0, "DISPLAY", _DISPLAY),
        (NEW_YORK, "us-launch", "us-launch", "saffron", date(2026, 2, 2), last, 2.0, "SEARCH", _SEARCH),
        (NEW_YORK, "us-youtube", "us-youtube", "iced-tea", date(2026, 6, 1), date(2026, 8, 31), 1.0, "VIDEO", _VIDEO),
    ]  # fmt: skip
    counts: dict[str, int] = {}
    found = []
    for plan in plans:
        account = plan[0]
        number = counts[account.customer_id] = counts.get(account.customer_id, 0) + 1
        ads = (
            () if plan[7] == "PERFORMANCE_MAX" else _ads(rng, company, account, number)
        )
        found.append(AdCampaign(number, *plan, ads))
    return found


def _ads(
    rng: random.Random, company: Company, account: AdAccount, number: int
) -> tuple[Ad, ...]:
    """Return the ads of a campaign: bigger companies test more."""
    groups, ads = 1, 2
    if company.size.sessions > 5_000:
        groups, ads = (2, 3) if company.size.sessions < 100_000 else (4, 6)
    # Room for twenty ads per campaign, and for their groups below them.
    first = account.prefix * 1_000 + number * 100
    return tuple(
        Ad(
            ad_id=str(first + 50 + index)
            if number > 1
            else str(account.prefix + 400 + index),
            ad_group_id=str(first + index // ads),
            share=rng.uniform(0.5, 1.5),
        )
        for index in range(groups * ads)
    )


def customer_lines() -> list[dict]:
    """Return the accounts as `FROM customer_client` on the manager lists them."""
    rows = [(MANAGER, "Zafran Group", "EUR", "Europe/Berlin", _ENABLED, 0)]
    rows += [(a.customer_id, a.name, a.currency, a.zone, _ENABLED, 1) for a in ACCOUNTS]
    rows.append((CANCELED, "Zafran Test", "EUR", "Europe/Berlin", "CANCELED", 1))
    return [
        {
            "customer": {"resourceName": f"customers/{MANAGER}", "id": MANAGER},
            "customerClient": {
                "resourceName": f"customers/{MANAGER}/customerClients/{customer_id}",
                "clientCustomer": f"customers/{customer_id}",
                "id": customer_id,
                "descriptiveName": name,
                "currencyCode": currency,
                "timeZone": zone,
                "status": status,
                "manager": level == 0,
                "hidden": False,
                "testAccount": False,
                "level": str(level),
            },
        }
        for customer_id, name, currency, zone, status, level in rows
    ]


def object_lines(campaigns: list[AdCampaign]) -> dict[str, list[dict]]:
    """Return the lines of everything that an account has beside figures."""
    return {
        "campaigns": [_campaign_line(one) for one in campaigns],
        "campaign_budgets": [line for one in campaigns for line in _budget_lines(one)],
        "ad_groups": [line for one in campaigns for line in _group_lines(one)],
        "ads": [_ad_line(one, ad) for one in campaigns for ad in one.ads],
        "conversion_actions": [
            line for account in ACCOUNTS for line in _conversion_lines(account)
        ],
    }


def _budget_id(campaign: AdCampaign) -> str:
    # Both Christmas campaigns have the budget of the first.
    is_shared = campaign.account is BERLIN and campaign.number == RENAMED
    number = campaign.number - 1 if is_shared else campaign.number
    return str(campaign.account.prefix + 800 + number)


def _campaign_line(campaign: AdCampaign) -> dict:
    prefix = f"customers/{campaign.account.customer_id}"
    ends = campaign.last_day != calendar.LAST_DAY
    is_serving = campaign.status == _ENABLED
    line = {
        **campaign.campaign,
        "name": campaign.name,
        "status": campaign.status,
        "servingStatus": "SERVING" if is_serving else "ENDED",
        "advertisingChannelType": campaign.channel,
        "biddingStrategyType": "MAXIMIZE_CONVERSION_VALUE",
        "campaignBudget": f"{prefix}/campaignBudgets/{_budget_id(campaign)}",
        "startDateTime": f"{campaign.first_day} 00:00:00",
        "finalUrlSuffix": (
            f"utm_source=google&utm_medium=cpc&utm_campaign={campaign.utm}"
            f"&utm_content={campaign.content}"
        ),
    }
    if ends:
        line["endDateTime"] = f"{campaign.last_day} 23:59:59"
    return {"customer": campaign.account.customer, "campaign": line}


def _budget_lines(campaign: AdCampaign) -> list[dict]:
    own = str(campaign.account.prefix + 800 + campaign.number)
    if own != _budget_id(campaign):
        return []
    micros = str(int(campaign.weight * 10 * campaign.account.rate) * 1_000_000)
    is_shared = campaign.account is BERLIN and campaign.number == RENAMED - 1
    budget = {
        "resourceName": f"customers/{campaign.account.customer_id}/campaignBudgets/{own}",
        "id": own,
        "name": f"{campaign.utm} budget",
        "status": "REMOVED" if campaign.status == "REMOVED" else _ENABLED,
        "period": "CUSTOM_PERIOD" if is_shared else "DAILY",
        "deliveryMethod": "STANDARD",
        "explicitlyShared": is_shared,
        ("totalAmountMicros" if is_shared else "amountMicros"): micros,
    }
    return [{"customer": campaign.account.customer, "campaignBudget": budget}]


# Group and ad of a channel; Performance Max has neither.
_GROUP_TYPES = {
    "SEARCH": "SEARCH_STANDARD",
    "DISPLAY": "DISPLAY_STANDARD",
    "VIDEO": "VIDEO_RESPONSIVE",
}
_AD_TYPES = {
    "SEARCH": "RESPONSIVE_SEARCH_AD",
    "DISPLAY": "RESPONSIVE_DISPLAY_AD",
    "VIDEO": "VIDEO_RESPONSIVE_AD",
}


def _group_lines(campaign: AdCampaign) -> list[dict]:
    groups = dict.fromkeys(ad.ad_group_id for ad in campaign.ads)
    return [
        {
            "customer": campaign.account.customer,
            "campaign": campaign.campaign,
            "adGroup": {
                **_group(campaign, group_id),
                "name": f"{campaign.content} {'abcdef'[index]}",
                "status": _object_status(campaign),
                "type": _GROUP_TYPES[campaign.channel],
                "campaign": campaign.campaign["resourceName"],
            },
        }
        for index, group_id in enumerate(groups)
    ]


def _group(campaign: AdCampaign, group_id: str) -> dict[str, str]:
    prefix = f"customers/{campaign.account.customer_id}"
    return {"resourceName": f"{prefix}/adGroups/{group_id}", "id": group_id}


def ad_objects(campaign: AdCampaign, ad: Ad) -> dict[str, dict]:
    """Return an ad and its group as they stand in every row of its figures."""
    prefix = f"customers/{campaign.account.customer_id}"
    return {
        "adGroup": _group(campaign, ad.ad_group_id),
        "adGroupAd": {
            "resourceName": f"{prefix}/adGroupAds/{ad.ad_group_id}~{ad.ad_id}",
            "ad": {"resourceName": f"{prefix}/ads/{ad.ad_id}", "id": ad.ad_id},
        },
    }


def _ad_line(campaign: AdCampaign, ad: Ad) -> dict:
    objects = ad_objects(campaign, ad)
    own = objects["adGroupAd"]
    own["ad"] |= {
        "type": _AD_TYPES[campaign.channel],
        "finalUrls": [f"{SITE}/c/{campaign.content}"],
    }
    if ad.ad_id != "1400":
        own["ad"]["name"] = f"{campaign.content} {ad.ad_id[-2:]}"
    own["status"] = "PAUSED" if ad.ad_id == "1401" else _object_status(campaign)
    return {
        "customer": campaign.account.customer,
        "campaign": campaign.campaign,
        **objects,
    }


def _object_status(campaign: AdCampaign) -> str:
    return "REMOVED" if campaign.status == "REMOVED" else _ENABLED


def conversion_action(account: AdAccount, number: int) -> str:
    """Return the resource name of the account's first, second, … action."""
    identifier = account.prefix + 700 + number
    return f"customers/{account.customer_id}/conversionActions/{identifier}"


# Number, name, category, status, whether it is one of `conversions`.
ACTIONS = (
    (1, "Purchase (web)", "PURCHASE", _ENABLED, True),
    (2, "Newsletter sign-up", "SIGNUP", _ENABLED, False),
)


def _conversion_lines(account: AdAccount) -> list[dict]:
    actions = [*ACTIONS]
    if account is BERLIN:
        actions.append((3, "Purchase (old tag)", "PURCHASE", "REMOVED", True))
    windows = {1: 60 if account is BERLIN else 30, 2: 30, 3: 90}
    return [
        {
            "customer": account.customer,
            "conversionAction": {
                "resourceName": conversion_action(account, number),
                "id": str(account.prefix + 700 + number),
                "name": name,
                "category": category,
                "status": status,
                "type": "WEBPAGE",
                "countingType": "MANY_PER_CLICK" if counts else "ONE_PER_CLICK",
                "includeInConversionsMetric": counts,
                "primaryForGoal": counts,
                "clickThroughLookbackWindowDays": str(windows[number]),
                "viewThroughLookbackWindowDays": "1",
                "attributionModelSettings": {
                    "attributionModel": "GOOGLE_SEARCH_ATTRIBUTION_DATA_DRIVEN"
                },
            },
        }
        for number, name, category, status, counts in actions
    ]
