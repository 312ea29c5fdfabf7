"""Google Ads in the warehouse: accounts, changes, and days that are restated."""

from decimal import Decimal

import pytest

from ingestion.load import LoadError
from ingestion.settings import SettingsError

from .google_ads_login import (
    MANAGER,
    OTHER,
    SHOP,
    Login,
    client,
    entity,
    prepared,
    stats,
)

VARIABLE = "SOURCES__GOOGLE_ADS__{}"


@pytest.fixture
def login(tmp_path, server, monkeypatch) -> Login:
    """Return a manager with two accounts."""
    return prepared(tmp_path, server, monkeypatch)


def results(load) -> dict:
    """Return the load's tables by name."""
    return {table.table: table for table in load.tables}


def test_every_account_below_the_manager_is_loaded_with_its_own_days(login):
    """Else a second account's spend is missing, or has no currency."""
    login.write(
        campaign_stats=[
            stats("2026-11-17", clicks="3", costMicros="1230000", conversions=0.5),
            stats("2026-11-18", 2, OTHER, impressions="10", clicks="2"),
        ],
        conversion_actions=[
            entity("conversionAction", 7, clickThroughLookbackWindowDays="60")
        ],
    )
    load = login.load()
    assert all(table.is_balanced for table in load.tables)
    assert login.rows(
        "select id, currency_code, manager, level, manager_customer_id "
        "from customers order by id"
    ) == [
        (SHOP, "EUR", False, 1, MANAGER),
        (OTHER, "USD", False, 1, MANAGER),
        (MANAGER, "EUR", True, 0, None),
    ]
    assert login.rows(
        "select customer_id, campaign_id, date::varchar, device, ad_network_type, "
        "impressions, clicks, cost_micros, conversions from campaign_stats "
        "where campaign_id <> '' order by 1"
    ) == [
        (SHOP, "1", "2026-11-17", "MOBILE", "SEARCH", 0, 3, 1230000, 0.5),
        (OTHER, "2", "2026-11-18", "MOBILE", "SEARCH", 10, 2, 0, 0.0),
    ]
    # From its first day with figures on, every day was read.
    assert login.rows(
        "select customer_id, count(*), min(date)::varchar from campaign_stats "
        "where campaign_id = '' group by 1 order by 1"
    ) == [(SHOP, 2, "2026-11-17"), (OTHER, 1, "2026-11-18")]
    # With nothing new, nothing is loaded.
    again = login.load()
    assert again.loaded == 0
    assert results(again)["campaign_stats"].received == 2


def test_values_arrive_exactly_and_absent_is_not_zero_money(login):
    """Else a fraction of a conversion or a micro is lost on the way."""
    login.write(
        conversion_stats=[
            {
                "customer": {"id": SHOP},
                "campaign": {"id": "1"},
                "segments": {
                    "date": "2026-11-17",
                    "conversionAction": f"customers/{SHOP}/conversionActions/7",
                    "conversionActionName": "Kauf & خرید",
                    "conversionActionCategory": "PURCHASE",
                },
                "metrics": {
                    "conversions": 0.333333,
                    "conversionsValue": 12345.67,
                    "allConversions": 0.333333,
                },
            }
        ],
        campaign_stats=[stats("2026-11-17", costMicros="9007199254740993")],
    )
    login.load()
    assert login.rows(
        "select conversion_action, conversion_action_name, conversions, "
        "conversions_value from conversion_stats where campaign_id <> ''"
    ) == [
        (
            f"customers/{SHOP}/conversionActions/7",
            "Kauf & خرید",
            0.333333,
            Decimal("12345.67"),
        )
    ]


def test_a_renamed_paused_or_removed_campaign_keeps_its_id_and_its_spend(login):
    """Else a rename splits a campaign in two."""
    login.write(campaign_stats=[stats("2026-11-17")])
    login.load()
    login.write(
        campaigns=[
            entity("campaign", 1, name="Renamed", status="REMOVED"),
            entity("campaign", 2, OTHER),
        ]
    )
    load = login.load()
    assert results(load)["campaigns"].loaded == 1
    assert results(load)["campaign_stats"].loaded == 0
    assert login.rows("select id, name, status from campaigns order by id") == [
        ("1", "Renamed", "REMOVED"),
        ("2", "campaign 2", "ENABLED"),
    ]
    assert login.days() == {"2026-11-17": 1}


def test_a_restated_day_is_replaced_whole(login):
    """Else a row that lost its clicks stays, and retracted conversions are paid for."""
    login.write(
        campaign_stats=[
            stats("2026-11-15", clicks="5"),
            stats("2026-11-16", clicks="4", conversions=2.0),
            stats("2026-11-16", clicks="3", device="DESKTOP"),
            stats("2026-11-17", clicks="2"),
        ]
    )
    login.load()
    login.write(
        campaign_stats=[
            stats("2026-11-15", clicks="5"),
            stats("2026-11-16", clicks="4", conversions=0.5),
        ]
    )
    load = login.load()
    assert login.days("sum(clicks)::int, sum(conversions)") == {
        "2026-11-15": [5, 0.0],
        "2026-11-16": [4, 0.5],
    }
    # One row and the markers of the two days that changed.
    assert results(load)["campaign_stats"].loaded == 3
    assert login.rows(
        "select count(*), count(distinct date) from campaign_stats "
        f"where campaign_id = '' and customer_id = '{SHOP}'"
    ) == [(4, 4)]


def test_an_account_whose_days_all_lost_their_figures_is_doubted(login):
    """Else a login that sees no figures any more wipes a month of spend."""
    days = [f"2026-10-{day:02d}" for day in range(20, 32)]
    days += [f"2026-11-{day:02d}" for day in range(1, 19)]
    login.write(campaign_stats=[stats(day, clicks="2") for day in days])
    login.load()
    login.write(campaign_stats=[stats(days[-1], clicks="2")])
    for _ in range(2):
        with pytest.raises(LoadError, match=r"29 of 30 days of account .*BELIEVE_DEL"):
            login.load()
        assert login.days() == dict.fromkeys(days, 2)
    login.load(believe_deletions=True)
    assert login.days() == {days[-1]: 2}


def test_a_cancelled_account_is_reported_and_keeps_what_it_spent(login):
    """Else one closed account stops the others, or takes its history with it."""
    login.write(campaign_stats=[stats("2026-11-17"), stats("2026-11-17", 2, OTHER)])
    login.load()
    login.write(
        customers=[client(MANAGER), client(SHOP), client(OTHER, status="CANCELED")],
        campaign_stats=[stats("2026-11-17", clicks="2")],
    )
    load = login.load()
    assert load.loaded > 0
    assert login.rows(
        "select customer_id, clicks from campaign_stats where campaign_id <> '' "
        "order by 1"
    ) == [(SHOP, 2), (OTHER, 1)]
    [(reason,)] = login.rows("select reason from quarantine")
    assert reason == f"{OTHER} is CANCELED: its figures are not read"


def test_an_account_that_left_the_manager_has_vanished(login):
    """Else an account that was sold still counts as ours."""
    login.load()
    # Without a figure every table is there: dbt would fail on an account that is new.
    for table in ("ads", "ad_stats", "campaign_budgets", "conversion_stats"):
        assert login.rows(f"select count(*) from {table}") == [(0,)]
    login.write(customers=[client(MANAGER), client(SHOP)])
    login.load()
    assert login.rows("select table_name, record_id from vanished_records") == [
        ("customers", OTHER)
    ]


@pytest.mark.parametrize(
    ("variables", "ids"),
    [
        (
            {"CUSTOMER_IDS": "234-567-8901", "LOGIN_CUSTOMER_ID": "999-000-1111"},
            [OTHER],
        ),
        ({"LOGIN_CUSTOMER_ID": MANAGER, "SKIP_CUSTOMER_IDS": OTHER}, [SHOP]),
    ],
    ids=["named", "below the manager, one left out"],
)
def test_which_accounts_are_read_is_configuration(login, monkeypatch, variables, ids):
    """Else an agency's login loads all of its customers."""
    for name, value in variables.items():
        monkeypatch.setenv(VARIABLE.format(name), value)
    login.load()
    assert login.rows("select customer_id from campaigns order by 1") == [
        (one,) for one in ids
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [("CUSTOMER_IDS", "12a"), ("LOGIN_CUSTOMER_ID", "me"), ("LOOKBACK_DAYS", "-1")],
)
def test_a_wrong_setting_is_named_before_anything_is_asked(
    login, monkeypatch, name, value
):
    """Else a typing mistake shows as an error of Google's."""
    monkeypatch.setenv(VARIABLE.format(name), value)
    with pytest.raises((LoadError, SettingsError), match=VARIABLE.format(name)):
        login.load()
    assert login.server.paths == []


def test_rows_that_cannot_be_placed_are_in_quarantine(login, monkeypatch):
    """Else a row without a campaign is a hole in the day's total that nobody sees."""
    from ingestion.sources._google_ads_api import GoogleAds

    whole = GoogleAds.search

    def broken(self, customer_id, login_id, query, condition=""):
        found = whole(self, customer_id, login_id, query, condition)
        if query.table.name == "campaign_stats" and customer_id == SHOP:
            found += [{"segments": {"date": "2026-11-17"}}, stats("1999-01-01")]
        return found

    monkeypatch.setattr(GoogleAds, "search", broken)
    login.write(campaign_stats=[stats("2026-11-17")])
    table = results(login.load())["campaign_stats"]
    assert (table.quarantined, table.is_balanced) == (2, True)
    assert sorted(login.rows("select reason from quarantine")) == [
        ("no campaign_id",),
        ("not one of the days asked for",),
    ]
