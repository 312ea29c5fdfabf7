"""The sandbox asks for a token and keeps HubSpot's limits."""

import pytest

from ingestion.sandbox.server.store import DataDirectoryError
from ingestion.sandbox.server.vendors.hubspot.limits import Limits

DEALS = "/crm/objects/2026-09/deals"


def test_without_a_token_nothing_is_answered(make_api):
    """The message is HubSpot's own, so that an error seen here is known there."""
    answer = make_api(token="").get(DEALS)
    assert answer.status_code == 401
    assert answer.json()["category"] == "INVALID_AUTHENTICATION"
    assert answer.json()["message"].startswith(
        "Authentication credentials not found. This API supports OAuth 2.0"
    )


def test_only_the_tokens_of_sandbox_toml_are_known(make_api):
    """Tokens that the directory names replace the default one."""
    described = 'tokens = ["pat-na1-a", "pat-eu1-b"]'
    assert make_api({}, described, token="pat-eu1-b").get(DEALS).status_code == 200
    refused = make_api({}, described).get(DEALS)
    assert refused.status_code == 401
    assert refused.json()["category"] == "INVALID_AUTHENTICATION"


def test_every_answer_but_a_searchs_tells_what_is_left(make_api):
    """The headers count down and come with errors too."""
    api = make_api()
    api.get(DEALS)
    headers = api.get(f"{DEALS}/77").headers
    assert headers["X-HubSpot-RateLimit-Max"] == "190"
    assert headers["X-HubSpot-RateLimit-Remaining"] == "188"
    assert headers["X-HubSpot-RateLimit-Interval-Milliseconds"] == "10000"
    assert headers["X-HubSpot-RateLimit-Daily"] == "625000"
    assert headers["X-HubSpot-RateLimit-Daily-Remaining"] == "624998"


def test_limits_slow_nobody_down_unless_they_are_enforced(make_api):
    """A run against the sandbox must not wait for windows to pass."""
    api = make_api({}, "[limits.hubspot]\nper_ten_seconds = 1")
    assert {api.get(DEALS).status_code for _ in range(3)} == {200}


@pytest.mark.parametrize(
    ("limit", "policy", "message"),
    [
        ("per_ten_seconds", "TEN_SECONDLY_ROLLING", "ten_secondly_rolling"),
        ("per_day", "DAILY", "daily"),
    ],
)
def test_enforced_limits_answer_429(make_api, limit, policy, message):
    """The body names the policy, by which a source knows whether to wait or stop."""
    api = make_api({}, f"[limits.hubspot]\nenforced = true\n{limit} = 2")
    answers = [api.get(DEALS) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    body = answers[-1].json()
    assert body["errorType"] == "RATE_LIMIT"
    assert body["policyName"] == policy
    assert body["message"] == f"You have reached your {message} limit."
    assert body["correlationId"]
    assert body["requestId"]


def test_search_has_a_limit_of_its_own():
    """Five a second, apart from the ten-second window; waiting frees it."""
    now = [100.0]
    limits = Limits({"enforced": True, "per_ten_seconds": 2}, clock=lambda: now[0])
    searches = [limits.exceeded(is_search=True) for _ in range(6)]
    assert searches == [None] * 5 + ["SECONDLY"]
    assert limits.exceeded(is_search=False) is None
    now[0] += 1
    assert limits.exceeded(is_search=True) is None


def test_the_window_rolls():
    """A request fits again ten seconds after the oldest, not at a full minute."""
    now = [100.0]
    limits = Limits({"enforced": True, "per_ten_seconds": 2}, clock=lambda: now[0])
    assert limits.exceeded(is_search=False) is None
    now[0] += 6
    assert limits.exceeded(is_search=False) is None
    assert limits.exceeded(is_search=False) == "TEN_SECONDLY_ROLLING"
    now[0] += 4
    assert limits.exceeded(is_search=False) is None
    assert limits.headers()["X-HubSpot-RateLimit-Remaining"] == "0"


def test_a_misspelt_limit_is_an_error():
    """It would otherwise never be reached."""
    with pytest.raises(DataDirectoryError, match="per_second"):
        Limits({"per_second": 5})
