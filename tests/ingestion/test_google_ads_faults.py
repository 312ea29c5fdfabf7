"""A misbehaving Google Ads ends in exactly the right rows or in one clear message."""

import logging
import traceback

import pytest

from ingestion.load import LoadError
from ingestion.sources import _google_ads_figures
from ingestion.sources._google_ads_api import _note_delay

from .conftest import TOKEN
from .google_ads_login import MANAGER, OTHER, SHOP, Login, entity, prepared, stats

SEARCH = f"{SHOP}/googleAds:search"
DAYS = [f"2026-11-{day:02d}" for day in range(1, 8)]


@pytest.fixture
def login(tmp_path, server, monkeypatch) -> Login:
    """Return an account whose week of figures comes in four pages."""
    monkeypatch.setenv("RUNTIME__REQUEST_MAX_ATTEMPTS", "4")
    found = prepared(tmp_path, server, monkeypatch)
    found.page_rows = 2
    found.write(campaign_stats=[stats(day) for day in DAYS])
    return found


def whole(login: Login) -> bool:
    """Return whether the warehouse has the week, each day once."""
    return login.days("count(*), sum(clicks)::int") == {day: [1, 1] for day in DAYS}


STORM = f"""
rate_limit = [
    {{ path = "{SEARCH}", count = 2 }},
    {{ path = "{SEARCH}", after = 6, retry_after = "3600" }},
    {{ path = "{SEARCH}", after = 9, html = true }},
]
server_error = [
    {{ path = "{SEARCH}", after = 12, status = 500 }},
    {{ path = "{SEARCH}", after = 14, count = 2, status = 503 }},
    {{ path = "/token" }},
]
bad_gateway_page = {{ path = "{SEARCH}", after = 17 }}
truncated_body = {{ path = "{SEARCH}", after = 19 }}
cut_connection = {{ path = "{SEARCH}", after = 21 }}
error_with_ok = {{ path = "{SEARCH}", after = 23 }}
"""
TWICE = f"""
expired_cursor = {{ path = "{SEARCH}", after = 1 }}
duplicate_rows = {{ path = "{SEARCH}", count = 0 }}
"""


@pytest.mark.parametrize(
    "faults",
    [
        STORM,
        TWICE,
        # Requests 7 to 10 of the account are the pages of its figures.
        f'duplicate_rows = {{ path = "{SEARCH}", after = 7, from_previous = true }}',
        f'missing_rows = {{ path = "{SEARCH}", after = 5 }}',
        f'missing_rows = {{ path = "{SEARCH}", after = 6, count = 2 }}',
    ],
    ids=[
        "429 and 5xx storms, broken bodies",
        "a page token that expires, rows twice in a page",
        "rows of the page before again",
        "the answer for the first day empty",
        "pages that lack rows",
    ],
)
def test_every_day_arrives_once_in_spite_of_mishaps(login, faults):
    """Else one bad minute of Google's costs a day's spend, or doubles it."""
    login.faults = faults
    load = login.load()
    assert whole(login)
    assert all(table.is_balanced for table in load.tables)


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        (
            f'server_error = {{ path = "{SEARCH}", after = 5, count = 0 }}',
            rf"campaign_stats of account {SHOP}: .* after every retry: 503 .*again later",
        ),
        (
            f'missing_rows = {{ path = "{SEARCH}", after = 6, count = 0 }}',
            rf"campaign_stats of account {SHOP}: .* left out records, 7 were announced",
        ),
        (
            f'rate_limit = {{ path = "{SEARCH}", policy = "RESOURCE_EXHAUSTED" }}',
            "access level are used up. Load again tomorrow",
        ),
        (
            f'revoked_token = {{ path = "{SEARCH}", after = 5 }}',
            "OAUTH_TOKEN_REVOKED.*Set SOURCES__GOOGLE_ADS__REFRESH_TOKEN to a new one",
        ),
    ],
    ids=[
        "5xx without end",
        "rows that stay missing",
        "the day's quota",
        "token revoked in the middle",
    ],
)
def test_what_cannot_be_read_is_one_clear_message_and_the_next_load_completes(
    login, monkeypatch, faults, said
):
    """Else a half month of spend looks like a whole one."""
    monkeypatch.setattr(_google_ads_figures, "SHORTER", 1_000)
    login.faults = faults
    with pytest.raises(LoadError, match=said) as failed:
        login.load()
    assert str(failed.value).startswith("google_ads: ")
    assert "\n" not in str(failed.value)
    login.faults = ""
    login.load()
    assert whole(login)


def test_an_answer_that_breaks_off_is_asked_for_in_shorter_windows(login):
    """Else a quarter that is too much for one answer is never read."""
    login.page_rows = 10_000
    # Four attempts at the whole week fail, then the shorter windows pass.
    login.faults = f'truncated_body = {{ path = "{SEARCH}", after = 6, count = 4 }}'
    login.load()
    assert whole(login)


def test_a_token_that_expires_in_the_middle_is_renewed(login, monkeypatch):
    """Else a load of two hours fails at its second hour."""
    from ingestion.sandbox.server.vendors.google_ads.tokens import Tokens

    state = Tokens.state

    def used_up(self, token):
        self.uses = getattr(self, "uses", 0) + 1
        if token.endswith("-1") and self.uses > 6:
            return "expired"
        return state(self, token)

    monkeypatch.setattr(Tokens, "state", used_up)
    login.load()
    assert login.server.paths.count("POST /token") == 2
    assert whole(login)


def test_one_account_that_is_refused_leaves_the_others_loading_and_is_reported(login):
    """Else one account without permission stops all, or silently stays old."""
    login.write(
        campaign_stats=[*(stats(day) for day in DAYS), stats(DAYS[0], 2, OTHER)],
        conversion_actions=[entity("conversionAction", 7, OTHER)],
    )
    login.faults = f'missing_scope = {{ path = "{OTHER}/googleAds" }}'
    with pytest.raises(LoadError) as failed:
        login.load()
    message = str(failed.value)
    assert message.startswith(f"google_ads: account {OTHER} was not read: ")
    assert "USER_PERMISSION_DENIED" in message
    assert "SOURCES__GOOGLE_ADS__SKIP_CUSTOMER_IDS" in message
    assert whole(login)
    assert login.rows("select count(*) from vanished_records") == [(0,)]
    login.faults = ""
    login.load()
    assert login.days() == {**dict.fromkeys(DAYS, 1), DAYS[0]: 2}


def test_a_manager_that_is_refused_does_not_make_its_accounts_vanish(
    login, monkeypatch
):
    """Else a permission that was lost for a day closes every account below it."""
    login.load()
    login.faults = f'missing_scope = {{ path = "{MANAGER}/googleAds" }}'
    with pytest.raises(LoadError, match=f"account {MANAGER} was not read"):
        login.load()
    assert login.rows("select count(*) from vanished_records") == [(0,)]
    login.faults = ""
    # What is not loaded must not be counted as if it were.
    monkeypatch.setenv("SOURCES__GOOGLE_ADS__SKIP", "customers")
    assert all(table.is_balanced for table in login.load().tables)


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("API_VERSION", "v21", "set SOURCES__GOOGLE_ADS__API_VERSION"),
        ("CUSTOMER_IDS", "5", "Correct SOURCES__GOOGLE_ADS__CUSTOMER_IDS"),
        ("REFRESH_TOKEN", "stale", "invalid_grant.*SOURCES__GOOGLE_ADS__REFRESH_TOKEN"),
        ("CLIENT_SECRET", " ", "SOURCES__GOOGLE_ADS__CLIENT_SECRET is empty"),
    ],
)
def test_a_wrong_setting_is_one_message_with_its_remedy(
    login, monkeypatch, variable, value, said
):
    """Else somebody reads Google's documentation for an hour."""
    monkeypatch.setenv(f"SOURCES__GOOGLE_ADS__{variable}", value)
    with pytest.raises(LoadError, match=said) as failed:
        login.load()
    assert str(failed.value).startswith("google_ads: ")


@pytest.mark.parametrize(
    ("delay", "header"),
    [("30s", "30"), ("1.5s", "2"), ("3600s", "30"), ("soon", None)],
)
def test_the_delay_in_google_s_body_is_waited_for_within_bounds(delay, header):
    """Else a storm of 429 is answered with another, or a load sleeps for an hour."""
    import json

    from requests import Response

    quota = {"quotaErrorDetails": {"retryDelay": delay}}
    error = {"details": [{"errors": [{"details": quota}]}]}
    response = Response()
    response.status_code = 429
    response._content = json.dumps([{"error": error}]).encode()
    _note_delay(response)
    assert response.headers.get("Retry-After") == header


def test_the_secrets_are_nowhere_but_in_the_request(login, caplog, capfd):
    """Else whoever reads a log reads every account."""
    caplog.set_level(logging.DEBUG)
    login.faults = f'revoked_token = {{ path = "{SEARCH}", after = 3 }}'
    with pytest.raises(LoadError) as failed:
        login.load()
    said = capfd.readouterr()
    shown = "".join(traceback.format_exception(failed.value))
    assert TOKEN not in caplog.text + said.out + said.err + shown
    assert "ya29" not in caplog.text + said.out + said.err + shown
