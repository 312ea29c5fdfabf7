"""Careers as the objects of BambooHR's API; ids are texts, unset dates 0000-00-00."""

from datetime import date, timedelta

from ingestion.sandbox.generator import calendar
from ingestion.sandbox.generator.bamboohr.careers import Career

# Planted: entered twice by mistake and deleted; only the changes know of it.
DELETED_ID = "990"
UNSET = "0000-00-00"


def employee_line(career: Career) -> dict:
    """Return the employee as the list shows him, with what only his own page says."""
    employee = career.employee
    today = calendar.LAST_DAY.isoformat()
    past = [row for row in career.status if str(row["date"]) <= today]
    label = str(past[-1]["employmentStatus"]) if past else ""
    terminations = [
        str(row["date"])
        for row in career.status
        if row["employmentStatus"] == "Terminated"
    ]
    starts = [
        str(row["date"])
        for previous, row in zip([None, *career.status], career.status, strict=False)
        if row["employmentStatus"] != "Terminated"
        and (previous is None or previous["employmentStatus"] == "Terminated")
    ]
    is_gone = bool(terminations) and terminations[-1] > starts[-1]
    return {
        "employeeId": str(employee.number),
        "firstName": employee.first_name,
        "lastName": employee.last_name,
        "preferredName": None,
        "photoUrl": None,
        "jobTitleName": career.now("jobInfo", "jobTitle"),
        # A hire that lies ahead is not active yet.
        "status": "Active" if past and label != "Terminated" else "Inactive",
        "_restrictedFields": [],
        "workEmail": employee.email,
        "birthDate": employee.birth_date.isoformat(),
        "hireDate": starts[-1],
        "divisionName": career.now("jobInfo", "division"),
        "departmentId": str(
            18_000 + sum(map(ord, str(career.now("jobInfo", "department"))))
        ),
        "departmentName": career.now("jobInfo", "department"),
        "locationName": employee.location,
        "jobTitleId": None,
        "employmentStatusId": None,
        "employmentStatusName": label or "Full-Time",
        "reportsToId": str(career.manager.number) if career.manager else None,
        "reportsToName": career.manager.full_name if career.manager else None,
        "employeeNumber": f"Z-{employee.number:04d}",
        "gender": employee.gender,
        "originalHireDate": starts[0],
        # A text, as BambooHR writes the numbers of its fields.
        "standardHoursPerWeek": career.weekly_hours,
        "terminationDate": terminations[-1] if is_gone else UNSET,
        "created": f"{_before(starts[0])}T09:00:00+00:00",
        "lastChanged": f"{_last_change(career)}T15:30:00+00:00",
    }


def deleted_line() -> dict:
    """Return an employee who was deleted for good."""
    return {
        "employeeId": DELETED_ID,
        "deleted": True,
        "created": "2026-11-09T08:00:00+00:00",
        "lastChanged": "2026-11-10T10:00:00+00:00",
    }


def table_lines(name: str, found: list[Career]) -> list[dict]:
    """Return the rows of a history of all employees."""
    rows = [
        {"employeeId": str(career.employee.number), **row}
        for career in found
        for row in career.rows(name)
    ]
    return [{"id": str(18_000 + number), **row} for number, row in enumerate(rows)]


def _before(day: str) -> str:
    """Return the day on which a hire was entered, never after the company's last."""
    entered = date.fromisoformat(day) - timedelta(days=30)
    return min(entered, calendar.LAST_DAY - timedelta(days=1)).isoformat()


def _last_change(career: Career) -> str:
    days = [str(row["date"]) for row in (*career.status, *career.job)]
    days += [str(row["startDate"]) for row in career.pay]
    yesterday = (calendar.LAST_DAY - timedelta(days=1)).isoformat()
    return max(min(day, yesterday) for day in days)
