"""Personio's part of the sandbox company: the same staff, as Personio keeps them.

Ids are those of the staff plus 9,000,000. Planted: the last sales person but one moved
from a sub-company on 2026-01-01 (two employments that touch); somebody works 20 hours of
40; somebody is on LEAVE; the names of custom attributes are German.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from ingestion.sandbox.generator import calendar
from ingestion.sandbox.generator.company import Company
from ingestion.sandbox.generator.staff import DEPARTMENTS, SALES, Employee, staff
from ingestion.sandbox.generator.writing import write_lines

_FIRST_ID = 9_000_000
_DEPARTMENT_IDS = {
    name: str(1_700_001 + number) for number, name in enumerate((SALES, *DEPARTMENTS))
}
_OFFICES = ("Berlin", "Wien", "Tehran", "Istanbul", "London")  # codespell:ignore
# Who plays a planted part, by position in the staff.
_SWITCHED, _PART_TIME, _ON_LEAVE = 6, 4, 5


def write(company: Company, folder: Path) -> None:
    """Write the HR account of the company into a folder."""
    # A hire that lies ahead is onboarded in Personio, too.
    everybody = staff(company)
    employments = list(_employments(everybody))
    of_person: dict[str, list[dict]] = {}
    for one in employments:
        of_person.setdefault(one["person"]["id"], []).append({"id": one["id"]})
    persons = [_person(one, of_person[_id(one.number)]) for one in everybody]
    units = [
        {"id": unit_id, "type": "department", "name": name, "abbreviation": name[:3]}
        for name, unit_id in _DEPARTMENT_IDS.items()
    ]
    write_lines(folder / "persons.jsonl", persons)
    write_lines(folder / "employments.jsonl", employments)
    write_lines(folder / "org_units.jsonl", units)
    write_lines(folder / "compensations.jsonl", _compensations(everybody))
    write_lines(folder / "absence_periods.jsonl", _absences(company, everybody))


def _id(number: int) -> str:
    return str(_FIRST_ID + number)


def _person(employee: Employee, employments: list[dict]) -> dict:
    entered = min(employee.hired, calendar.LAST_DAY - timedelta(days=1))
    return {
        "id": _id(employee.number),
        "first_name": employee.first_name,
        "last_name": employee.last_name,
        "preferred_name": employee.first_name,
        "email": employee.email,
        "gender": employee.gender.upper(),
        "status": "ACTIVE" if employee.left is None else "INACTIVE",
        "profile_picture": {"url": None},
        "custom_attributes": [
            {
                "id": "dynamic_4711",
                "type": "date",
                "label": "Geburtsdatum",
                "value": employee.birth_date.isoformat(),
            }
        ],
        "employments": employments,
        "created_at": f"{entered}T08:00:00Z",
        "updated_at": f"{employee.left or entered}T16:00:00Z",
    }


def _employments(everybody: list[Employee]) -> Iterator[dict]:
    for position, employee in enumerate(everybody):
        switched = date(2026, 1, 1)
        if position == _SWITCHED and employee.works_on(switched):
            before = switched - timedelta(days=1)
            yield _employment(employee, 0, employee.hired, before, position)
            yield _employment(employee, 1, switched, None, position)
        else:
            last = employee.left - timedelta(days=1) if employee.left else None
            yield _employment(employee, 0, employee.hired, last, position)


def _employment(
    employee: Employee, number: int, first: date, last: date | None, position: int
) -> dict:
    today = calendar.LAST_DAY
    status = "ACTIVE" if last is None or last >= today else "INACTIVE"
    if first > today:
        status = "ONBOARDING"
    if position == _ON_LEAVE and status == "ACTIVE":
        status = "LEAVE"
    left = employee.left is not None and last is not None
    termination = {
        "termination_date": last.isoformat() if last else None,
        "last_working_day": last.isoformat() if last else None,
        "terminated_at": None,
        "type": "QUIT" if employee.number % 3 else "FIRED",
        "reason": "",
    }
    manager = employee.manager_number
    return {
        "id": f"{_id(employee.number)}-{number}",
        "person": {"id": _id(employee.number)},
        "status": status,
        "type": "INTERNAL",
        "position": {"title": employee.job_title},
        "weekly_working_hours": 20.0 if position == _PART_TIME else 40.0,
        "full_time_weekly_working_hours": 40.0,
        "employment_start_date": first.isoformat(),
        "employment_end_date": last.isoformat() if last else None,
        "probation_end_date": (first + timedelta(days=180)).isoformat(),
        "contract_end_date": None,
        "supervisor": {"id": _id(manager)} if manager else None,
        "office": {
            "id": str(300 + _OFFICES.index(employee.location)),
            "name": employee.location,
        },
        "org_units": [
            {"type": "department", "id": _DEPARTMENT_IDS[employee.department]}
        ],
        "legal_entity": {"id": str(500 + number)},
        "cost_centers": [{"id": "1", "weight": 100}],
        "termination": termination if left else None,
        "created_at": f"{min(first, today)}T08:00:00Z",
        "updated_at": f"{min(last or first, today)}T16:00:00Z",
    }


def _compensations(everybody: list[Employee]) -> Iterator[dict]:
    for employee in everybody:
        last = employee.left or calendar.LAST_DAY
        days = [employee.hired]
        for year in range(employee.hired.year + 1, last.year + 1):
            if employee.hired < (april := date(year, 4, 1)) < last:
                days.append(april)
        for number, day in enumerate(days):
            yearly = round(employee.yearly_pay * 1.03**number)
            yield {
                "id": f"{_id(employee.number)}-c{number}",
                "person": {"id": _id(employee.number)},
                "legal_entity": {"id": "500"},
                "effective_from": day.isoformat(),
                "interval": "YEARLY",
                "amount": {"value": yearly, "currency": "EUR"},
                "type": {"category": "FIXED_SALARY", "name": "Base salary"},
                "weekly_working_hours": 40.0,
                "full_time_weekly_working_hours": 40.0,
            }


def _absences(company: Company, everybody: list[Employee]) -> Iterator[dict]:
    rng = company.rng("personio/absences")
    number = 0
    for employee in everybody:
        for _ in range(3):
            start = date(2026, 1, 5) + timedelta(days=rng.randrange(300))
            if not employee.works_on(start):
                continue
            number += 1
            days = [
                start + timedelta(days=offset) for offset in range(rng.randrange(1, 6))
            ]
            is_half = rng.random() < 0.2
            entered = start - timedelta(days=14)
            yield {
                "id": f"a{10_000 + number}",
                "person": {"id": _id(employee.number)},
                "absence_type": {"id": "t1", "name": "Paid vacation"},
                "approval": {"status": "APPROVED"},
                "starts_from": {
                    "date_time": f"{days[0]}T00:00:00",
                    "type": "SECOND_HALF" if is_half else "FIRST_HALF",
                },
                "ends_at": {"date_time": f"{days[-1]}T00:00:00", "type": "SECOND_HALF"},
                "created_at": f"{entered}T09:00:00Z",
                "updated_at": f"{entered}T09:00:00Z",
                "breakdowns": [
                    {
                        "date": day.isoformat(),
                        "effective_duration": {
                            "unit": "DAY",
                            "value": 0.5 if is_half and day == days[0] else 1.0,
                        },
                    }
                    for day in days
                    if day.weekday() < 5
                ],
            }
