"""Accounts, campaigns and figures of Meta end in the right rows, whatever happens."""

import random
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from ingestion.load import LoadError, load_all
from ingestion.sources import _meta_ads_api, _meta_ads_insights

from .meta_ads_world import TOKEN, AdWorld, account, figure, summed, thing


@pytest.fixture
def world(tmp_path, server, monkeypatch):
    """Return an empty set of ad accounts whose API the environment names."""
    monkeypatch.setenv("SOURCES__META_ADS__BASE_URL", server.url)
    monkeypatch.setenv("SOURCES__META_ADS__ACCESS_TOKEN", TOKEN)
    monkeypatch.setattr(_meta_ads_api, "LONGEST_WAIT_SECONDS", 0)
    monkeypatch.setattr(_meta_ads_insights, "FIRST_POLL_SECONDS", 0)
    return AdWorld(tmp_path, server)


def test_objects_of_every_status_are_loaded(world):
    """Deleted and archived campaigns spent money; without them it has no name."""
    world.write("ad_accounts", [account(), account("222", currency="TRY")])
    statuses = ("ACTIVE", "PAUSED", "ARCHIVED", "DELETED", "WITH_ISSUES")
    world.write(
        "campaigns",
        [
            *(thing(11 + n, effective_status=s) for n, s in enumerate(statuses)),
            thing(90, "222", daily_budget="5000"),
        ],
    )
    world.write("adsets", [thing(21, campaign_id="14", effective_status="DELETED")])
    ad = thing(31, campaign_id="14", adset_id="21", creative={"id": "41"})
    world.write("ads", [ad | {"effective_status": "ADSET_PAUSED"}])
    world.write("adcreatives", [thing(41, url_tags="utm_campaign=x")])
    world.load()
    assert world.rows("select id, effective_status from campaigns order by id") == [
        *((str(11 + n), status) for n, status in enumerate(statuses)),
        ("90", "ACTIVE"),
    ]
    assert world.rows(
        "select account_id, daily_budget from campaigns where id = '90'"
    ) == [("222", 5000)]
    assert world.rows("select creative_id, effective_status from ads") == [
        ("41", "ADSET_PAUSED")
    ]
    assert world.rows("select count(*) from adsets") == [(1,)]
    # 2026-01-02 09:00 in Berlin.
    assert world.rows("select max(created_time)::varchar from campaigns") == [
        ("2026-01-02 08:00:00+00",)
    ]


def test_renamed_and_vanished_objects_end_in_the_right_rows(world):
    """A campaign keeps one row under its newest name; a purged one stays, marked."""
    world.write_small_account()
    world.write("campaigns", [thing(11), thing(12)])
    world.load()
    world.write("campaigns", [thing(11, name="New")])
    load = {table.table: table for table in world.load().tables}
    assert load["campaigns"].loaded == 1
    assert world.rows("select id, name from campaigns order by id") == [
        ("11", "New"),
        ("12", "Thing 12"),
    ]
    assert world.rows("select table_name, record_id from vanished_records") == [
        ("campaigns", "12")
    ]


def test_platform_age_and_gender_are_kept_and_never_added_together(world):
    """One table by platform, one by age and gender, each with the whole day once."""
    world.write_small_account()
    day = "2026-11-02"
    world.write(
        "insights",
        [
            figure(day, spend="1.00"),
            figure(day, spend="2.00", publisher_platform="instagram"),
            figure(day, spend="4.00", publisher_platform="instagram", gender="male"),
            figure(day, spend="8.00", age="65+"),
        ],
    )
    world.load()
    assert world.rows(
        "select publisher_platform, spend::int, impressions from insights_by_platform "
        "where ad_id <> '' order by 1"
    ) == [("facebook", 9, 200), ("instagram", 6, 200)]
    assert world.rows(
        "select age, gender, spend::int from insights_by_age_and_gender "
        "where ad_id <> '' order by 1, 2"
    ) == [("25-34", "female", 3), ("25-34", "male", 4), ("65+", "female", 8)]


def test_figures_of_deleted_ads_are_loaded(world):
    """Meta leaves them out of ad-level reports unless asked; their spend is real."""
    world.write_small_account()
    links = {"campaign_id": "11", "adset_id": "21"}
    world.write("ads", [thing(31, effective_status="DELETED", **links)])
    world.write("insights", [figure("2026-11-02")])
    world.load()
    assert world.totals() == {"2026-11-02": (100, Decimal("1.25"))}


def test_actions_keep_their_attribution_windows(world):
    """One sale stands under several types; which one counts is decided in staging."""
    world.write_small_account()
    actions = [
        {"action_type": "purchase", "value": "2", "7d_click": "2", "1d_view": "1"},
        {"action_type": "link_click", "value": "9"},
    ]
    values = [{"action_type": "purchase", "value": "19.9", "7d_click": "19.9"}]
    world.write(
        "insights", [figure("2026-11-02", actions=actions, action_values=values)]
    )
    world.load()
    assert world.rows(
        "select actions->>'$[0].action_type', actions->>'$[0].\"7d_click\"', "
        "action_values->>'$[0].value' from insights_by_platform where ad_id <> ''"
    ) == [("purchase", "2", "19.9")]


def test_a_second_load_with_nothing_new_loads_nothing(world):
    """Else every load rewrites a month of figures, and all models after it."""
    world.write_small_account()
    world.write("insights", [figure(f"2026-11-{day:02}") for day in range(1, 18)])
    world.load()
    again = {table.table: table for table in world.load().tables}
    assert {name: table.loaded for name, table in again.items()} == dict.fromkeys(
        again, 0
    )
    assert again["insights_by_platform"].skipped == 17


def test_an_account_whose_days_all_lost_their_figures_is_doubted(world):
    """Else a token that lost a permission wipes four weeks of spend."""
    world.write_small_account()
    figures = [figure(f"2026-11-{day:02}") for day in range(1, 19)]
    figures += [figure(f"2026-10-{day:02}") for day in range(25, 32)]
    world.write("insights", figures)
    world.load()
    world.write("insights", figures[:1])
    for _ in range(2):
        with pytest.raises(LoadError, match=r"24 of 25 days of account .*BELIEVE_DEL"):
            world.load()
        assert world.totals() == summed(figures)
    world.load(believe_deletions=True)
    assert world.totals() == summed(figures[:1])


def test_only_the_look_back_is_read_again(world, monkeypatch):
    """A change of long ago is found by a load of all records, not by every load."""
    monkeypatch.setenv("SOURCES__META_ADS__LOOKBACK_DAYS", "7")
    world.write_small_account()
    old, young = "2026-11-10", "2026-11-11"
    world.write("insights", [figure(old), figure(young)])
    world.load()
    world.write("insights", [figure(old, spend="7"), figure(young, spend="8")])
    world.load()
    assert world.totals() == {old: (100, Decimal("1.25")), young: (100, Decimal(8))}
    world.serve()
    load_all(world.settings, ["meta_ads"], read_all=True)
    assert world.totals() == {old: (100, Decimal(7)), young: (100, Decimal(8))}


def test_days_between_two_loads_are_read_however_far_apart_they_are(world):
    """A warehouse that slept for two months must not keep a hole."""
    world.write_small_account()
    first = [figure("2026-09-10"), figure("2026-09-11")]
    world.write("insights", first)
    world.load(as_of=datetime(2026, 9, 12, 20, tzinfo=UTC))
    later = [figure(f"2026-{month}-05", spend="3") for month in (10, 11)]
    world.write("insights", [figure("2026-09-10", spend="9"), first[1], *later])
    world.load(as_of=datetime(2026, 11, 18, 20, tzinfo=UTC))
    assert world.totals() == {
        "2026-09-10": (100, Decimal(9)),
        "2026-09-11": (100, Decimal("1.25")),
        "2026-10-05": (100, Decimal(3)),
        "2026-11-05": (100, Decimal(3)),
    }


@pytest.mark.parametrize("seed", range(2))
def test_totals_equal_the_vendors_after_restatements_in_any_order(world, seed):
    """Late conversions, refunds of spend, rows that vanish: a day is always whole."""
    rng = random.Random(seed)
    world.write_small_account(ads=3)
    days = [f"2026-11-{day:02}" for day in range(2, 19)]

    def some() -> list[dict]:
        return [
            figure(
                day,
                31 + ad,
                publisher_platform=platform,
                impressions=str(rng.randrange(1, 500)),
                clicks="0",
                spend=f"{rng.randrange(0, 9_999) / 100:.2f}",
            )
            for day in days
            for ad in range(3)
            for platform in ("facebook", "instagram")
            if rng.random() < 0.6
        ]

    states = [some() for _ in range(2)]
    # A day that loses its last row, and one that gets its first.
    states.append([one for one in states[0] if one["date_start"] > days[4]])
    for state in rng.sample(states, len(states)):
        world.write("insights", state)
        world.load()
        assert world.totals() == summed(state)
        assert world.totals("insights_by_age_and_gender") == summed(state)


def test_history_begins_with_the_account_and_is_cut_at_what_meta_keeps(world):
    """Meta refuses a day older than 37 months; nothing is older than the account."""
    world.write_small_account()
    world.write("ad_accounts", [account(created_time="2019-01-01T00:00:00+0100")])
    world.write("insights", [figure("2023-10-20"), figure("2023-10-01")])
    world.load()
    assert list(world.totals()) == ["2023-10-20"]


def test_a_day_is_the_accounts_own(world):
    """At 20:00 UTC it is tomorrow in Tokyo: that day's figures exist already."""
    world.write_small_account()
    world.write("ad_accounts", [account(timezone_name="Asia/Tokyo")])
    world.write("insights", [figure("2026-11-19")])
    world.load()
    assert list(world.totals()) == ["2026-11-19"]


def test_many_days_are_computed_in_jobs_and_few_are_asked_for_directly(world):
    """A direct query of many days times out at Meta; a job for one day is slow."""
    world.write_small_account()
    world.limits = "job_polls = 3"
    world.write("insights", [figure("2026-09-05"), figure("2026-11-17")])
    world.load()
    assert len(world.totals()) == 2
    assert "POST /v26.0/act_111/insights" in world.server.paths
    assert "GET /v26.0/act_111/insights" not in world.server.paths


def test_named_accounts_are_read_and_others_are_not(world, monkeypatch):
    """A token of an agency sees a hundred accounts."""
    monkeypatch.setenv("SOURCES__META_ADS__ACCOUNT_IDS", "act_222, 333")
    world.write("ad_accounts", [account(n) for n in ("111", "222", "333")])
    world.write("campaigns", [thing(n, n) for n in ("111", "222", "333")])
    world.load()
    assert world.rows("select id from campaigns order by id") == [("222",), ("333",)]


def test_an_account_that_is_refused_costs_no_other(world, monkeypatch):
    """One client who withdraws access must not stop the figures of all others."""
    monkeypatch.setenv("SOURCES__META_ADS__ACCOUNT_IDS", "111,999")
    world.write_small_account()
    world.write("insights", [figure("2026-11-02")])
    with pytest.raises(LoadError) as failed:
        world.load()
    message = str(failed.value)
    assert "account 999 of SOURCES__META_ADS__ACCOUNT_IDS" in message
    assert message.startswith("meta_ads: ad_accounts was not loaded")
    assert world.totals() == {"2026-11-02": (100, Decimal("1.25"))}
    assert world.rows("select count(*) from vanished_records") == [(0,)]


def test_the_app_secret_proves_itself(world, monkeypatch):
    """Apps may demand a proof with every call; a wrong secret is refused."""
    world.write_small_account()
    monkeypatch.setenv("SOURCES__META_ADS__APP_SECRET", TOKEN)
    world.load()
    monkeypatch.setenv("SOURCES__META_ADS__APP_SECRET", "wrong-secret")
    with pytest.raises(LoadError, match="appsecret_proof") as failed:
        world.load()
    assert "wrong-secret" not in str(failed.value)


def test_an_empty_directory_is_an_empty_vendor(world):
    """Else a company without Meta's data cannot use the sandbox."""
    world.load()
    assert world.rows("select count(*) from insights_by_platform") == [(0,)]
