"""BambooHR misbehaves: a load ends with exactly the right rows, or says why not."""

import pytest

from ingestion.load import LoadError

from .conftest import TOKEN, Server
from .hr_company import HrCompany
from .test_bamboohr import employee, pay, status

EVERYBODY = 130  # two pages
LIST = "/api/v1/employees"


@pytest.fixture
def company(tmp_path, server: Server, monkeypatch) -> HrCompany:
    """Return a company of 130 whose API the environment names."""
    monkeypatch.setenv("SOURCES__BAMBOOHR__BASE_URL", server.url)
    monkeypatch.setenv("SOURCES__BAMBOOHR__API_KEY", TOKEN)
    # Details are asked for one by one, and not what is tested here.
    monkeypatch.setenv("SOURCES__BAMBOOHR__SKIP", "employee_details")
    company = HrCompany("bamboohr", tmp_path, server)
    numbers = range(1, EVERYBODY + 1)
    company.write("employees", *[employee(n) for n in numbers])
    rows = [status(n, "2024-02-01", "Full-Time") for n in numbers]
    company.write("tables_employmentStatus", *rows)
    company.write(
        "tables_compensation", *[pay(n, "2024-02-01", "1 EUR") for n in numbers]
    )
    return company


def is_whole(company: HrCompany) -> bool:
    """Whether everybody is there, once."""
    counts = [
        company.rows(f"select count(*), count(distinct employee_id) from {table}")
        for table in ("employees", "employment_status", "compensation")
    ]
    return counts == [[(EVERYBODY, EVERYBODY)]] * 3


@pytest.mark.parametrize(
    "fault",
    [
        'rate_limit = { path = "/v1/", after = 1, count = 2, retry_after = "3600" }',
        'rate_limit = { path = "tables", count = 3, html = true }',
        'server_error = { path = "/v1/", count = 4, status = 503, retry_after = "1" }',
        'bad_gateway_page = { path = "/v1/", after = 2 }',
        'truncated_body = { path = "/v1/", after = 1, count = 2 }',
        'cut_connection = { path = "tables" }',
        'slow_page = { path = "tables", seconds = 0.1 }',
        'error_with_ok = { path = "/v1/", after = 1, count = 2 }',
        f'duplicate_rows = {{ path = "{LIST}", count = 0, rows = 3 }}',
        f'duplicate_rows = {{ path = "{LIST}", count = 0, from_previous = true }}',
        f'missing_rows = {{ path = "{LIST}", after = 1 }}',
        f'expired_cursor = {{ path = "{LIST}" }}',
    ],
    ids=[
        "429 with a Retry-After in milliseconds",
        "429 in HTML",
        "503, the older way to say 429",
        "502 page",
        "truncated JSON",
        "connection cut",
        "slow",
        "error body with status 200",
        "rows twice in a page",
        "rows of the page before again",
        "a row left out of a page",
        "a cursor whose employee has gone",
    ],
)
def test_everybody_arrives_once_in_spite_of_mishaps(company, fault):
    """Else one bad minute of the vendor costs a month's headcount."""
    company.faults = fault
    tables = company.load().tables
    assert is_whole(company)
    assert all(table.is_balanced for table in tables)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ('server_error = { path = "tables", count = 0 }', "503 Service unavailable"),
        (f'missing_rows = {{ path = "{LIST}", count = 0 }}', "left out records"),
        (f'expired_cursor = {{ path = "{LIST}", count = 0 }}', "BadPage"),
        ("revoked_token = { after = 4 }", "401 Invalid API key"),
        ('truncated_body = { path = "tables", count = 0 }', "not JSON"),
    ],
    ids=["down", "rows always missing", "no cursor holds", "key revoked", "cut short"],
)
def test_what_cannot_be_read_is_one_clear_message_and_the_next_load_completes(
    company, fault, message
):
    """Else half a company looks like a whole one."""
    company.faults = fault
    with pytest.raises(LoadError, match=message) as failed:
        company.load()
    assert str(failed.value).startswith("bamboohr: ")
    assert TOKEN not in str(failed.value)
    company.faults = ""
    company.load()
    assert is_whole(company)


def test_a_refused_table_leaves_the_others_loading(company):
    """Else who may not see pay has no headcount either."""
    company.faults = 'missing_scope = { path = "tables/compensation" }'
    with pytest.raises(LoadError) as failed:
        company.load()
    message = str(failed.value)
    assert message.startswith("bamboohr: compensation was not loaded: ")
    assert "You do not have access to this resource" in message
    assert "SOURCES__BAMBOOHR__SKIP" in message
    assert company.rows("select count(*) from employment_status") == [(EVERYBODY,)]
    company.faults = ""
    company.load()
    assert is_whole(company)


def test_changes_that_leave_somebody_out_are_asked_for_one_by_one(company, monkeypatch):
    """Else a correction is lost because an answer was short."""
    from ingestion.rest import Api

    company.load()
    new = "2026-11-18T19:58:00+00:00"
    company.write("employees", *[employee(n, lastChanged=new) for n in range(1, 131)])
    rows = [status(n, "2024-03-01", "Part-Time") for n in range(1, 131)]
    company.write("tables_employmentStatus", *rows)
    whole = Api.fetch

    def short(self, path, **more):
        body = whole(self, path, **more)
        if "changed/tables" in path:
            body["employees"].pop("7")
        return body

    monkeypatch.setattr(Api, "fetch", short)
    assert company.loaded()["employment_status"] == EVERYBODY
