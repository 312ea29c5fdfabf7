"""Meta's own client, facebook-business, unmodified, reads the sandbox as it reads Meta."""

import pytest
from facebook_business.adobjects.adaccount import AdAccount
from facebook_business.adobjects.adreportrun import AdReportRun
from facebook_business.adobjects.campaign import Campaign
from facebook_business.adobjects.user import User
from facebook_business.api import FacebookAdsApi
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession

from ingestion.sandbox.process import running_sandbox

from .conftest import sandbox_settings, write_data

STATUSES = ("ACTIVE", "PAUSED", "ARCHIVED", "DELETED")
# 60 campaigns, ids not dense; every fourth is deleted, every fourth archived.
CAMPAIGNS = [
    {
        "id": str(120_210_000_000_000_001 + 7 * number),
        "account_id": "111",
        "name": f"Campaign {number}",
        "status": STATUSES[number % 4],
        "effective_status": STATUSES[number % 4],
        "daily_budget": "5000",
        "updated_time": f"2026-10-{1 + number % 28:02}T09:00:00+0330",
    }
    for number in range(60)
]
FIRST = CAMPAIGNS[0]["id"]
ADSET = {
    "id": "21",
    "account_id": "111",
    "campaign_id": FIRST,
    "name": "Set",
    "status": "ACTIVE",
    "effective_status": "ACTIVE",
}
AD = {**ADSET, "id": "31", "adset_id": "21", "name": "Ad", "creative": {"id": "41"}}
ACTIONS = [{"action_type": "purchase", "value": "2", "7d_click": "2", "1d_view": "1"}]
INSIGHTS = [
    {
        "account_id": "111",
        "account_currency": "EUR",
        "campaign_id": FIRST,
        "adset_id": "21",
        "ad_id": "31",
        "date_start": day,
        "date_stop": day,
        "publisher_platform": platform,
        "age": age,
        "gender": "female",
        "impressions": "100",
        "clicks": "4",
        "spend": "1.10",
        "actions": ACTIONS,
    }
    for day in ("2026-11-01", "2026-11-02", "2026-11-03")
    for platform in ("facebook", "instagram")
    for age in ("25-34", "65+")
]
FILES = {
    "meta_ads/ad_accounts": [
        {
            "id": "act_111",
            "account_id": "111",
            "name": "Zafran",
            "account_status": 1,
            "currency": "EUR",
            "timezone_name": "Europe/Berlin",
        }
    ],
    "meta_ads/campaigns": CAMPAIGNS,
    "meta_ads/adsets": [ADSET],
    "meta_ads/ads": [AD],
    "meta_ads/adcreatives": [{"id": "41", "account_id": "111", "url_tags": "utm_x=1"}],
    "meta_ads/insights": INSIGHTS,
}
DESCRIPTION = """
as_of = 2026-11-18T20:00:00Z
[limits.meta_ads]
job_polls = 2
"""
DAILY = {
    "level": "ad",
    "time_increment": 1,
    "time_range": {"since": "2026-11-01", "until": "2026-11-07"},
}


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """Serve the rows for all tests of this module and return the address."""
    folder = tmp_path_factory.mktemp("meta_ads")
    data = write_data(folder / "data", FILES, DESCRIPTION)
    with running_sandbox(sandbox_settings(folder, data)) as variables:
        yield variables["SOURCES__META_ADS__BASE_URL"]


@pytest.fixture
def api(url, monkeypatch):
    """Return the SDK's API object; its host is a class attribute of the session."""
    monkeypatch.setattr(FacebookSession, "GRAPH", url)
    # The app's secret makes the SDK send an appsecret_proof with every call.
    session = FacebookSession("1", "sandbox-token", "sandbox-token")
    return FacebookAdsApi(session)


@pytest.fixture
def ad_account(api):
    """Return the ad account, unread."""
    return AdAccount("act_111", api=api)


def test_the_client_finds_the_accounts_of_its_token(api):
    """The way in, without which nothing else is found."""
    accounts = User("me", api=api).get_ad_accounts(fields=["name", "currency"])
    assert [(one["id"], one["name"], one["currency"]) for one in accounts] == [
        ("act_111", "Zafran", "EUR")
    ]


def test_the_client_turns_all_pages_of_campaigns(ad_account):
    """The SDK follows cursors until `paging.next` is missing; deleted ones are hidden."""
    fields = ["name", "effective_status", "daily_budget"]
    found = ad_account.get_campaigns(fields=fields, params={"limit": 7})
    names = [one["name"] for one in found]
    assert names == [one["name"] for one in CAMPAIGNS if one["status"] in STATUSES[:2]]
    everything = ad_account.get_campaigns(
        fields=fields, params={"limit": 50, "effective_status": list(STATUSES)}
    )
    assert everything.total() == 60
    assert [one["id"] for one in everything] == [one["id"] for one in CAMPAIGNS]


def test_the_client_filters_by_updated_time(ad_account):
    """2026-10-25T09:00 in Tehran is 1792906200."""
    updated = {
        "field": "campaign.updated_time",
        "operator": "GREATER_THAN",
        "value": 1_792_906_200,
    }
    found = ad_account.get_campaigns(
        fields=["updated_time"],
        params={"filtering": [updated], "effective_status": list(STATUSES)},
    )
    assert {one["updated_time"][:10] for one in found} == {
        "2026-10-26",
        "2026-10-27",
        "2026-10-28",
    }


def test_the_client_reads_nodes_and_edges_below_a_campaign(api):
    """A campaign's ad sets, an ad set's ads, a creative's tags."""
    campaign = Campaign(FIRST, api=api).api_get(fields=["name", "daily_budget"])
    assert (campaign["name"], campaign["daily_budget"]) == ("Campaign 0", "5000")
    adsets = list(campaign.get_ad_sets(fields=["campaign_id"]))
    assert [one["campaign_id"] for one in adsets] == [FIRST]
    ads = list(adsets[0].get_ads(fields=["creative", "adset_id"]))
    assert [(one["creative"]["id"], one["adset_id"]) for one in ads] == [("41", "21")]


def test_the_client_reads_insights_page_by_page(ad_account):
    """Rows by day and platform; both ages are added up in each."""
    found = ad_account.get_insights(
        fields=["ad_id", "ad_name", "impressions", "spend", "ctr", "actions"],
        params={
            **DAILY,
            "limit": 2,
            "breakdowns": ["publisher_platform"],
            "action_attribution_windows": ["7d_click", "28d_view"],
        },
    )
    rows = list(found)
    assert [(row["date_start"], row["publisher_platform"]) for row in rows] == [
        (f"2026-11-0{day}", platform)
        for day in (1, 2, 3)
        for platform in ("facebook", "instagram")
    ]
    assert {(row["impressions"], row["spend"], row["ctr"]) for row in rows} == {
        ("200", "2.2", "4.000000")
    }
    # 28d_view was removed in January 2026; 1d_view was not asked for.
    assert [dict(action) for action in rows[0]["actions"]] == [
        {"action_type": "purchase", "value": "4", "7d_click": "4"}
    ]


def test_the_client_lets_a_job_compute_insights(ad_account):
    """Submit, poll until complete, read: the SDK asks for the job with a slash."""
    run = ad_account.get_insights(
        fields=["spend"],
        params={**DAILY, "breakdowns": ["age", "gender"]},
        is_async=True,
    )
    assert isinstance(run, AdReportRun)
    said = []
    for _ in range(3):
        status = run.api_get()
        said.append((status["async_status"], status["async_percent_completion"] == 100))
    assert said == [
        ("Job Not Started", False),
        ("Job Started", False),
        ("Job Completed", True),
    ]
    rows = list(run.get_insights(params={"limit": 4}))
    assert [(row["age"], row["gender"], row["spend"]) for row in rows] == [
        ("25-34", "female", "2.2"),
        ("65+", "female", "2.2"),
    ] * 3


def test_the_client_is_told_which_breakdowns_cannot_be_combined(ad_account):
    """Meta tells platform, or age and gender; a sandbox that gave both would mislead."""
    with pytest.raises(FacebookRequestError) as refused:
        ad_account.get_insights(
            fields=["spend"],
            params={**DAILY, "breakdowns": ["publisher_platform", "age", "gender"]},
        )
    assert refused.value.http_status() == 400
    assert refused.value.api_error_code() == 100
    assert refused.value.api_error_subcode() == 1504041


def test_the_client_is_told_that_its_token_is_wrong(url, monkeypatch):
    """Code 190 with status 400, as Meta answers."""
    monkeypatch.setattr(FacebookSession, "GRAPH", url)
    api = FacebookAdsApi(FacebookSession(access_token="expired"))
    with pytest.raises(FacebookRequestError) as refused:
        AdAccount("act_111", api=api).get_campaigns()
    assert refused.value.api_error_code() == 190
    assert refused.value.api_error_type() == "OAuthException"
