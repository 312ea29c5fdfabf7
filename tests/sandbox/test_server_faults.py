"""The sandbox plays the mishaps that sandbox.toml asks for, and only those."""

import json
from types import SimpleNamespace

import httpx
import pytest

from ingestion.sandbox.server import gate
from ingestion.sandbox.server.faults import KINDS, Faults
from ingestion.sandbox.server.store import DataDirectoryError

DEALS = "/crm/objects/2026-09/deals"


@pytest.fixture
def playing(make_api, row):
    """Return a function that plays faults over five deals."""
    rows = [
        row(number, hs_lastmodifieddate=f"2026-11-18T19:5{number}:00.000Z")
        for number in range(1, 6)
    ]

    def play(faults):
        described = f"as_of = 2026-11-18T20:00:00Z\n[faults]\n{faults}"
        return make_api({"hubspot/deals": rows}, described)

    return play


def ids(answer):
    """Return the ids on a page."""
    return [one["id"] for one in answer.json()["results"]]


def test_a_fault_plays_on_its_path_after_some_requests_and_so_often(playing):
    """Tests must be able to say which request fails."""
    api = playing('server_error = {path = "/deals", after = 1, count = 2}')
    api.get("/crm/owners/2026-09")
    statuses = [api.get(DEALS).status_code for _ in range(5)]
    assert statuses == [200, 503, 503, 200, 200]


def test_a_kind_may_play_several_times(playing):
    """An array of tables plays each entry by its own count."""
    api = playing("server_error = [{status = 500}, {status = 477, after = 1}]")
    assert [api.get(DEALS).status_code for _ in range(3)] == [500, 477, 200]


def test_server_errors_have_hubspots_body(playing):
    """423, 477 and 5xx are JSON and may say when to come back."""
    api = playing('server_error = {status = 477, retry_after = "30"}')
    answer = api.get(DEALS)
    assert answer.json()["status"] == "error"
    assert answer.json()["category"] == "MIGRATION_IN_PROGRESS"
    assert answer.headers["Retry-After"] == "30"


def test_a_gateway_answers_with_a_page(playing):
    """A 502 comes from before HubSpot and is no JSON."""
    answer = playing("bad_gateway_page = {}").get(DEALS)
    assert answer.status_code == 502
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.text.startswith("<html>")


def test_rate_limits_can_be_played_without_traffic(playing):
    """By policy, with and without Retry-After, and as a page."""
    api = playing(
        'rate_limit = [{policy = "DAILY"}, {after = 1, retry_after = "1"}, '
        "{after = 2, html = true}]"
    )
    daily, rolling, page = (api.get(DEALS) for _ in range(3))
    assert {daily.status_code, rolling.status_code, page.status_code} == {429}
    assert daily.json()["policyName"] == "DAILY"
    assert "Retry-After" not in daily.headers
    assert rolling.json()["policyName"] == "TEN_SECONDLY_ROLLING"
    assert rolling.headers["Retry-After"] == "1"
    assert page.headers["Content-Type"].startswith("text/html")


def test_a_revoked_token_stays_revoked(playing):
    """From the third request on nothing is answered."""
    api = playing("revoked_token = {after = 2}")
    statuses = [api.get(DEALS).status_code for _ in range(5)]
    assert statuses == [200, 200, 401, 401, 401]


def test_a_lost_scope_closes_one_object_only(playing):
    """Other resources must finish and keep what they have."""
    api = playing('missing_scope = {path = "/deals", scope = "crm.objects.deals.read"}')
    refused = api.get(DEALS)
    assert refused.status_code == 403
    assert refused.json()["category"] == "MISSING_SCOPES"
    needed = refused.json()["errors"][0]["context"]["requiredGranularScopes"]
    assert needed == ["crm.objects.deals.read"]
    assert api.get("/crm/owners/2026-09").status_code == 200


def test_a_cursor_may_expire(playing):
    """Only requests that carry one are counted."""
    api = playing("expired_cursor = {}")
    assert api.get(DEALS, limit=2).status_code == 200
    assert api.get(DEALS, limit=2, after="3").status_code == 400
    assert api.get(DEALS, limit=2, after="3").status_code == 200


def test_an_error_may_come_as_a_success(playing):
    """A 200 without rows and without the key of rows is no empty page."""
    answer = playing("error_with_ok = {}").get(DEALS)
    assert answer.status_code == 200
    assert answer.json()["status"] == "error"


def test_a_truncated_body_is_no_json(playing):
    """The length is that of the half, so only the parser notices."""
    answer = playing("truncated_body = {}").get(DEALS)
    assert answer.status_code == 200
    assert answer.content.startswith(b'{"results":[')
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_rows_come_twice_in_a_page_or_again_in_the_next(playing):
    """Loads must be idempotent on the id."""
    api = playing(
        "duplicate_rows = [{rows = 2}, {after = 2, rows = 1, from_previous = true}]"
    )
    assert ids(api.get(DEALS, limit=3)) == ["1", "2", "1", "2", "3"]
    assert ids(api.get(DEALS, limit=3)) == ["1", "2", "3"]
    assert ids(api.get(DEALS, limit=3, after="4")) == ["3", "4", "5"]


def test_rows_are_left_out_of_a_page(playing):
    """A source that believes a page loses what it does not list."""
    api = playing("missing_rows = [{rows = 2}, {after = 1, rows = 0}]")
    assert ids(api.get(DEALS, limit=3)) == ["3"]
    assert ids(api.get(DEALS, limit=3)) == []
    assert ids(api.get(DEALS, limit=3)) == ["1", "2", "3"]


def test_an_empty_page_owes_its_rows_to_the_next(playing):
    """A source that stops at an empty page loses the rest."""
    api = playing("empty_page = {after = 1, count = 2}")
    first = api.get(DEALS, limit=3).json()
    after = first["paging"]["next"]["after"]
    empty = api.get(DEALS, limit=3, after=after).json()
    assert empty["results"] == []
    assert empty["paging"]["next"]["after"] == "4"
    assert api.get(DEALS, limit=3).json()["paging"]["next"]["after"] == "1"
    assert ids(api.get(DEALS, limit=3, after="4")) == ["4", "5"]


def test_an_empty_page_of_search_keeps_its_offset(playing):
    """Offsets do not move on without rows."""
    api = playing('empty_page = {path = "/search"}')
    empty = api.search("deals", sorts=["hs_object_id"], limit=2, after="2")
    assert (empty["total"], empty["results"]) == (5, [])
    assert empty["paging"]["next"] == {"after": "2"}


def test_search_may_not_know_yet_what_changed(playing):
    """A reader that advances to now misses rows for ever; the list has them."""
    api = playing("search_lag = {minutes = 7}")
    lagging = api.search("deals", sorts=["hs_object_id"])
    assert lagging["total"] == 3
    assert [one["id"] for one in lagging["results"]] == ["1", "2", "3"]
    assert len(ids(api.get(DEALS))) == 5
    assert api.search("deals")["total"] == 5


def test_a_slow_page_answers_in_the_end(playing, monkeypatch):
    """The wait is as long as asked for; here nobody waits."""
    waited = []

    async def wait(seconds):
        waited.append(seconds)

    # The gate's alone: other tests' servers sleep in threads of this process.
    monkeypatch.setattr(gate, "asyncio", SimpleNamespace(sleep=wait))
    assert playing("slow_page = {seconds = 90.0}").get(DEALS).status_code == 200
    assert waited == [90.0]


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"earthquake": {}}, "earthquake"),
        ({"server_error": {"colour": 500}}, "colour"),
        ({"server_error": 500}, "500"),
        ({"server_error": {"status": "500"}}, "status"),
        ({"rate_limit": {"html": 1}}, "html"),
        ({"slow_page": {"seconds": True}}, "seconds"),
    ],
)
def test_a_misspelt_fault_is_an_error(table, says):
    """A fault that never plays would let its test pass."""
    with pytest.raises(DataDirectoryError, match=says):
        Faults(table)


def test_every_kind_is_explained():
    """The module's docstring is the only manual."""
    from ingestion.sandbox.server import faults

    documented = {line.split()[0] for line in faults.__doc__.splitlines() if line}
    assert KINDS.keys() <= documented


def test_a_connection_is_cut_in_the_middle(serving, row):
    """Half a body with the whole length is a transport error for the client."""
    url = serving({"hubspot/deals": [row(1)]}, "[faults]\ncut_connection = {}")
    headers = {"Authorization": "Bearer sandbox-token"}
    with httpx.Client(base_url=url, headers=headers) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            client.get(DEALS)
        assert client.get(DEALS).status_code == 200
