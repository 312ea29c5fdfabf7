"""An HTTP answer is data, or is asked for again; what is odd but readable is read."""

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import tenacity.nap
from dlt.sources.helpers.rest_client.paginators import (
    JSONResponseCursorPaginator,
    SinglePagePaginator,
)
from requests import Response

from ingestion.rest import Api, ApiError, ForbiddenError, _parsed

from .scripted_api import ScriptedApi


def answer(body: bytes) -> Response:
    """Return a response with this body."""
    response = Response()
    response.status_code = 200
    response._content = body
    return response


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"results": []}', {"results": []}),
        (b'{"a\\ud83d": ["ok \\ud83d", 1]}', {"a?": ["ok ?", 1]}),
        ('{"نام": "لیلا"}'.encode(), {"نام": "لیلا"}),
    ],
    ids=["JSON", "half an emoji", "Persian"],
)
def test_an_odd_body_is_read(body, expected):
    """Else one text cut off by a length limit stops every load of the portal."""
    assert _parsed(answer(body)) == expected


def test_nan_is_read_and_left_to_the_columns_to_refuse():
    """Else one NaN in a statistic stops every load of the portal."""
    assert math.isnan(_parsed(answer(b'{"a": NaN}'))["a"])


@pytest.mark.parametrize(
    "body", [b"<html>502</html>", b'{"results": [{"id"', b"", b"[" * 100_000]
)
def test_what_is_not_json_is_not_data(body):
    """Else a page of a proxy, or half a page, counts as the end of the data."""
    assert _parsed(answer(body)) is None


@pytest.fixture
def script(server, monkeypatch) -> ScriptedApi:
    """Return the API that answers what a test writes down; four attempts a request."""
    monkeypatch.setenv("RUNTIME__REQUEST_MAX_ATTEMPTS", "4")
    server.app = ScriptedApi()
    return server.app


@pytest.fixture
def toy(server, script) -> Callable[..., Api]:
    """Return what makes the client of that API, with the options that are given."""

    def make(**options: Any) -> Api:
        return Api(
            "toy",
            server.url,
            None,
            **{"secrets": ["s3cret"], "token_remedy": "Renew the token.", **options},
        )

    return make


@pytest.fixture
def waits(monkeypatch) -> list[float]:
    """Return the seconds that a client would have waited, with dlt's usual back-off."""
    waited: list[float] = []
    monkeypatch.setattr(tenacity.nap.time, "sleep", waited.append)
    monkeypatch.setenv("RUNTIME__REQUEST_BACKOFF_FACTOR", "1")
    monkeypatch.setenv("RUNTIME__REQUEST_MAX_RETRY_DELAY", "300")
    return waited


def cursor() -> JSONResponseCursorPaginator:
    """Return a walk by the field `next`."""
    return JSONResponseCursorPaginator(cursor_path="next", cursor_param="after")


def test_the_answers_of_a_list_bring_records_body_and_headers(toy, script):
    """Else a vendor's total, or what is left of its limit, cannot be compared."""
    script.answers["/things"] = [
        (200, {"items": [1, 2], "total": 3, "next": "n"}, {"x-left": "9"}),
        (200, {"items": [3], "total": 3, "next": None}, {"x-left": "8"}),
    ]
    params = {"per_page": 2}
    pages = list(toy().answers("things", cursor(), select="items", params=params))
    assert [page.records for page in pages] == [[1, 2], [3]]
    assert [page.body["total"] for page in pages] == [3, 3]
    assert [page.headers["X-Left"] for page in pages] == ["9", "8"]
    assert [one.query for one in script.asked] == [
        {"per_page": "2"},
        {"per_page": "2", "after": "n"},
    ]
    assert params == {"per_page": 2}


def test_a_body_that_is_the_list_is_read_without_a_field(toy, script):
    """Else vendors without an envelope need a client of their own."""
    script.answers["/things"] = [(200, [1, 2])]
    pages = toy().answers("things", SinglePagePaginator(), select="")
    assert [page.records for page in pages] == [[1, 2]]
    assert toy().fetch("things", needs="") == [1, 2]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"items": None}, "200 without `items`"),
        ({"error": "maintenance"}, "200 without `items`"),
        ({"items": {"1": "one"}}, "200 without a list `items`"),
        ("maintenance", "200 without `items`"),
        (None, "not JSON"),
    ],
    ids=["null", "an error", "an object", "a text", "null alone"],
)
def test_a_success_without_its_list_is_asked_for_again_and_then_an_error(
    toy, script, body, said
):
    """Else an error in disguise ends a list early, in silence."""
    script.answers["/things"] = [(200, body), (200, {"items": [1]})]
    one = toy().answers("things", SinglePagePaginator(), select="items")
    assert [page.records for page in one] == [[1]]
    script.answers["/things"] = [(200, body)]
    with pytest.raises(ApiError, match=f"GET things at .* after every retry: .*{said}"):
        list(toy().answers("things", SinglePagePaginator(), select="items"))
    assert len(script.asked) == 2 + 4


def test_a_fetch_says_which_field_it_needs_or_that_it_needs_none(toy, script):
    """Else an answer of another kind is taken for the data."""
    script.answers["/report"] = [(200, {"columns": [], "rows": 0})]
    assert toy().fetch("report", needs="rows") == {"columns": [], "rows": 0}
    assert toy().fetch("report", needs=None)["columns"] == []
    with pytest.raises(ApiError, match="200 without `results`"):
        toy().fetch("report")
    script.answers["/report"] = [(200, 7)]
    assert toy().fetch("report", needs=None) == 7


def test_a_vendor_may_name_further_passing_errors_and_errors_that_stay(toy, script):
    """Else a quota of the day is asked for again all night, or a passing 400 never."""
    busy = (400, {"error": {"code": 17}})
    script.answers["/things"] = [busy, busy, (200, {"results": []})]
    api = toy(is_transient=lambda response: b'"code": 17' in response.content)
    assert api.fetch("things") == {"results": []}
    script.answers["/things"] = [(429, {"message": "daily quota of s3cret"})]
    api = toy(stop_reason=lambda response: "Come back tomorrow.")
    script.asked.clear()
    with pytest.raises(ApiError, match=r"toy: GET /things .*429.*\. Come back tomorr"):
        api.fetch("things")
    assert len(script.asked) == 1


@pytest.mark.parametrize(
    ("status", "kind", "said"),
    [
        (
            401,
            ApiError,
            r"toy: the API refused the token \(401 a: b\). Renew the token.",
        ),
        (403, ForbiddenError, r"GET /things is not allowed \(403 a: b\)"),
        (404, ApiError, r"toy: GET /things answered 404 a: b\. The API or its version"),
    ],
)
def test_an_error_carries_its_status_and_body(toy, script, status, kind, said):
    """Else a source cannot tell a deleted record from a wrong address."""
    body = {"category": "a", "message": "b"}
    script.answers["/things"] = [(status, body)]
    with pytest.raises(ApiError, match=said) as refused:
        toy().fetch("things")
    assert type(refused.value) is kind
    assert (refused.value.status, refused.value.body) == (status, body)
    assert len(script.asked) == 1


def test_a_vendors_own_words_are_said_without_the_secret(toy, script):
    """Else the reason stays unknown, or a log holds the token."""
    script.answers["/things"] = [(404, {"error": {"text": "no s3cret here"}})]
    api = toy(error_text=lambda body: body["error"]["text"])
    with pytest.raises(ApiError, match=r"answered 404 no \*\*\* here\."):
        api.fetch("things")


def test_the_wait_that_a_vendor_asks_for_is_kept(toy, script, waits):
    """Else a client that comes back too early is locked out for longer."""
    at = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    script.answers["/things"] = [
        (429, {}, {"retry-after": "7"}),
        (503, {}, {"retry-after": at}),
        (200, {"results": []}),
    ]
    toy().fetch("things")
    assert waits[0] == 7
    assert 15 < waits[1] <= 20


def test_a_wait_beyond_all_measure_is_cut_and_said(toy, script, waits):
    """Else a Retry-After in milliseconds stops the load for an hour."""
    at = format_datetime(datetime.now(UTC) + timedelta(days=2), usegmt=True)
    script.answers["/things"] = [
        (429, {"message": "slow down"}, {"retry-after": wish})
        for wish in (at, "never", "-5", "3600")
    ]
    with pytest.raises(
        ApiError,
        match=r"every retry: 429 slow down \(Retry-After: 3600; 30 s at most\)\. "
        "Nothing of this run was stored; load again later",
    ):
        toy().fetch("things")
    # A date far off is cut; what is no wait at all leaves dlt's own 2 and 4 seconds.
    assert waits == [30, 2, 4]


def test_a_storm_of_limits_that_outlasts_the_retries_is_one_message(toy, script, waits):
    """Else a load hangs all night, or ends in a page of traces."""
    script.answers["/things"] = [(429, {"message": "too many"}, {"retry-after": "5"})]
    with pytest.raises(ApiError, match="after every retry: 429 too many") as failed:
        list(toy().pages("things", SinglePagePaginator()))
    assert "\n" not in str(failed.value)
    assert waits == [5, 5, 5]


def test_an_answer_that_does_not_come_is_given_up(toy, script, monkeypatch):
    """Else a server that went silent stops the load for good."""
    monkeypatch.setenv("RUNTIME__REQUEST_TIMEOUT", "0.05")
    monkeypatch.setenv("RUNTIME__REQUEST_MAX_ATTEMPTS", "2")
    script.answers["/things"] = [(200, {"results": []})]
    script.pause = 0.5
    with pytest.raises(ApiError, match=r"cannot be reached \(ReadTimeout\)"):
        toy().fetch("things")
    script.pauses_in_body = True
    with pytest.raises(ApiError, match=r"cannot be reached \(ConnectionError\)"):
        toy().fetch("things")
    script.pause = 0.0
    assert toy().fetch("things") == {"results": []}
