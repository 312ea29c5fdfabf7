"""Meta's part of the sandbox company fits the rest of it and holds what is planted."""

from collections import Counter, defaultdict
from decimal import Decimal

import orjson
import pytest

from ingestion.sandbox.generator import meta_ads, vocabulary
from ingestion.sandbox.generator.company import SIZES
from ingestion.sandbox.generator.founding import found_company

FILES = ("ad_accounts", "campaigns", "adsets", "ads", "adcreatives", "insights")


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    """Return the lines of every file, at size small."""
    folder = tmp_path_factory.mktemp("generated")
    meta_ads.write(found_company(7, SIZES["small"]), folder)
    return {
        name: [
            orjson.loads(line)
            for line in (folder / f"{name}.jsonl").read_bytes().splitlines()
        ]
        for name in FILES
    }


def test_the_same_company_is_written_in_the_same_bytes(tmp_path):
    """Else no number of the sandbox can be written down in a test."""
    for name in ("one", "two"):
        meta_ads.write(found_company(7, SIZES["small"]), tmp_path / name)
    for file in FILES:
        one, two = (tmp_path / name / f"{file}.jsonl" for name in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()


def test_references_exist(lines):
    """A row of an ad that nobody lists has no campaign name."""
    ids = {name: {one["id"] for one in lines[name]} for name in FILES[:-1]}
    ads = {one["id"]: one for one in lines["ads"]}
    for ad in lines["ads"]:
        assert ad["campaign_id"] in ids["campaigns"]
        assert ad["adset_id"] in ids["adsets"]
        assert ad["creative"]["id"] in ids["adcreatives"]
    for row in lines["insights"]:
        ad = ads[row["ad_id"]]
        for name in ("account_id", "campaign_id", "adset_id"):
            assert row[name] == ad[name]


def test_a_finest_row_is_there_once(lines):
    """The server adds them up: a double would be spend that never was."""
    names = ("ad_id", "date_start", "publisher_platform", "age", "gender")
    keys = Counter(tuple(row[name] for name in names) for row in lines["insights"])
    assert max(keys.values()) == 1


def test_campaigns_are_those_that_bring_the_shops_visits(lines):
    """Attribution joins ads and visits by utm_campaign, on running days."""
    runs = {
        name: (first, last)
        for name, source, _, _, first, last, _ in vocabulary.CAMPAIGNS
        if source in ("facebook", "instagram")
    }
    tags = {one["id"]: one["url_tags"] for one in lines["adcreatives"]}
    utm = {
        ad["campaign_id"]: tags[ad["creative"]["id"]]
        .split("utm_campaign=")[1]
        .split("&")[0]
        for ad in lines["ads"]
    }
    assert set(runs) <= set(utm.values())
    days = defaultdict(set)
    for row in lines["insights"]:
        days[utm[row["campaign_id"]]].add(row["date_start"])
    for name, (first, last) in runs.items():
        assert (min(days[name]), max(days[name])) == (first, last)


def test_what_is_planted_is_there(lines):
    """Tests and pages of the documentation name these ids."""
    base = 120_210_000_000_000_000
    campaigns = {int(one["id"]) - base: one for one in lines["campaigns"]}
    spend = defaultdict(Decimal)
    for row in lines["insights"]:
        spend[int(row["campaign_id"]) - base] += Decimal(row["spend"])
    assert all(spend[number] > 0 for number in campaigns)
    assert campaigns[3]["name"] == "Summer – iced tea (DE/AT)"
    assert campaigns[7]["effective_status"] == "ARCHIVED"
    assert campaigns[8]["effective_status"] == "DELETED"
    assert "daily_budget" not in campaigns[9]
    assert [one["currency"] for one in lines["ad_accounts"]] == ["EUR", "TRY"]
    deleted = {ad["id"] for ad in lines["ads"] if ad["effective_status"] == "DELETED"}
    assert "120210000001004000" in deleted
    silent = {
        row["date_start"]
        for row in lines["insights"]
        if row["campaign_id"] == str(base + 2)
    }
    assert "2025-03-16" not in silent
    assert len(silent) == 17


def test_one_sale_stands_under_four_types(lines):
    """Whoever adds them up reports four times the sales."""
    counts = Counter()
    for row in lines["insights"]:
        for action in row.get("actions", []):
            counts[action["action_type"]] += int(action["value"])
    purchases = {count for kind, count in counts.items() if "purchase" in kind}
    assert len(purchases) == 1
    assert counts["omni_purchase"] > 0
