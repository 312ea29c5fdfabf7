"""Personio in the warehouse: versions of employments, deletions, rights, mishaps."""

from datetime import date
from typing import Any

import pytest

from ingestion.load import LoadError

from .conftest import TOKEN, Server
from .hr_company import HrCompany

OLD, NEW = "2026-03-01T10:00:00Z", "2026-11-18T12:00:00Z"
PERSONS = "/v2/persons"
UNIT = {"id": "7", "type": "department", "name": "Tea", "abbreviation": "T"}


@pytest.fixture
def account(tmp_path, server: Server, monkeypatch) -> HrCompany:
    """Return an empty account whose API the environment names."""
    monkeypatch.setenv("SOURCES__PERSONIO__BASE_URL", server.url)
    monkeypatch.setenv("SOURCES__PERSONIO__CLIENT_ID", TOKEN)
    monkeypatch.setenv("SOURCES__PERSONIO__CLIENT_SECRET", TOKEN)
    monkeypatch.setenv("SOURCES__PERSONIO__COMPENSATION_MONTHS", "2")
    return HrCompany("personio", tmp_path, server)


def person(number: int, *employments: str, **more: Any) -> dict[str, Any]:
    """Return a person with her employments."""
    return {
        "id": str(number),
        "first_name": f"F{number}",
        "last_name": "L",
        "email": f"f{number}@post.example",
        "status": "ACTIVE",
        "custom_attributes": [{"id": "dynamic_1", "type": "date", "value": None}],
        "employments": [{"id": one} for one in employments or (f"{number}-0",)],
        "created_at": OLD,
        "updated_at": OLD,
        **more,
    }


def employment(number: int, employment_id: str = "", **more: Any) -> dict[str, Any]:
    """Return an employment of a person."""
    return {
        "id": employment_id or f"{number}-0",
        "person": {"id": str(number)},
        "status": "ACTIVE",
        "type": "INTERNAL",
        "position": {"title": "Taster"},
        "employment_start_date": "2024-02-01",
        "employment_end_date": None,
        "supervisor": {"id": "1"},
        "office": {"id": "300", "name": "Berlin"},
        "org_units": [{"type": "department", "id": "7"}],
        "created_at": OLD,
        "updated_at": OLD,
        **more,
    }


def write(account: HrCompany, count: int, **changes: dict[str, Any]) -> None:
    """Write so many persons with one employment each."""
    people = [person(n, **changes.get(f"p{n}", {})) for n in range(1, count + 1)]
    account.write("persons", *people)
    jobs = [employment(n, **changes.get(f"e{n}", {})) for n in range(1, count + 1)]
    account.write("employments", *jobs)
    account.write("org_units", UNIT)


def test_a_first_load_has_everybody_and_a_second_nothing(account):
    """Else the limit of 50 a page hides who comes after it."""
    write(account, 60)
    assert account.loaded() == {"persons": 60, "employments": 60, "org_units": 1}
    assert account.loaded() == {}
    # Two readings of the list, and no employment of anybody.
    assert sum(path.endswith("/employments") for path in account.server.paths) == 0
    assert account.rows("select name, type from org_units") == [("Tea", "department")]
    assert account.rows(
        "select person_id, position_title, supervisor_id, office_name, org_units "
        "from employments where id = '60-0'"
    ) == [("60", "Taster", "1", "Berlin", '[{"id":"7","type":"department"}]')]


def test_a_changed_job_is_a_version_and_the_former_stays(account):
    """Else a promotion rewrites what somebody was last year."""
    write(account, 3)
    account.load()
    promoted = {"position": {"title": "Head"}, "updated_at": NEW}
    write(account, 3, p2={"updated_at": NEW}, e2=promoted)
    assert account.loaded() == {"persons": 1, "employments": 1}
    assert account.rows(
        "select position_title, updated_at::date from employments where id = '2-0' "
        "order by _dlt_load_id"
    ) == [("Taster", date(2026, 3, 1)), ("Head", date(2026, 11, 18))]
    # One that changed without touching its person is found when all is read again.
    write(account, 3, p2={"updated_at": NEW}, e2=promoted, e3={"supervisor": None})
    assert account.loaded() == {}
    account.load(read_all=True)
    assert account.rows("select count(*) from employments where id = '3-0'") == [(2,)]


def test_a_deleted_person_is_missed_with_her_employments(account):
    """Else who was anonymised stays in the headcount."""
    write(account, 3)
    account.load()
    write(account, 2)
    account.load()
    assert account.rows(
        "select table_name, record_id from vanished_records order by 1"
    ) == [
        ("employments", "3-0"),
        ("persons", "3"),
    ]
    account.write("persons", person(1), person(2, "2-0", "2-1", updated_at=NEW))
    account.write("employments", employment(1), employment(2), employment(2, "2-1"))
    assert account.loaded() == {"persons": 1, "employments": 1}


def test_pay_is_read_month_by_month_and_kept_once(account):
    """Else a rise is not seen, or pay is doubled for every month."""

    def pay(number: int, day: str, amount: float) -> dict[str, Any]:
        return {
            "id": f"c{number}",
            "person": {"id": "1"},
            "effective_from": day,
            "interval": "YEARLY",
            "amount": {"value": amount, "currency": "EUR"},
            "type": {"category": "FIXED_SALARY", "name": "Base"},
        }

    write(account, 1)
    account.write(
        "compensations", pay(1, "2024-02-01", 40_000), pay(2, "2026-11-15", 42_000.5)
    )
    assert account.loaded()["compensations"] == 2
    assert account.rows(
        "select id, effective_from, amount_value::double from compensations order by 1"
    ) == [("c1", date(2024, 2, 1), 40_000.0), ("c2", date(2026, 11, 15), 42_000.5)]
    assert account.loaded() == {}


def test_absences_follow_their_changes_and_have_a_length(account):
    """Else half a day counts as one, or a withdrawn holiday stays."""

    def absence(number: int, **more: Any) -> dict[str, Any]:
        return {
            "id": f"a{number}",
            "person": {"id": "1"},
            "absence_type": {"id": "t1", "name": "Vacation"},
            "approval": {"status": "APPROVED"},
            "starts_from": {"date_time": "2026-06-01T00:00:00", "type": "SECOND_HALF"},
            "ends_at": {"date_time": "2026-06-02T00:00:00", "type": "SECOND_HALF"},
            "created_at": OLD,
            "updated_at": OLD,
            "breakdowns": [
                {
                    "date": "2026-06-01",
                    "effective_duration": {"unit": "DAY", "value": 0.5},
                },
                {
                    "date": "2026-06-02",
                    "effective_duration": {"unit": "DAY", "value": 1},
                },
            ],
            **more,
        }

    write(account, 1)
    long_ago = {"date_time": "2025-01-02T00:00:00", "type": "SECOND_HALF"}
    account.write(
        "absence_periods", absence(1), absence(2), absence(3, ends_at=long_ago)
    )
    account.load()
    assert account.rows(
        "select id, starts_from_date, effective_value, effective_unit "
        "from absence_periods order by 1"
    ) == [
        ("a1", date(2026, 6, 1), 1.5, "DAY"),
        ("a2", date(2026, 6, 1), 1.5, "DAY"),
        ("a3", date(2026, 6, 1), None, None),
    ]
    changed = absence(1, approval={"status": "CANCELLED"}, updated_at=NEW)
    account.write("absence_periods", changed, absence(3, ends_at=long_ago))
    assert account.loaded() == {"absence_periods": 1}
    assert account.loaded() == {}
    account.load(read_all=True)
    assert account.rows(
        "select record_id from vanished_records where table_name = 'absence_periods'"
    ) == [("a2",)]


@pytest.mark.parametrize(
    "fault",
    [
        f'rate_limit = {{ path = "{PERSONS}", count = 2, retry_after = "3600" }}',
        f'server_error = {{ path = "{PERSONS}", after = 1, count = 4, status = 502 }}',
        'server_error = { path = "token", count = 2 }',
        f'truncated_body = {{ path = "{PERSONS}", after = 1, count = 2 }}',
        f'cut_connection = {{ path = "{PERSONS}", after = 2 }}',
        f'error_with_ok = {{ path = "{PERSONS}", after = 1 }}',
        f'duplicate_rows = {{ path = "{PERSONS}", count = 0, rows = 3 }}',
        f'missing_rows = {{ path = "{PERSONS}", after = 1, rows = 2 }}',
        f'missing_rows = {{ path = "{PERSONS}/7/employments" }}',
        f'expired_cursor = {{ path = "{PERSONS}" }}',
    ],
    ids=[
        *(
            "429",
            "5xx burst",
            "token endpoint down",
            "truncated",
            "cut",
            "error with 200",
        ),
        *("rows twice", "rows left out", "an employment left out", "expired cursor"),
    ],
)
def test_everybody_arrives_once_in_spite_of_mishaps(account, fault):
    """Else one bad minute of the vendor costs a month's headcount."""
    write(account, 55)
    account.faults = fault
    tables = account.load().tables
    assert account.rows("select count(*), count(distinct id) from persons") == [
        (55, 55)
    ]
    assert account.rows("select count(*), count(distinct id) from employments") == [
        (55, 55)
    ]
    assert all(table.is_balanced for table in tables)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (
            f'server_error = {{ path = "{PERSONS}", count = 0 }}',
            "after every retry: 503",
        ),
        ("revoked_token = { after = 3 }", "SOURCES__PERSONIO__CLIENT_SECRET"),
        (
            f'missing_rows = {{ path = "{PERSONS}/7/emp", count = 0 }}',
            "left out records",
        ),
    ],
    ids=["down", "revoked mid-run", "an employment always left out"],
)
def test_what_cannot_be_read_is_one_clear_message_and_the_next_load_completes(
    account, fault, message
):
    """Else half an account looks like a whole one."""
    write(account, 55)
    account.faults = fault
    with pytest.raises(LoadError, match=message) as failed:
        account.load()
    assert str(failed.value).startswith("personio: ")
    assert TOKEN not in str(failed.value)
    account.faults = ""
    account.load()
    assert account.rows("select count(*), count(distinct id) from employments") == [
        (55, 55)
    ]


def test_a_missing_right_is_a_401_and_refuses_that_table_alone(account):
    """Else a scope that was never given looks like a wrong secret."""
    write(account, 3)
    account.faults = 'missing_scope = { path = "compensations" }'
    with pytest.raises(LoadError, match="compensations was not loaded") as failed:
        account.load()
    assert "401 Unauthorized Request" in str(failed.value)
    assert "SOURCES__PERSONIO__SKIP" in str(failed.value)
    assert account.rows("select count(*) from employments") == [(3,)]


def test_attributes_that_may_not_be_seen_refuse_the_table_and_are_read_later(account):
    """Else everybody loses department and boss, and the answer was 200."""
    write(account, 2)
    bare = [
        {"id": f"{n}-0", "person": {"id": str(n)}, "status": "ACTIVE"} for n in (1, 2)
    ]
    account.write("employments", *bare)
    with pytest.raises(LoadError, match="employment_start_date is missing in all 2"):
        account.load()
    write(account, 2)
    assert account.loaded()["employments"] == 2


def test_a_token_that_expires_mid_run_is_renewed(account, monkeypatch):
    """Else a first load that takes longer than a token never ends."""
    from ingestion.sandbox.server.vendors.personio.dialect import PersonioDialect

    write(account, 55)
    admit, admitted = PersonioDialect.admit, []

    def forgetful(self, request):
        admitted.append(request.url.path)
        if len(admitted) == 4:
            self._issued.clear()
        admit(self, request)

    monkeypatch.setattr(PersonioDialect, "admit", forgetful)
    account.load()
    assert sum("token" in path for path in account.server.paths) == 2
    assert account.rows("select count(*) from employments") == [(55,)]


def test_wrong_credentials_are_named(account, monkeypatch):
    """Else a newcomer reads a stack trace."""
    monkeypatch.setenv("SOURCES__PERSONIO__CLIENT_SECRET", "another-secret")
    with pytest.raises(LoadError, match="refused the credentials") as failed:
        account.load()
    assert "SOURCES__PERSONIO__CLIENT_ID" in str(failed.value)
    assert "another-secret" not in str(failed.value)
