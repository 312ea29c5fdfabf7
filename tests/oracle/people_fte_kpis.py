"""K68, and K78's revenue for each whole job: people by the part that they have."""

import hashlib
from collections import defaultdict
from datetime import date
from decimal import Decimal

import orjson

from tests.oracle.comparison import Rows
from tests.oracle.people import TYPES, People
from tests.oracle.periods import ONE_DAY, period_of

WHOLE_WEEK = 40
SCOPE_TYPES = ("total", "department", "location")
CALENDARS = ("month", "jalali_month")


class Parts:
    """Which part of a whole job each worker has, and to whom he reports."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._staff = {
            line["employeeId"]: line
            for line in lines(people, "employees")
            if "deleted" not in line
        }
        self._names: dict[str, list[str]] = defaultdict(list)
        for worker, line in self._staff.items():
            self._names[f"{line['firstName']} {line['lastName']}"].append(worker)
        self._jobs: dict[str, list[dict]] = defaultdict(list)
        for line in lines(people, "tables_jobInfo"):
            self._jobs[line["employeeId"]].append(line)

    def part(self, worker: str, day: date) -> float | None:
        """Return the part of a whole job on a day, None where nobody knows."""
        working = [
            (when, TYPES[row["employmentStatus"]])
            for when, row in self._people.statuses[worker]
            if TYPES[row["employmentStatus"]] not in ("leave", "terminated")
        ]
        past = [one for one in working if one[0] <= day]
        if not past:
            return None
        if past[-1][1] == "full_time":
            return 1.0
        # Hours are those of now.
        present = [one for one in working if one[0] <= self._people.today][-1]
        hours = self._staff[worker]["standardHoursPerWeek"]
        is_known = hours is not None and past[-1] == present
        return min(float(hours) / WHOLE_WEEK, 1.0) if is_known else None

    def manager(self, worker: str, day: date) -> str:
        """Return the person_key of whom a worker reports to on a day."""
        past = [row for row in self._jobs[worker] if row["date"] <= day.isoformat()]
        name = max(past, key=lambda row: row["date"])["reportsTo"]
        own = self._staff[worker]
        found = self._names.get(name, [])
        if name and name == own["reportsToName"]:
            manager = own["reportsToId"]
        else:
            manager = found[0] if len(found) == 1 else None
        if manager is None:
            return "no manager"
        address = f"person-{self._staff[manager]['workEmail'].lower()}"
        return hashlib.md5(address.encode()).hexdigest()


def lines(people: People, name: str) -> list[dict]:
    """Return the objects of one file of the HR system."""
    content = (people.folder / "bamboohr" / f"{name}.jsonl").read_bytes()
    return [orjson.loads(line) for line in content.splitlines()]


def kpi_fte_monthly(people: People, sales: dict[tuple[str, date], Decimal]) -> Rows:
    """Return K68 of the months of both calendars; `sales` are the shop's net sales."""
    parts = Parts(people)
    by_day: dict = defaultdict(lambda: defaultdict(list))
    for worker, days in people.days.items():
        for day in days:
            if not (scopes := people.scopes(worker, day)):
                continue
            part = parts.part(worker, day)
            named = [scope for scope in scopes if scope[0] in SCOPE_TYPES]
            for scope in (*named, ("manager", parts.manager(worker, day))):
                by_day[scope][day].append(part)
    rows: Rows = {}
    for scope, found in by_day.items():
        for period_type in CALENDARS:
            start, end = period_of(period_type, min(found))
            while start <= people.today:
                net = sales.get((period_type, start)) if scope[0] == "total" else None
                last = min(end, people.today)
                rows[period_type, start, *scope] = _month(found, start, last, net) | {
                    "is_complete": end < people.today
                }
                start, end = period_of(period_type, end + ONE_DAY)
    return rows


def _month(
    found: dict[date, list[float | None]], first: date, last: date, net: Decimal | None
) -> dict[str, object]:
    days = (last - first).days + 1
    closing = found.get(last, [])
    every = [one for day, ones in found.items() if first <= day <= last for one in ones]
    total = sum(one for one in every if one is not None)
    unknown = sum(one is None for one in every)
    average = total / days
    return {
        "headcount_count": len(closing),
        "unknown_fte_count": sum(one is None for one in closing),
        "fte_value": float(sum(one for one in closing if one is not None)),
        "elapsed_day_count": days,
        "person_day_count": len(every),
        "unknown_fte_day_count": unknown,
        "total_fte_days": float(total),
        "average_fte_value": average,
        "known_fte_share": (len(every) - unknown) / len(every) if every else None,
        "net_sales_amount_base": net,
        "net_sales_per_fte_value": float(net) / average if net and average else None,
    }
