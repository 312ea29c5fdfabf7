"""Recruiting: a requisition per hire of the company's history, and what it cost.

Planted: requisition R-9001 was cancelled after it had cost an agency's fee, R-9002 is
still open; the costs end with a row of totals, as sheets do; one bill is in pounds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from ingestion.sandbox.generator import calendar
from ingestion.sandbox.generator.company import Company
from ingestion.sandbox.generator.dice import draw
from ingestion.sandbox.generator.staff import Employee, staff

COST_HEADER = (
    *("cost_id", "cost_date", "requisition_id", "department", "job_title"),
    *("source_name", "cost_type", "category", "amount", "currency", "description"),
)
STAGE_HEADER = (
    *("requisition_id", "application_id", "candidate_ref", "department", "job_title"),
    *("location", "source_name", "stage_name", "entered_date", "employee_number"),
)
CANCELLED, OPEN = "R-9001", "R-9002"
_SOURCES = (("job board", 5), ("referral", 2), ("agency", 2), ("career page", 3))


@dataclass(frozen=True)
class Requisition:
    """A position to be filled; `employee` is who filled it."""

    requisition_id: str
    department: str
    job_title: str
    location: str
    source: str
    opened: date
    closed: date | None
    employee: Employee | None


def requisitions(company: Company) -> list[Requisition]:
    """Return the requisitions by the day they were closed."""
    rng = company.rng("files/requisitions")
    found = []
    for employee in staff(company):
        # Who starts next month has accepted already.
        if employee.hired < calendar.FIRST_DAY:
            continue
        closed = employee.hired - timedelta(days=rng.randrange(20, 50))
        closed = min(closed, calendar.LAST_DAY)
        found.append(
            Requisition(
                f"R-{employee.number:04d}",
                *(employee.department, employee.job_title, employee.location),
                draw(rng, _SOURCES),
                closed - timedelta(days=rng.randrange(25, 90)),
                closed,
                employee,
            )
        )
    planted = ("Engineering", "Engineer", "Berlin", "agency")
    return [
        *sorted(found, key=lambda one: (one.closed or one.opened, one.requisition_id)),
        Requisition(CANCELLED, *planted, date(2026, 5, 4), date(2026, 7, 6), None),
        Requisition(OPEN, *planted, date(2026, 9, 21), None, None),
    ]


def stage_rows(
    company: Company, found: list[Requisition]
) -> Iterator[tuple[object, ...]]:
    """Yield one row per application and stage that it reached."""
    rng = company.rng("files/recruiting")
    for one in found:
        where = (one.department, one.job_title, one.location)
        about = (one.requisition_id, "", "", *where, "")
        yield (*about, "opened", one.opened, "")
        last = one.closed or calendar.LAST_DAY
        days = max((last - one.opened).days, 8)
        for number in range(rng.randrange(4, 12)):
            is_hired = number == 0 and one.employee is not None
            application = f"{one.requisition_id}-A{number + 1}"
            source = one.source if is_hired else draw(rng, _SOURCES)
            about = (one.requisition_id, application, f"c{rng.getrandbits(40):010x}")
            about = (*about, *where, source)
            day = one.opened + timedelta(days=rng.randrange(0, max(days // 3, 1)))
            stages = ["applied", "screening", "interview", "offer", "accepted"]
            if not is_hired:
                stages = [*stages[: rng.randrange(1, 4)], draw(rng, (("rejected", 4), ("withdrawn", 1)))]  # fmt: skip
            step = max((last - day).days // len(stages), 1)
            for turn, stage in enumerate(stages):
                entered = day + timedelta(days=step * turn)
                if stage == "accepted":
                    entered = last
                hired = f"Z-{one.employee.number:04d}" if one.employee else ""
                number_of = hired if is_hired and stage == "accepted" else ""
                yield (*about, stage, min(entered, last), number_of)
        if one.requisition_id == CANCELLED:
            yield (one.requisition_id, "", "", *where, "", "cancelled", one.closed, "")


def cost_rows(
    company: Company, found: list[Requisition]
) -> Iterator[tuple[object, ...]]:
    """Yield bills and internal hours, in euro but for one."""
    rng = company.rng("files/hiring_costs")
    number, total = 0, 0.0
    for one in found:
        bills = [
            ("internal", "recruiter time", rng.randrange(300, 1_500, 10)),
            ("internal", "interview time", rng.randrange(200, 900, 10)),
            ("external", "job ads", rng.randrange(150, 1_200, 10)),
        ]
        if one.source == "agency":
            bills.append(("external", "agency fee", rng.randrange(5_000, 12_000, 100)))
        if one.source == "referral" and one.employee:
            bills.append(("external", "referral bonus", 1_000))
        for kind, category, amount in bills:
            number += 1
            total += amount
            currency = "GBP" if number == 4 else "EUR"
            day = min(
                (one.closed or one.opened) + timedelta(days=10), calendar.LAST_DAY
            )
            about = (one.requisition_id, one.department, one.job_title, one.source)
            yield (
                *(f"HC-{number:05d}", day, *about),
                *(kind, category, f"{amount}.00", currency, ""),
            )
    yield ("Total", "", "", "", "", "", "", "", f"{total:.2f}", "", "")
