"""Time off: holidays, illness, Nowruz.

Planted: everybody in Tehran is off from 1 to 4 Farvardin (Nowruz), 2025 and 2026; one
request is canceled, one denied and one asked for the Christmas that lies ahead;
employees with an odd number have ids and amounts as texts, as many tenants do.
"""

import random
from datetime import date, timedelta

from ingestion.sandbox.generator import calendar
from ingestion.sandbox.generator.bamboohr.careers import Career
from ingestion.sandbox.generator.company import Company

NOWRUZ = (date(2025, 3, 21), date(2026, 3, 21))
TYPES = {"Vacation": ("78", "palm-trees"), "Sick": ("79", "medical"), "Nowruz": ("81", "sun")}  # fmt: skip


def time_off_lines(company: Company, found: list[Career]) -> list[dict]:
    """Return the requests by id."""
    rng = company.rng("bamboohr/time_off")
    lines: list[dict] = []
    for career in found:
        employee = career.employee
        if employee.location == "Tehran":
            for day in NOWRUZ:
                if employee.works_on(day):
                    _add(lines, career, "Nowruz", day, 4, "approved")
        for year in (2025, 2026):
            for _ in range(rng.randrange(3, 7)):
                day = date(year, 1, 1) + timedelta(days=rng.randrange(360))
                if employee.works_on(day) and day < calendar.LAST_DAY:
                    kind = "Sick" if rng.random() < 0.3 else "Vacation"
                    length = _length(rng, kind)
                    _add(lines, career, kind, day, length, "approved")
    staying = [one for one in found if one.employee.works_on(date(2026, 12, 31))]
    for career, status in zip(
        staying, ("canceled", "denied", "requested"), strict=False
    ):
        _add(lines, career, "Vacation", date(2026, 12, 21), 5, status)
    return lines


def _length(rng: random.Random, kind: str) -> int:
    return rng.randrange(1, 5) if kind == "Sick" else rng.randrange(1, 12)


def _add(
    lines: list[dict], career: Career, kind: str, start: date, length: int, status: str
) -> None:
    days = [start + timedelta(days=offset) for offset in range(length)]
    off = {day.isoformat(): 1 if day.weekday() < 5 else 0 for day in days}
    entered = min(start - timedelta(days=20), calendar.LAST_DAY - timedelta(days=7))
    request_id: int | str = 1_300 + len(lines)
    employee_id: int | str = career.employee.number
    amount: int | str = sum(off.values())
    if career.employee.number % 2:
        request_id, employee_id, amount = str(request_id), str(employee_id), str(amount)
    type_id, icon = TYPES[kind]
    lines.append(
        {
            "id": request_id,
            "employeeId": employee_id,
            "name": career.employee.full_name,
            "start": days[0].isoformat(),
            "end": days[-1].isoformat(),
            "created": entered.isoformat(),
            "status": {
                "status": status,
                "lastChanged": (entered + timedelta(days=2)).isoformat(),
                "lastChangedByUserId": "2",
            },
            "type": {"id": type_id, "name": kind, "icon": icon},
            "amount": {"unit": "days", "amount": amount},
            "actions": {"view": True, "edit": False, "cancel": False},
            "dates": off,
            "notes": {"employee": "نوروز مبارک"} if kind == "Nowruz" else {},
        }
    )
