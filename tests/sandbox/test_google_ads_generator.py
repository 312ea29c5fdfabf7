"""The generated Google Ads accounts are coherent, and what is planted is there."""

import gzip
import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ingestion.sandbox.generator import events, google_ads, vocabulary
from ingestion.sandbox.generator.company import SIZES
from ingestion.sandbox.generator.founding import found_company

Files = dict[str, list[dict[str, Any]]]
SHOP, AMERICA = "1234567890", "2345678901"


def generated(folder: Path) -> Files:
    """Write the accounts of the small company and return their lines by file."""
    google_ads.write(found_company(7, SIZES["small"]), folder)
    return {
        path.stem: [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        for path in folder.glob("*.jsonl")
    }


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Files:
    """Return the lines by file."""
    return generated(tmp_path_factory.mktemp("google_ads"))


def ids(rows: list[dict], *path: str) -> set[tuple[str, str]]:
    """Return account and id of what each row speaks of."""
    found = set()
    for row in rows:
        value: Any = row
        for name in path:
            value = value[name]
        found.add((row["customer"]["id"], value))
    return found


def test_the_same_seed_writes_the_same_bytes(files, tmp_path):
    """Else a test that counts rows fails on another machine."""
    assert generated(tmp_path) == files


def test_every_reference_exists(files):
    """Else figures belong to a campaign that no list has."""
    campaigns = ids(files["campaigns"], "campaign", "id")
    groups = ids(files["ad_groups"], "adGroup", "id")
    for name in ("campaign_stats", "ad_stats", "conversion_stats", "ads", "ad_groups"):
        assert ids(files[name], "campaign", "id") <= campaigns, name
    assert ids(files["ads"], "adGroup", "id") <= groups
    assert ids(files["ad_stats"], "adGroupAd", "ad", "id") <= ids(
        files["ads"], "adGroupAd", "ad", "id"
    )
    budgets = ids(files["campaign_budgets"], "campaignBudget", "resourceName")
    assert ids(files["campaigns"], "campaign", "campaignBudget") == budgets
    actions = ids(files["conversion_actions"], "conversionAction", "resourceName")
    assert ids(files["conversion_stats"], "segments", "conversionAction") <= actions


def test_each_google_campaign_of_the_shop_s_visits_has_a_campaign_that_ran_then(files):
    """Else spend and visits cannot be joined by utm_campaign."""
    suffixes = {
        one["campaign"]["finalUrlSuffix"]: one["campaign"] for one in files["campaigns"]
    }
    for name, source, _, content, first, last, _ in vocabulary.CAMPAIGNS:
        if source != "google":
            continue
        suffix = f"utm_source=google&utm_medium=cpc&utm_campaign={name}&utm_content={content}"
        campaign = suffixes[suffix]
        days = {
            row["segments"]["date"]
            for row in files["campaign_stats"]
            if row["campaign"]["id"] == campaign["id"]
        }
        assert first <= min(days) <= max(days) <= last
        assert campaign["startDateTime"].startswith(first)


def test_figures_by_ad_and_by_action_add_up_to_the_campaign_s(files):
    """Else two tables of one account tell two truths."""
    no_ads = "1104"
    sums: dict[str, Counter] = {}
    for name in ("campaign_stats", "ad_stats", "conversion_stats"):
        found = sums.setdefault(name, Counter())
        for row in files[name]:
            key = (row["campaign"]["id"], row["segments"]["date"])
            for metric, value in row["metrics"].items():
                found[(*key, metric)] += Decimal(str(value))
    totals = {key: value for key, value in sums["campaign_stats"].items() if value}
    by_ad = {key: value for key, value in sums["ad_stats"].items() if value}
    assert by_ad == {key: v for key, v in totals.items() if key[0] != no_ads}
    by_action = {key: value for key, value in sums["conversion_stats"].items() if value}
    assert by_action == {k: v for k, v in totals.items() if "onversions" in k[2] and k[2] != "viewThroughConversions"}  # fmt: skip


def test_what_is_planted_is_there(files):
    """Else the edge cases that the models must survive are not met in a run."""
    clients = {
        one["customerClient"]["id"]: one["customerClient"] for one in files["customers"]
    }
    assert (clients[AMERICA]["currencyCode"], clients[AMERICA]["timeZone"]) == (
        "USD",
        "America/New_York",
    )
    assert clients["3456789012"]["status"] == "CANCELED"
    assert clients["9990001111"]["manager"] is True
    campaigns = {one["campaign"]["id"]: one["campaign"] for one in files["campaigns"]}
    assert campaigns["1103"]["name"] == "Weihnachten 2025 | Search"
    assert campaigns["1102"]["campaignBudget"] == campaigns["1103"]["campaignBudget"]
    assert campaigns["1105"]["status"] == "REMOVED"
    spent = Counter()
    for row in files["campaign_stats"]:
        spent[row["campaign"]["id"]] += int(row["metrics"].get("costMicros", 0))
    assert all(spent[campaign_id] > 0 for campaign_id in campaigns)
    networks = {
        row["segments"]["adNetworkType"]
        for row in files["campaign_stats"]
        if row["campaign"]["id"] == "1104"
    }
    assert networks == {"MIXED"}
    days = {row["segments"]["date"] for row in files["campaign_stats"]}
    assert "2025-08-10" not in days
    assert max(days) == "2026-11-18"
    windows = {
        one["conversionAction"]["id"]: (
            one["conversionAction"]["clickThroughLookbackWindowDays"],
            one["conversionAction"]["status"],
        )
        for one in files["conversion_actions"]
    }
    assert windows["1701"] == ("60", "ENABLED")
    assert windows["2701"] == ("30", "ENABLED")
    assert windows["1703"] == ("90", "REMOVED")
    assert any(row["metrics"].get("conversions", 0) % 1 for row in files["ad_stats"])
    assert any("clicks" not in row["metrics"] for row in files["campaign_stats"])


def test_google_claims_more_purchases_than_the_shop_s_visits_of_its_campaigns_made(
    files, tmp_path
):
    """Else the over-claim ratio has nothing to show."""
    events.write(found_company(7, SIZES["small"]), tmp_path)
    orders = 0
    for path in tmp_path.rglob("*.jsonl.gz"):
        for line in gzip.decompress(path.read_bytes()).splitlines():
            orders += b'"Order Completed"' in line and b'"source":"google"' in line
    claimed = sum(
        row["metrics"]["conversions"]
        for row in files["conversion_stats"]
        if row["customer"]["id"] == SHOP
    )
    assert orders > 0
    assert claimed > 1.2 * orders
