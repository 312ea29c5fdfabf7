"""Careers: what happened to each employee, as rows of BambooHR's three histories.

Everybody is hired, gets a rise each April, and leavers have a row "Terminated".
Planted, by the employee's role in `cast`:

- `promoted`: Senior Support Agent on 2025-07-01, which is no hire;
- `moved`: from Operations to Customer Support on 2026-03-16, in the middle of a month;
- `rehired`: left on 2025-03-01, came back on 2025-09-01 under the same id;
- `leaving`: Terminated on 2027-01-31, which lies ahead: still employed;
- `contractor`: never on the payroll's headcount;
- `corrected`: HR moved a rise from April to May 2026 afterwards (its comment says so);
- `on_leave`: Leave of Absence from 2026-02-01 to 2026-05-31, then Part-Time;
- `hourly`: paid by the hour; his first pay is written "15.50 EUR", not as an object;
- `hours_unknown`: works part-time, and nobody entered how many hours; the others' hours
  are as of now, so that those of `on_leave` before his leave are not known either;
- a leaver's regret and will are drawn, those of the support agent who left on
  2026-05-16 are Resignation (Voluntary) and regretted.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from ingestion.sandbox.generator import calendar
from ingestion.sandbox.generator.company import Company
from ingestion.sandbox.generator.staff import Employee, members, staff

# Location: (currency, units for one euro, pay per, periods of a year).
PAY = {
    "Berlin": ("EUR", 1.0, "Year", 1),
    "Wien": ("EUR", 1.0, "Year", 1),  # codespell:ignore
    "London": ("GBP", 0.85, "Year", 1),
    "Istanbul": ("TRY", 48.0, "Month", 12),
    "Tehran": ("IRR", 1_200_000.0, "Month", 12),
}
DIVISIONS = {"Tehran": "Middle East", "Istanbul": "Middle East"}
VOLUNTARY, INVOLUNTARY = "Resignation (Voluntary)", "Termination (Involuntary)"
Row = dict[str, object]


@dataclass
class Career:
    """An employee and the rows of his histories, oldest first."""

    employee: Employee
    manager: Employee | None
    status: list[Row] = field(default_factory=list)
    job: list[Row] = field(default_factory=list)
    pay: list[Row] = field(default_factory=list)
    first_hired: date | None = None
    weekly_hours: str | None = None

    def rows(self, table: str) -> list[Row]:
        """Return the rows of a table of the API."""
        return {
            "employmentStatus": self.status,
            "jobInfo": self.job,
            "compensation": self.pay,
        }[table]

    def now(self, table: str, name: str) -> object:
        """Return what a history says on the company's last day; else its first row."""
        day = "startDate" if table == "compensation" else "date"
        rows = self.rows(table)
        past = [row for row in rows if str(row[day]) <= calendar.LAST_DAY.isoformat()]
        return (past or rows)[-1 if past else 0].get(name)


def cast(company: Company) -> dict[str, Employee]:
    """Return who plays which planted part; sizes differ, parts do not."""
    everybody = staff(company)
    stays = {
        department: [
            one
            for one in members(everybody, department)[1:]
            if one.hired < date(2024, 6, 1) and one.left is None
        ]
        for department in ("Operations", "Customer Support", "Content", "Marketing")
    }
    spare = [
        one
        for one in everybody
        if one.left is None
        and one.manager_number
        and one.rep is None
        and one.hired < date(2024, 6, 1)
    ]
    promoted = stays["Customer Support"][0]
    taken = {promoted.number}
    parts = {"promoted": promoted}
    for part, department in (
        ("moved", "Operations"),
        ("contractor", "Content"),
        ("hourly", "Operations"),
        ("rehired", ""),
        ("leaving", ""),
        ("corrected", ""),
        ("on_leave", ""),
    ):
        pool = stays.get(department, []) + spare
        parts[part] = next(one for one in pool if one.number not in taken)
        taken.add(parts[part].number)
    return parts


def careers(company: Company) -> list[Career]:
    """Return the careers of the whole staff, by number."""
    everybody = staff(company)
    by_number = {one.number: one for one in everybody}
    rng = company.rng("bamboohr/careers")
    found: dict[int, Career] = {}
    for employee in everybody:
        manager = by_number.get(employee.manager_number or 0)
        career = Career(employee, manager, first_hired=employee.hired)
        is_part_time = rng.random() < 0.12 and employee.rep is None
        label = "Part-Time" if is_part_time else "Full-Time"
        career.status.append(_status(employee.hired, label))
        career.job.append(_job(employee, manager, employee.hired))
        _pay_history(career, rng.uniform(0.02, 0.06))
        if employee.left:
            is_voluntary = rng.random() < 0.65
            career.status.append(
                _termination(
                    employee.left,
                    VOLUNTARY if is_voluntary else INVOLUNTARY,
                    is_regretted=is_voluntary and rng.random() < 0.5,
                )
            )
        found[employee.number] = career
    first_agent = members(everybody, "Customer Support")[1]
    found[first_agent.number].status[-1] = _termination(
        date(2026, 5, 16), VOLUNTARY, is_regretted=True
    )
    _plant({part: found[one.number] for part, one in cast(company).items()}, everybody)
    _weekly_hours(company, list(found.values()))
    return list(found.values())


def _weekly_hours(company: Company, found: list[Career]) -> None:
    """Enter the hours that a present week has; a whole week in Austria has 38.5."""
    rng = company.rng("bamboohr/hours")
    is_unknown = True
    for career in found:
        working = [
            str(row["employmentStatus"])
            for row in career.status
            if row["employmentStatus"] not in ("Terminated", "Leave of Absence")
        ]
        if working[-1] == "Part-Time":
            # Planted: `hours_unknown` is the first of them.
            hours = rng.choice(("16", "20", "24", "30", "32"))
            career.weekly_hours = None if is_unknown else hours
            is_unknown = False
        else:
            is_austrian = career.employee.country == "Austria"
            career.weekly_hours = "38.5" if is_austrian else "40"


def _plant(parts: dict[str, Career], everybody: list[Employee]) -> None:
    promoted = parts["promoted"]
    promoted.job[0]["jobTitle"] = "Support Agent"
    promoted.job.append(
        {**promoted.job[-1], "date": "2025-07-01", "jobTitle": "Senior Support Agent"}
    )
    moved, support = parts["moved"], members(everybody, "Customer Support")[0]
    moved.job.append(
        {
            **moved.job[-1],
            "date": "2026-03-16",
            "department": "Customer Support",
            "jobTitle": "Support Agent",
            "reportsTo": support.full_name,
        }
    )
    rehired = parts["rehired"]
    rehired.status += [
        _termination(date(2025, 3, 1), VOLUNTARY, is_regretted=False),
        _status(date(2025, 9, 1), "Full-Time", comment="Came back"),
    ]
    parts["leaving"].status.append(
        _termination(date(2027, 1, 31), INVOLUNTARY, is_regretted=False)
    )
    parts["contractor"].status[0]["employmentStatus"] = "Contractor"
    rise = parts["corrected"].pay[-1]
    rise |= {"startDate": "2026-05-01", "comment": "Corrected: was April"}
    leave = parts["on_leave"]
    leave.status += [
        _status(date(2026, 2, 1), "Leave of Absence"),
        _status(date(2026, 6, 1), "Part-Time"),
    ]
    hourly = parts["hourly"]
    for number, row in enumerate(hourly.pay):
        rate = {"currency": "EUR", "value": f"{15.5 + 0.75 * number:.2f}"}
        row |= {"type": "Hourly", "paidPer": "Hour", "rate": rate}
    hourly.pay[0]["rate"] = "15.50 EUR"


def _status(day: date, label: str, *, comment: str = "") -> Row:
    return {
        "date": day.isoformat(),
        "employmentStatus": label,
        "comment": comment,
        "terminationReasonId": None,
        "terminationTypeId": None,
        "terminationRehireId": None,
        "terminationRegrettableId": None,
    }


def _termination(day: date, kind: str, *, is_regretted: bool) -> Row:
    return {
        **_status(day, "Terminated"),
        "terminationReasonId": "Other employment"
        if kind == VOLUNTARY
        else "Performance",
        "terminationTypeId": kind,
        "terminationRehireId": "Yes" if is_regretted else "Upon review",
        "terminationRegrettableId": "Yes" if is_regretted else "No",
    }


def _job(employee: Employee, manager: Employee | None, day: date) -> Row:
    return {
        "date": day.isoformat(),
        "location": employee.location,
        "department": employee.department,
        "division": DIVISIONS.get(employee.location, "Europe"),
        "jobTitle": employee.job_title,
        "reportsTo": manager.full_name if manager else "",
        "teams": [employee.rep.team_name] if employee.rep else [],
    }


def _pay_history(career: Career, rise: float) -> None:
    employee = career.employee
    currency, units, paid_per, periods = PAY[employee.location]
    yearly = employee.yearly_pay * units
    last = employee.left or calendar.LAST_DAY
    days = [employee.hired]
    for year in range(employee.hired.year, last.year + 1):
        april = date(year, 4, 1)
        if employee.hired + timedelta(days=180) < april < last:
            days.append(april)
    for number, day in enumerate(days):
        value = yearly * (1 + rise) ** number / periods
        career.pay.append(
            {
                "startDate": day.isoformat(),
                "rate": {"currency": currency, "value": f"{round(value, -1):.2f}"},
                "type": "Salary",
                "exempt": "Exempt",
                "reason": "Annual review" if number else "Hired",
                "comment": "",
                "paidPer": paid_per,
                "paySchedule": "Monthly",
                "overtimeRate": None,
            }
        )
