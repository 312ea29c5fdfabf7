"""The sandbox speaks BambooHR as its OpenAPI description says, oddities included."""

from collections.abc import Callable
from typing import Any

import pytest

from .hr_client import Client

OLD, NEW = "2026-03-01T10:00:00+00:00", "2026-11-18T10:00:00+00:00"
EMPLOYEES = [
    {
        "employeeId": str(number),
        "firstName": f"F{number}",
        "lastName": "L",
        "status": "Active" if number % 2 else "Inactive",
        "hireDate": "2024-02-01",
        "terminationDate": None,
        "gender": "Female",
        "_restrictedFields": ["hireDate"] if number == 3 else [],
        "created": OLD,
        "lastChanged": NEW if number in (2, 7) else OLD,
    }
    for number in range(1, 7)
] + [{"employeeId": "7", "deleted": True, "created": OLD, "lastChanged": NEW}]
ROWS = [
    {
        "id": "1",
        "employeeId": "1",
        "date": "2024-02-01",
        "employmentStatus": "Full-Time",
    },
    {
        "id": "2",
        "employeeId": "2",
        "date": "2024-02-01",
        "employmentStatus": "Full-Time",
    },
]


@pytest.fixture
def client(make_data: Callable[..., Any]) -> Client:
    """Return a client of a company of six, and one who was deleted."""
    files = {"bamboohr/employees": EMPLOYEES, "bamboohr/tables_employmentStatus": ROWS}
    client = Client(make_data(files, "as_of = 2026-11-18T20:00:00Z"), "/api/v1")
    client.auth = ("sandbox-token", "x")
    client.headers["Accept"] = "application/json"
    return client


def test_the_list_pages_by_cursor_and_says_its_total(client: Client) -> None:
    """A client that ignores the cursor would see one page."""
    params = {
        "filter[status]": "active",
        "page[limit]": 2,
        "fields": "hireDate,nonsense",
    }
    first = client.get("/employees", params=params).json()
    assert [one["employeeId"] for one in first["data"]] == ["1", "3"]
    assert first["meta"] == {
        "total": 3,
        "page": {"limit": 2, "nextCursor": "3", "prevCursor": None},
    }
    assert "page%5Bafter%5D=3" in first["_links"]["next"]["href"]
    # Hidden is null and named; what was not asked for and nonsense are not there.
    assert first["data"][1]["hireDate"] is None
    assert first["data"][1]["_restrictedFields"] == ["hireDate"]
    assert first["data"][0]["_restrictedFields"] == []
    assert not {"gender", "nonsense"} & first["data"][0].keys()
    second = client.get("/employees", params={**params, "page[after]": "3"}).json()
    assert [one["employeeId"] for one in second["data"]] == ["5"]
    assert second["meta"]["page"]["nextCursor"] is None
    assert "next" not in second["_links"]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"page[after]": "999"}, "BadPage"),
        ({"page[limit]": 101}, "BadRequest"),
        ({"filter[status]": "gone"}, "BadRequest"),
    ],
)
def test_wrong_requests_of_the_list_have_a_code(
    client: Client, params: dict[str, Any], code: str
) -> None:
    """A source that begins a broken list again must know that it broke."""
    answer = client.get("/employees", params=params)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


def test_errors_are_in_a_header_and_the_default_is_xml(client: Client) -> None:
    """Who reads only the body learns nothing."""
    wrong = client.get("/employees", auth=("other", "x"))
    assert wrong.status_code == 401
    assert wrong.headers["X-BambooHR-Error-Message"] == "Invalid API key"
    assert wrong.content == b""
    assert client.get("/employees/99").status_code == 404
    assert client.get("/employees/changed").status_code == 400
    assert client.get("/time_off/requests?start=2026-01-01").status_code == 400
    xml = client.get("/employees", headers={"Accept": "*/*"})
    assert xml.headers["content-type"] == "application/xml"


def test_one_employee_shows_future_and_unset_values(client: Client) -> None:
    """An unset date is the year 0 in this API."""
    fields = {"fields": "gender,terminationDate,hireDate,payRate"}
    assert client.get("/employees/1", params=fields).json() == {
        "id": "1",
        "gender": "Female",
        "terminationDate": "0000-00-00",
        "hireDate": "2024-02-01",
    }
    assert "hireDate" not in client.get("/employees/3", params=fields).json()


def test_changes_tell_deletions_and_bring_whole_histories(client: Client) -> None:
    """The feed is the only trace of an employee who was deleted."""
    since = {"since": "2026-11-01T00:00:00Z"}
    said = client.get("/employees/changed", params=since).json()
    assert said["latest"] == "2026-11-18T20:00:00+00:00"
    assert {key: one["action"] for key, one in said["employees"].items()} == {
        "2": "Updated",
        "7": "Deleted",
    }
    none = client.get("/employees/changed", params={"since": "2026-11-19T00:00:00Z"})
    assert none.json()["employees"] == []
    table = client.get(
        "/employees/changed/tables/employmentStatus", params=since
    ).json()
    assert table["employees"]["2"]["rows"] == [
        {"date": "2024-02-01", "employmentStatus": "Full-Time"}
    ]
    every = client.get("/employees/all/tables/employmentStatus").json()
    assert [row["id"] for row in every] == ["1", "2"]
    assert client.get("/employees/all/tables/nonsense").status_code == 404


def test_the_directory_has_active_employees_alone(client: Client) -> None:
    """Who counts heads by it loses leavers and cannot see that."""
    directory = client.get("/employees/directory").json()
    assert [one["id"] for one in directory["employees"]] == ["1", "3", "5"]


def test_a_limit_answers_429_with_a_wait(make_data: Callable[..., Any]) -> None:
    """Since September 2026 it is no 503 any more."""
    description = "[limits.bamboohr]\nenforced = true\nper_ten_seconds = 1"
    client = Client(make_data({}, description), "/api/gateway.php/acme/v1")
    headers = {"Accept": "application/json"}
    answers = [
        client.get("/employees", auth=("sandbox-token", "x"), headers=headers)
        for _ in range(2)
    ]
    assert [one.status_code for one in answers] == [200, 429]
    assert answers[1].headers["Retry-After"] == "10"
