"""The generated HR systems and files: coherent with the company, truths planted."""

import csv
import hashlib
from collections import Counter
from datetime import date
from pathlib import Path

import jdatetime
import orjson
import pytest

from ingestion.sandbox.generator import bamboohr, files, personio
from ingestion.sandbox.generator.bamboohr.careers import cast
from ingestion.sandbox.generator.company import SIZES, Company
from ingestion.sandbox.generator.founding import found_company
from ingestion.sandbox.generator.staff import staff

PARTS = {"bamboohr": bamboohr, "files": files, "personio": personio}


@pytest.fixture(scope="module")
def company() -> Company:
    """Return the small company."""
    return found_company(7, SIZES["small"])


def write(company: Company, folder: Path) -> Path:
    """Write the three parts and return their folder."""
    for name, part in PARTS.items():
        part.write(company, folder / name)
    return folder


@pytest.fixture(scope="module")
def folder(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the written parts of the small company."""
    return write(company, tmp_path_factory.mktemp("hr"))


def lines(folder: Path, name: str) -> list[dict]:
    """Return the objects of a file."""
    content = (folder / f"{name}.jsonl").read_bytes()
    return [orjson.loads(line) for line in content.splitlines()]


def sheet(folder: Path, name: str) -> list[dict]:
    """Return the rows of a CSV file."""
    with (folder / "files" / f"{name}.csv").open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def rows_of(folder: Path, table: str, number: int) -> list[dict]:
    """Return an employee's rows of a history."""
    every = lines(folder, f"bamboohr/tables_{table}")
    return [row for row in every if row["employeeId"] == str(number)]


def test_the_same_seed_writes_the_same_bytes(
    company: Company, folder: Path, tmp_path: Path
) -> None:
    """Else a changed number of a KPI could be the generator's mood."""

    def digests(path: Path) -> dict[str, str]:
        return {
            str(file.relative_to(path)): hashlib.sha256(file.read_bytes()).hexdigest()
            for file in path.rglob("*.*")
            if file.is_file()
        }

    again = write(found_company(7, SIZES["small"]), tmp_path)
    assert digests(again) == digests(folder)


def test_everybody_of_the_staff_is_in_both_hr_systems(
    company: Company, folder: Path
) -> None:
    """Else a sales person of the CRM is nobody's employee."""
    emails = {one.email for one in staff(company)}
    employees = lines(folder, "bamboohr/employees")
    assert {one["workEmail"] for one in employees if "workEmail" in one} == emails
    assert {one["email"] for one in lines(folder, "personio/persons")} == emails
    assert {rep.email for rep in company.reps} <= emails
    known = {one["employeeId"] for one in employees}
    for table in ("employmentStatus", "jobInfo", "compensation"):
        named = {row["employeeId"] for row in lines(folder, f"bamboohr/tables_{table}")}
        assert named == known - {"990"}
    asked = {str(one["employeeId"]) for one in lines(folder, "bamboohr/time_off")}
    assert asked <= known


def test_each_planted_career_is_there(company: Company, folder: Path) -> None:
    """Else a KPI's edge case is tested by nothing."""
    parts = {name: one.number for name, one in cast(company).items()}
    assert len(set(parts.values())) == len(parts)
    titles = [row["jobTitle"] for row in rows_of(folder, "jobInfo", parts["promoted"])]
    assert titles == ["Support Agent", "Senior Support Agent"]
    moves = rows_of(folder, "jobInfo", parts["moved"])
    assert [(row["department"], row["date"]) for row in moves][1] == (
        "Customer Support",
        "2026-03-16",
    )
    statuses = {
        name: [
            (row["date"], row["employmentStatus"])
            for row in rows_of(folder, "employmentStatus", number)
        ][1:]
        for name, number in parts.items()
    }
    assert statuses["rehired"] == [
        ("2025-03-01", "Terminated"),
        ("2025-09-01", "Full-Time"),
    ]
    assert statuses["leaving"] == [("2027-01-31", "Terminated")]
    assert statuses["on_leave"] == [
        ("2026-02-01", "Leave of Absence"),
        ("2026-06-01", "Part-Time"),
    ]
    contractor = rows_of(folder, "employmentStatus", parts["contractor"])
    assert contractor[0]["employmentStatus"] == "Contractor"
    hourly = rows_of(folder, "compensation", parts["hourly"])
    assert hourly[0]["rate"] == "15.50 EUR"
    assert {row["paidPer"] for row in hourly} == {"Hour"}
    corrected = rows_of(folder, "compensation", parts["corrected"])[-1]
    assert (corrected["startDate"], corrected["comment"]) == (
        "2026-05-01",
        "Corrected: was April",
    )
    employees = {one["employeeId"]: one for one in lines(folder, "bamboohr/employees")}
    rehired = employees[str(parts["rehired"])]
    assert (rehired["hireDate"], rehired["terminationDate"]) == (
        "2025-09-01",
        "0000-00-00",
    )
    assert rehired["originalHireDate"] < "2024-06-01"
    assert employees[str(parts["leaving"])]["status"] == "Active"
    assert employees["990"]["deleted"] is True
    future = [
        one for one in employees.values() if one.get("hireDate", "") > "2026-11-18"
    ]
    assert [one["status"] for one in future] == ["Inactive"]
    currencies = Counter(
        row["rate"]["currency"]
        for row in lines(folder, "bamboohr/tables_compensation")
        if isinstance(row["rate"], dict)
    )
    assert {"EUR", "GBP", "IRR"} <= currencies.keys()


def test_tehran_is_off_at_nowruz(folder: Path) -> None:
    """Else a season that matters here is in no number."""
    nowruz = [
        one
        for one in lines(folder, "bamboohr/time_off")
        if one["type"]["name"] == "Nowruz"
    ]
    assert {one["start"] for one in nowruz} == {"2025-03-21", "2026-03-21"}
    statuses = Counter(
        one["status"]["status"] for one in lines(folder, "bamboohr/time_off")
    )
    assert {"approved", "canceled", "denied", "requested"} == statuses.keys()


def test_personio_names_its_references(folder: Path) -> None:
    """Else a supervisor or a department is nobody."""
    persons = {one["id"]: one for one in lines(folder, "personio/persons")}
    units = {one["id"] for one in lines(folder, "personio/org_units")}
    employments = lines(folder, "personio/employments")
    for one in employments:
        assert one["id"] in {
            job["id"] for job in persons[one["person"]["id"]]["employments"]
        }
        assert one["supervisor"] is None or one["supervisor"]["id"] in persons
        assert {unit["id"] for unit in one["org_units"]} <= units
    of_person = Counter(one["person"]["id"] for one in employments)
    assert max(of_person.values()) == 2
    assert "LEAVE" in {one["status"] for one in employments}


def test_surveys_name_nobody_and_have_small_groups(
    company: Company, folder: Path
) -> None:
    """Else anonymity is a promise that the file breaks."""
    rows = sheet(folder, "hr_surveys/responses")
    numbers = {str(one.number) for one in staff(company)}
    assert not numbers & {row["response_id"].rpartition("-")[2] for row in rows}
    last = [
        row
        for row in rows
        if row["wave"] == "2026-H2" and row["question_code"] == "enps"
    ]
    answers = Counter(row["department"] for row in last if row["score"])
    assert min(answers.values()) < 5 <= max(answers.values())
    doubled = Counter((row["response_id"], row["question_code"]) for row in rows)
    assert sorted(doubled.values())[-2:] == [2, 2]
    assert any(row["sent_at"] == "۱۴۰۴/۰۶/۱۰" for row in rows)
    assert any("\n" in row["comment"] for row in rows)


def test_costs_and_stages_belong_to_requisitions(
    company: Company, folder: Path
) -> None:
    """Else cost per hire divides bills by somebody else's hires."""
    stages = sheet(folder, "recruiting")
    requisitions = {row["requisition_id"] for row in stages}
    costs = sheet(folder, "hiring_costs")
    assert costs[-1]["cost_id"] == "Total"
    assert {row["requisition_id"] for row in costs[:-1]} <= requisitions
    hired = {row["employee_number"] for row in stages if row["employee_number"]}
    numbers = {
        f"Z-{one.number:04d}"
        for one in staff(company)
        if one.hired >= date(2024, 11, 1)
    }
    assert hired == numbers
    closed = {row["requisition_id"]: row["stage_name"] for row in stages}
    assert closed["R-9001"] == "cancelled"
    assert "accepted" not in {
        row["stage_name"] for row in stages if row["requisition_id"] == "R-9002"
    }
    assert all(row["entered_date"] <= "2026-11-18" for row in stages)


def test_both_calendars_of_a_campaign_name_the_same_day(folder: Path) -> None:
    """Else the uplift of Nowruz is measured in the wrong week."""
    checked = 0
    for row in sheet(folder, "campaign_calendar"):
        for end in ("start_date", "end_date"):
            if row[end] and row[f"{end}_jalali"]:
                year, month, day = map(int, row[f"{end}_jalali"].split("/"))
                expected = jdatetime.date(year, month, day).togregorian().isoformat()
                assert row[end] == expected
                checked += 1
    assert checked == 6


def test_rates_and_targets_are_none_that_the_crm_has(folder: Path) -> None:
    """Else a file would double a goal, or contradict a rate."""
    assert {row["from_currency"] for row in sheet(folder, "fx_rates")} == {"IRR"}
    assert {row["target_type"] for row in sheet(folder, "targets")} == {"net_sales"}
    months = [
        row["target_month"]
        for row in sheet(folder, "targets")
        if row["country_name"] == "Turkey"
    ]
    assert len(months) == 11
    assert "2026-09-01" not in months
