"""Tokens that expire: one is fetched when it is needed and renewed when it is refused."""

import time
import traceback
from urllib.parse import parse_qs

import pytest
from dlt.sources.helpers.rest_client.paginators import JSONResponseCursorPaginator

from ingestion import oauth
from ingestion.oauth import OAuthToken
from ingestion.rest import Api, ApiError, ForbiddenError

from .scripted_api import ScriptedApi

SECRET = "hunter2-hunter2"
REMEDY = "Set SOURCES__TOY__CLIENT_SECRET to the connected app's secret."
FORM = {
    "grant_type": "client_credentials",
    "client_id": "warehouse",
    "client_secret": SECRET,
}
REFUSED = (401, {"message": "token expired"})
PAGE = (200, {"results": [{"id": 1}], "next": None})


class Toy:
    """A vendor whose API wants tokens."""

    def __init__(self, url: str, script: ScriptedApi) -> None:
        self.script = script
        self.token = OAuthToken("toy", f"{url}/token", FORM, remedy=REMEDY)
        self.api = Api(
            "toy", url, self.token, secrets=[SECRET], token_remedy="Renew it."
        )

    def answers(self, **scripts: list) -> None:
        """Set what the paths answer."""
        self.script.answers = {f"/{name}": answers for name, answers in scripts.items()}

    def pages(self) -> list:
        """Read the list /things."""
        cursor = JSONResponseCursorPaginator(cursor_path="next", cursor_param="after")
        return [record for page in self.api.pages("things", cursor) for record in page]

    def tokens(self) -> list[str]:
        """Return the Authorization headers of the requests for data."""
        return [
            one.headers["authorization"]
            for one in self.script.asked
            if one.path != "/token"
        ]


def gives(name: str, **more: object) -> tuple[int, dict]:
    """Return the token endpoint's answer with a token of this name."""
    return 200, {"access_token": name, "token_type": "Bearer", **more}


@pytest.fixture
def toy(server, monkeypatch) -> Toy:
    """Return a vendor that answers nothing yet."""
    monkeypatch.setenv("RUNTIME__REQUEST_MAX_ATTEMPTS", "4")
    script = ScriptedApi()
    server.app = script
    return Toy(server.url, script)


def test_a_token_is_fetched_when_the_first_request_needs_it_and_then_kept(toy):
    """Else making a source asks the network, or each request asks for a token."""
    toy.answers(token=[gives("one", instance_url="https://x")], things=[PAGE])
    assert toy.script.asked == []
    assert toy.pages() == toy.pages() == [{"id": 1}]
    assert toy.script.paths() == ["/token", "/things", "/things"]
    assert toy.tokens() == ["Bearer one", "Bearer one"]
    sent = parse_qs(toy.script.asked[0].body.decode())
    assert {name: value[0] for name, value in sent.items()} == FORM
    assert toy.token.answer["instance_url"] == "https://x"


def test_a_token_that_is_refused_in_the_middle_of_a_list_is_renewed_once(toy):
    """Else a load of an hour fails when its token of half an hour ends."""
    toy.answers(
        token=[gives("one"), gives("two")],
        things=[(200, {"results": [{"id": 1}], "next": "n"}), REFUSED, PAGE],
    )
    assert toy.pages() == [{"id": 1}, {"id": 1}]
    assert toy.tokens() == ["Bearer one", "Bearer one", "Bearer two"]
    queries = [one.query for one in toy.script.asked if one.path == "/things"]
    assert queries == [{}, {"after": "n"}, {"after": "n"}]


def test_a_token_that_is_refused_twice_is_not_asked_for_without_end(toy):
    """Else a revoked app is hammered for hours instead of saying so."""
    toy.answers(token=[gives("one"), gives("two")], things=[REFUSED])
    with pytest.raises(ApiError, match=r"toy: .* \(401 token expired\)\. Renew it\."):
        toy.pages()
    assert toy.script.paths() == ["/token", "/things", "/token", "/things"]


def test_what_is_answered_to_the_new_token_counts(toy):
    """Else a limit that is hit right after a renewal is taken for a refused token."""
    toy.answers(
        token=[gives("one"), gives("two")],
        things=[REFUSED, (429, {"message": "slow down"}), PAGE],
    )
    assert toy.pages() == [{"id": 1}]
    toy.answers(
        token=[gives("three")], things=[REFUSED, (403, {"message": "not yours"})]
    )
    with pytest.raises(ForbiddenError, match="403 not yours"):
        toy.pages()


def test_a_token_is_renewed_before_it_ends(toy, monkeypatch):
    """Else the last minute of each token costs a refused request, or more."""
    now = [1000.0]
    monkeypatch.setattr(oauth.time, "monotonic", lambda: now[0])
    toy.answers(
        token=[
            gives("one", expires_in=1800),
            gives("two", expires_in="20"),
            gives("x"),
        ],
        things=[PAGE],
    )
    for moment in (1000, 2700, 2741, 2750, 2752):
        now[0] = moment
        toy.pages()
    names = [header.removeprefix("Bearer ") for header in toy.tokens()]
    assert names == ["one", "one", "two", "two", "x"]


@pytest.mark.parametrize("lifetime", [None, "", "soon", 0], ids=repr)
def test_an_odd_lifetime_is_ten_minutes(toy, lifetime, monkeypatch):
    """Else an endpoint that leaves it out stops the load or is asked each time."""
    start = time.monotonic()
    toy.answers(token=[gives("one", expires_in=lifetime)], things=[PAGE])
    toy.pages()
    monkeypatch.setattr(oauth.time, "monotonic", lambda: start + 500)
    toy.pages()
    assert toy.script.paths().count("/token") == 1


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            (400, {"error": "invalid_client", "error_description": f"bad {SECRET}"}),
            r"\(400 invalid_client: bad \*\*\*\)",
        ),
        ((401, b"<html>no</html>"), r"\(401 \)"),
        ((200, {"error": "invalid_grant"}), r"\(200 invalid_grant\)"),
        ((200, []), r"\(200 \)"),
    ],
    ids=["as the standard says", "HTML", "an error with 200", "a list"],
)
def test_refused_credentials_are_named_with_the_remedy_and_without_the_secret(
    toy, answer, said
):
    """Else the user searches for hours, or the log holds the secret."""
    toy.answers(token=[answer], things=[PAGE])
    match = f"toy: the token endpoint refused the credentials {said}. {REMEDY}"
    with pytest.raises(ApiError, match=match) as refused:
        toy.pages()
    assert SECRET not in "".join(traceback.format_exception(refused.value))
    assert toy.script.paths() == ["/token"]


def test_a_bad_minute_of_the_token_endpoint_is_waited_for(toy):
    """Else one 503 of the login server costs the night's load."""
    toy.answers(token=[(503, b""), (429, {}), gives("one")], things=[PAGE])
    assert toy.pages() == [{"id": 1}]


def test_a_token_endpoint_that_stays_down_is_one_message(toy):
    """Else the message is a stack trace, or blames the credentials."""
    toy.answers(token=[(503, b"")], things=[PAGE])
    with pytest.raises(ApiError, match=r"toy: the token endpoint .* every retry: 503"):
        toy.pages()
    assert len(toy.script.asked) == 4


def test_a_token_endpoint_that_is_not_there_is_one_message(toy):
    """Else a mistyped address is a stack trace."""
    token = OAuthToken("toy", "http://127.0.0.1:1/token", FORM, remedy=REMEDY)
    api = Api("toy", "http://127.0.0.1:1", token, secrets=[], token_remedy="")
    with pytest.raises(ApiError, match=r"127\.0\.0\.1:1/token cannot be reached"):
        api.fetch("things")
