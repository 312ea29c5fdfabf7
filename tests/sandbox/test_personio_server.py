"""The sandbox speaks Personio's API v2, with the limits that were seen live."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from .hr_client import Client

PERSONS = [
    {"id": str(n), "first_name": f"F{n}", "updated_at": f"2026-01-{n:02d}T10:00:00Z"}
    for n in range(1, 13)
]
PAY = [
    {
        "id": f"c{number}",
        "person": {"id": "1"},
        "type": {"category": "FIXED_SALARY"},
        "effective_from": day,
    }
    for number, day in enumerate(("2025-01-01", "2026-04-01"))
]


@pytest.fixture
def client(make_data: Callable[..., Any]) -> Client:
    """Return a client of an account of twelve, with a token."""
    files = {"personio/persons": PERSONS, "personio/compensations": PAY}
    client = Client(make_data(files), "/v2")
    form = {
        "grant_type": "client_credentials",
        "client_id": "sandbox-token",
        "client_secret": "sandbox-token",
    }
    answer = client.send("POST", "/auth/token", data=form).json()
    assert answer["token_type"] == "Bearer"
    client.headers["Authorization"] = f"Bearer {answer['access_token']}"
    return client


def test_only_an_issued_token_is_accepted(client: Client) -> None:
    """A client that sends its secret as token would pass here and fail live."""
    form = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "x"}
    assert client.send("POST", "/auth/token", data=form).status_code == 401
    headers = {"Authorization": "Bearer sandbox-token"}
    assert client.get("/persons", headers=headers).status_code == 401


def test_ten_are_the_default_and_fifty_the_most(client: Client) -> None:
    """A limit of 100, which other lists allow, is an error here."""
    first = client.get("/persons").json()
    assert len(first["_data"]) == 10
    href = first["_meta"]["links"]["next"]["href"]
    assert href.startswith("https://api.personio.de/v2/persons?cursor=")
    cursor = parse_qs(urlsplit(href).query)["cursor"][0]
    second = client.get("/persons", params={"cursor": cursor})
    assert [one["id"] for one in second.json()["_data"]] == ["11", "12"]
    assert "next" not in second.json()["_meta"]["links"]
    refused = client.get("/persons", params={"limit": 100})
    assert refused.status_code == 400
    assert "limit is not valid" in refused.json()["errors"][0]["detail"]
    assert client.get("/persons", params={"cursor": "nonsense"}).status_code == 400
    assert client.get("/compensations?as_of=2026-01-01&limit=100").status_code == 200


def test_changes_can_be_asked_for_by_day_alone(client: Client) -> None:
    """A filter with an instant is refused, as the live API does."""
    found = client.get("/persons", params={"updated_at.gt": "2026-01-10"}).json()
    assert [one["id"] for one in found["_data"]] == ["11", "12"]
    instant = {"updated_at.gt": "2026-01-10T00:00:00Z"}
    assert client.get("/persons", params=instant).status_code == 400


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("as_of=2026-03-31", ["c0"]),
        ("as_of=2026-04-01", ["c1"]),
        ("start_date=2026-03-15&end_date=2026-04-14", ["c0", "c1"]),
        ("as_of=2024-12-31", []),
    ],
)
def test_pay_holds_from_a_day_until_the_next(
    client: Client, query: str, expected: list[str]
) -> None:
    """There is no history of pay but what each day shows."""
    found = client.get(f"/compensations?{query}").json()["_data"]
    assert [one["id"] for one in found] == expected


def test_more_than_a_month_and_unknown_ids_are_refused(client: Client) -> None:
    """A source must not find out live."""
    long = "start_date=2026-01-01&end_date=2026-03-01"
    assert client.get(f"/compensations?{long}").status_code == 400
    missing = client.get("/persons/99")
    assert missing.status_code == 404
    assert missing.headers["content-type"] == "application/problem+json"
    assert client.get("/persons/99/employments").status_code == 404
