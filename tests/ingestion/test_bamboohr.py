"""BambooHR in the warehouse: corrected histories, deletions, odd values, permissions."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from ingestion.load import LoadError
from ingestion.sources import _bamboohr_company
from ingestion.sources._bamboohr_api import api_for, money

from .conftest import TOKEN, Server
from .hr_company import HrCompany

OLD = "2026-03-01T10:00:00+00:00"
# After what the sandbox calls now, less the overlap.
NEW = "2026-11-18T19:58:00+00:00"


@pytest.fixture
def company(tmp_path, server: Server, monkeypatch) -> HrCompany:
    """Return an empty company whose API the environment names."""
    monkeypatch.setenv("SOURCES__BAMBOOHR__BASE_URL", server.url)
    monkeypatch.setenv("SOURCES__BAMBOOHR__API_KEY", TOKEN)
    return HrCompany("bamboohr", tmp_path, server)


def employee(number: int, **more: Any) -> dict[str, Any]:
    """Return an employee as the list shows him, details included."""
    return {
        "employeeId": str(number),
        "firstName": f"F{number}",
        "lastName": "L",
        "status": "Active",
        "hireDate": "2024-02-01",
        "departmentName": "Tea",
        "employeeNumber": f"Z-{number}",
        "gender": "Female",
        "originalHireDate": "2024-02-01",
        "terminationDate": "0000-00-00",
        "created": OLD,
        "lastChanged": OLD,
        **more,
    }


def status(number: int, day: str, label: str, **more: Any) -> dict[str, Any]:
    """Return a row of the employment status."""
    return {
        "id": f"{number}{day}",
        "employeeId": str(number),
        "date": day,
        "employmentStatus": label,
        **more,
    }


def pay(number: int, day: str, rate: Any, **more: Any) -> dict[str, Any]:
    """Return a row of the compensation."""
    return {
        "id": f"{number}{day}",
        "employeeId": str(number),
        "startDate": day,
        "rate": rate,
        "type": "Salary",
        "paidPer": "Year",
        **more,
    }


def newest(company: HrCompany, table: str, *names: str) -> list[tuple[Any, ...]]:
    """Return the rows of each employee's newest set, as staging picks them."""
    return company.rows(
        f"select employee_id, {', '.join(names)} from (select *, rank() over (partition "
        f"by employee_id order by _dlt_load_id desc) as age from {table}) "
        "where age = 1 and row_hash <> '' order by all"
    )


def test_an_empty_company_makes_every_table(company):
    """Else dbt fails on a company without time off: relation does not exist."""
    company.load()
    names = {name for (name,) in company.rows("select table_name from duckdb_tables()")}
    assert {
        *("employees", "employee_details", "employee_changes", "time_off"),
        *("employment_status", "job_info", "compensation", "vanished_records"),
    } <= names


def test_values_arrive_as_they_are_meant(company):
    """Else an unset date is the year 0, and pay loses its currency."""
    company.write(
        "employees",
        employee(1, birthDate="0000-00-00"),
        employee(2, status="Inactive", hireDate="2027-01-01", jobTitleName="Käufer"),
    )
    company.write(
        "tables_compensation",
        pay(1, "2024-02-01", "50000.00 USD"),
        pay(1, "2025-02-01", {"currency": "EUR", "value": "1234.56"}),
        pay(2, "2027-01-01", "1,250,000.50 irr"),
        pay(2, "2027-02-01", "by agreement"),
    )
    company.load()
    assert company.rows("select employee_id, hire_date, birth_date from employees") == [
        ("1", date(2024, 2, 1), None),
        ("2", date(2027, 1, 1), None),
    ]
    assert company.rows(
        "select employee_number, termination_date from employee_details"
    )[0] == ("Z-1", None)
    assert newest(company, "compensation", "rate_value", "rate_currency") == [
        ("1", Decimal("1234.56"), "EUR"),
        ("1", Decimal(50000), "USD"),
        ("2", Decimal("1250000.50"), "IRR"),
        ("2", None, None),
    ]
    assert company.rows(
        "select field_name, reason, raw_value from quarantine where field_name like 'rate%'"
    ) == [("rate_value", "not a number", "by agreement")]


def test_a_second_load_with_nothing_new_loads_nothing(company):
    """Else each run writes the whole company again."""
    company.write("employees", employee(1), employee(2))
    company.write("tables_employmentStatus", status(1, "2024-02-01", "Full-Time"))
    first = company.loaded()
    assert first == {"employees": 2, "employee_details": 2, "employment_status": 1}
    assert company.loaded() == {}
    assert company.loaded(read_all=True) == {"employees": 2, "employee_details": 2}


def test_a_corrected_past_ends_right_and_what_was_reported_is_kept(company):
    """Else the headcount of March is wrong for ever, or nobody can say it was reported."""
    company.write("employees", employee(1), employee(2))
    company.write(
        "tables_employmentStatus",
        status(1, "2024-02-01", "Full-Time"),
        status(1, "2026-03-01", "Terminated", terminationTypeId="Death"),
        status(2, "2024-02-01", "Full-Time"),
    )
    company.load()
    company.write("employees", employee(1, lastChanged=NEW), employee(2))
    # The termination was a mistake; the hire was a month later.
    company.write(
        "tables_employmentStatus",
        status(1, "2024-03-01", "Part-Time"),
        status(2, "2024-02-01", "Full-Time"),
    )
    assert company.loaded() == {"employment_status": 1, "employee_changes": 1}
    expected = [
        ("1", date(2024, 3, 1), "Part-Time"),
        ("2", date(2024, 2, 1), "Full-Time"),
    ]
    names = ("date", "employment_status")
    assert newest(company, "employment_status", *names) == expected
    # Everything again gives the same; and the first version is still there.
    company.load(read_all=True)
    assert newest(company, "employment_status", *names) == expected
    assert company.rows(
        "select count(distinct set_version), count(*) from employment_status "
        "where employee_id = '1'"
    ) == [(2, 3)]
    # Back to the first belief: a third version.
    company.write("employees", employee(1, lastChanged=NEW), employee(2))
    company.write(
        "tables_employmentStatus",
        status(1, "2024-02-01", "Full-Time"),
        status(1, "2026-03-01", "Terminated", terminationTypeId="Death"),
        status(2, "2024-02-01", "Full-Time"),
    )
    company.load()
    assert newest(company, "employment_status", *names)[:2] == [
        ("1", date(2024, 2, 1), "Full-Time"),
        ("1", date(2026, 3, 1), "Terminated"),
    ]


@pytest.mark.parametrize("read_all", [False, True], ids=["changes", "everything"])
def test_an_employee_whose_last_row_was_removed_has_none(company, read_all):
    """Else pay that HR deleted is still paid in every KPI."""
    company.write("employees", employee(1), employee(2))
    company.write(
        "tables_compensation",
        pay(1, "2024-02-01", "1 EUR"),
        pay(2, "2024-02-01", "2 EUR"),
    )
    company.load()
    company.write("employees", employee(1, lastChanged=NEW), employee(2))
    company.write("tables_compensation", pay(2, "2024-02-01", "2 EUR"))
    company.load(read_all=read_all)
    assert newest(company, "compensation", "rate_value") == [("2", Decimal(2))]
    company.load(read_all=read_all)
    assert company.rows(
        "select count(*) from compensation where row_hash = '' and rate_value is null"
    ) == [(1,)]


def test_equal_rows_are_one_and_are_counted(company):
    """Else a doubled row counts a hire twice, or the load does not add up."""
    company.write("employees", employee(1))
    row = status(1, "2024-02-01", "Full-Time")
    company.write("tables_employmentStatus", row, {**row, "id": "9"})
    tables = {table.table: table for table in company.load().tables}
    table = tables["employment_status"]
    assert (table.received, table.loaded, table.duplicates) == (2, 1, 1)


def test_a_deleted_employee_is_marked_once_and_a_returning_one_is_back(company):
    """Else somebody who never worked here stays in the headcount."""
    company.write("employees", employee(1), employee(2))
    company.load()
    deleted = {"employeeId": "2", "deleted": True, "created": OLD, "lastChanged": NEW}
    company.write("employees", employee(1), deleted)
    assert company.loaded() == {"employee_changes": 1, "vanished_records": 1}
    assert company.rows("select employee_id, action from employee_changes") == [
        ("2", "Deleted")
    ]
    assert company.rows("select table_name, record_id from vanished_records") == [
        ("employees", "2")
    ]
    company.write("employees", employee(1), employee(2, lastChanged=NEW))
    assert company.loaded()["employees"] == 1


def test_time_off_follows_its_window_and_all_of_it_is_read_on_demand(company):
    """Else a canceled holiday still empties the office."""

    def request(number: int, start: str, end: str, state: str) -> dict[str, Any]:
        return {
            "id": number,
            "employeeId": 1,
            "start": start,
            "end": end,
            "created": "2026-01-02",
            "status": {"status": state, "lastChanged": "2026-01-03"},
            "type": {"id": "78", "name": "Vacation"},
            "amount": {"unit": "days", "amount": "2"},
            "dates": {start: 1, end: "1"},
        }

    old = request(1, "2025-12-30", "2026-01-04", "approved")
    soon = request(2, "2026-12-01", "2026-12-02", "requested")
    company.write("employees", employee(1))
    company.write("time_off", old, soon)
    # The one over the new year is in two windows of the first load.
    assert company.loaded()["time_off"] == 2
    company.write(
        "time_off",
        {**old, "status": {"status": "canceled"}},
        {**soon, "status": {"status": "approved"}},
    )
    assert company.loaded() == {"time_off": 1}
    query = "select id, status, amount::int, dates from time_off order by id"
    assert company.rows(query)[1] == (
        "2", "approved", 2, '{"2026-12-01":1,"2026-12-02":"1"}'
    )  # fmt: skip
    company.write("time_off", {**old, "status": {"status": "canceled"}})
    company.load(read_all=True)
    assert company.rows(query)[0][1] == "canceled"
    assert company.rows("select table_name, record_id from vanished_records") == [
        ("time_off", "2")
    ]


def test_a_field_that_is_hidden_everywhere_names_itself_and_the_permission(company):
    """Else the headcount is 0 because somebody narrowed an access level."""
    company.write("employees", employee(1), employee(2))
    company.load()
    hidden = {"_restrictedFields": ["hireDate"], "lastChanged": NEW}
    company.write("employees", employee(1, **hidden), employee(2, **hidden))
    with pytest.raises(LoadError) as failed:
        company.load()
    message = str(failed.value)
    assert message.startswith("bamboohr: employees was not loaded: hireDate is hidden")
    assert "Access Levels" in message
    assert company.rows("select count(hire_date) from employees") == [(2,)]
    company.write("employees", employee(1, **hidden), employee(2, lastChanged=NEW))
    company.load()
    drift = company.rows("select field_name, reason from quarantine")
    assert [field for field, _ in drift] == ["hireDate"]
    assert drift[0][1].startswith("hidden in 1 of 2 records")


def test_pay_that_may_no_longer_be_read_is_not_taken_for_no_pay(company):
    """Else one narrowed access level erases everybody's salary."""
    company.write("employees", employee(1))
    company.write("tables_compensation", pay(1, "2024-02-01", "1 EUR"))
    company.load()
    company.write("employees", employee(1, lastChanged=NEW))
    row = pay(1, "2024-02-01", "1 EUR")
    del row["rate"]
    company.write("tables_compensation", row)
    with pytest.raises(LoadError, match="compensation was not loaded: rate is hidden"):
        company.load()
    assert newest(company, "compensation", "rate_value") == [("1", Decimal(1))]


def test_a_headcount_that_drops_is_doubted(company):
    """Else a key that sees one department makes the company tiny."""
    everybody = [employee(n) for n in range(1, 61)]
    rows = [status(n, "2024-02-01", "Full-Time") for n in range(1, 61)]
    company.write("employees", *everybody)
    company.write("tables_employmentStatus", *rows)
    company.load()
    company.write("employees", *everybody[:20])
    company.write("tables_employmentStatus", *rows[:20])
    with pytest.raises(LoadError, match="40 of 60") as failed:
        company.load(read_all=True)
    assert "40 of 60 employees have no row in employmentStatus" in str(failed.value)
    assert company.rows("select count(*) from vanished_records") == [(0,)]
    assert len(newest(company, "employment_status", "date")) == 60
    company.load(read_all=True, believe_deletions=True)
    assert company.rows("select count(*) from vanished_records") == [(40,)]
    assert len(newest(company, "employment_status", "date")) == 20


def test_both_addresses_and_every_version_are_one_company(company, monkeypatch):
    """Else who still uses the gateway's address cannot load."""
    company.write("employees", employee(1))
    company.write("tables_employmentStatus", status(1, "2024-02-01", "Full-Time"))
    gateway = f"{company.server.url}/api/gateway.php/acme/v1"
    monkeypatch.setenv("SOURCES__BAMBOOHR__BASE_URL", gateway)
    assert company.loaded()["employees"] == 1
    assert all("gateway.php/acme/v1" in path for path in company.server.paths)


def test_without_company_or_key_the_message_names_the_variable(company, monkeypatch):
    """Else a newcomer reads a stack trace."""
    monkeypatch.delenv("SOURCES__BAMBOOHR__BASE_URL")
    with pytest.raises(LoadError, match="SOURCES__BAMBOOHR__COMPANY is not set"):
        company.load()
    monkeypatch.delenv("SOURCES__BAMBOOHR__API_KEY")
    with pytest.raises(LoadError, match="SOURCES__BAMBOOHR__API_KEY is not set"):
        company.load()


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("50000.00 USD", ("50000.00", "USD")),
        ("1,250,000.5 irr", ("1250000.5", "IRR")),
        ({"currency": "EUR", "value": "12.30"}, ("12.30", "EUR")),
        ("50000,00 EUR", ("50000,00 EUR", None)),
        (None, (None, None)),
    ],
)
def test_pay_is_read_as_text_or_object_and_never_guessed(said, read):
    """Else a decimal comma makes somebody a hundred times as expensive."""
    assert money(said) == read


def test_a_company_is_found_by_its_name_or_its_whole_address():
    """Else live mode needs more than configuration."""

    def address(**where: str) -> str:
        named = {"company": "", "base_url": "", **where}
        return api_for(TOKEN, **named)._base_url

    assert address(company="acme") == "https://acme.bamboohr.com/api/v1"
    gateway = "https://api.bamboohr.com/api/gateway.php/acme/v1"
    assert address(base_url=gateway) == gateway
    assert address(base_url="http://127.0.0.1:1/") == "http://127.0.0.1:1/api/v1"


def test_rows_carry_when_they_were_seen(company):
    """Else headcount as reported in June cannot be told from that of July."""
    company.write("employees", employee(1))
    company.write("tables_jobInfo", {
        "employeeId": "1", "date": "2024-02-01", "department": "Tea",
        "jobTitle": "Taster", "teams": ["a"],
    })  # fmt: skip
    company.load()
    assert company.rows("select extracted_at, teams from job_info") == [
        (datetime.fromisoformat("2026-11-18T20:00:00+00:00"), '["a"]')
    ]


def test_hours_of_a_week_arrive_also_where_a_former_version_did_not_ask(
    company, monkeypatch
):
    """Else who did not change since has no hours, and counts as a whole job or none."""
    company.write("employees", employee(1, standardHoursPerWeek="22.5"), employee(2))
    fields = _bamboohr_company.DETAIL_FIELDS
    monkeypatch.setattr(_bamboohr_company, "DETAIL_FIELDS", fields[:-1])
    company.load()
    monkeypatch.setattr(_bamboohr_company, "DETAIL_FIELDS", fields)
    assert company.loaded() == {"employee_details": 1}
    assert company.rows(
        "select employee_id, standard_hours_per_week from employee_details order by 1"
    ) == [("1", Decimal("22.5")), ("2", None)]
    assert company.loaded() == {}
