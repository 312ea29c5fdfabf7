"""The staff as BambooHR's and the files' data tell it, one day after the other."""

import csv
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from pathlib import Path

import jdatetime
import orjson

from tests.oracle.crm import Crm
from tests.oracle.periods import ONE_DAY, Clock, last_of_month, period_of

TYPES = {
    "Full-Time": "full_time",
    "Part-Time": "part_time",
    "Contractor": "contractor",
    "Leave of Absence": "leave",
    "Terminated": "terminated",
}
KINDS = {
    "Resignation (Voluntary)": "voluntary",
    "Termination (Involuntary)": "involuntary",
}
# K74: a longer gap begins the tenure anew.
GAP = timedelta(days=30)
# Completed years and days of tenure, up to and with the second number.
AGES = {
    "under 18": (0, 17),
    "18-24": (18, 24),
    "25-34": (25, 34),
    "35-44": (35, 44),
    "45-54": (45, 54),
    "55-64": (55, 64),
    "65 and over": (65, 150),
}
TENURES = {
    "under 3 months": (0, 90),
    "3-12 months": (91, 364),
    "1-2 years": (365, 729),
    "2-5 years": (730, 1825),
    "5 years and over": (1826, 36525),
}
# Into the next of these people come by time alone, and few of them are told nothing of.
BY_TIME = ("age_group", "tenure_band")
CALENDARS = ("month", "jalali_month")
Scope = tuple[str, str]
# Rates are kept at so many decimals.
RATE = Decimal("0.000000000001")


@dataclass(frozen=True)
class Day:
    """What somebody employed is on a day."""

    department: str
    location: str
    manager: str
    job_title: str
    contract: str
    is_counted: bool
    is_on_leave: bool


@dataclass(frozen=True)
class Month:
    """A month of a calendar up to today, and the days that it is compared with."""

    kind: str
    start: date
    end: date
    last: date
    prior: tuple[date, date]
    prior_year: tuple[date, date]

    @property
    def elapsed(self) -> int:
        """The days so far."""
        return (self.last - self.start).days + 1

    def holds(self, day: date) -> bool:
        """Return whether a day is one of those so far."""
        return self.start <= day <= self.last


def month_of(kind: str, day: date, today: date) -> Month:
    """Return the month that holds a day."""
    start, end = period_of(kind, day)
    elapsed = (min(end, today) - start).days
    windows = []
    first = start
    for number in range(12):
        first, last = period_of(kind, first - ONE_DAY)
        if number in (0, 11):
            is_open = end >= today
            stop = min(last, first + elapsed * ONE_DAY) if is_open else last
            windows.append((first, stop))
    return Month(kind, start, end, min(end, today), *windows)


def months_since(day: date, today: date) -> list[Month]:
    """Return the months of both calendars from the one of a day to today's."""
    found = []
    for kind in CALENDARS:
        start = period_of(kind, day)[0]
        while start <= today:
            found.append(month_of(kind, start, today))
            start = found[-1].end + ONE_DAY
    return found


@dataclass
class Spell:
    """A continuous employment; `left` is the first day without the person."""

    worker: str
    hired: date
    left: date | None
    tenure_start: date
    source: str
    kind: str = ""
    is_regretted: bool = False

    def tenure(self, day: date) -> int:
        """Return the days of tenure on a day."""
        return (day - self.tenure_start).days


class People:
    """Who was where on which day; a worker is his HR number, a rehire the same."""

    def __init__(self, folder: Path, clock: Clock, crm: Crm) -> None:
        self.folder = folder
        self.crm = crm
        self.today = clock.today
        addresses = [
            line["workEmail"]
            for line in self._lines("employees")
            if "deleted" not in line
        ]
        # People are told apart by address; here each number has its own.
        assert len(addresses) == len(set(addresses))

    def _lines(self, name: str) -> list[dict]:
        path = self.folder / "bamboohr" / f"{name}.jsonl"
        return [orjson.loads(line) for line in path.read_bytes().splitlines()]

    def file(self, name: str) -> list[dict[str, str]]:
        """Return the rows of a file; a row of totals has no day and is none."""
        with (self.folder / "files" / name).open(encoding="utf-8-sig") as opened:
            return [row for row in csv.DictReader(opened) if row]

    def _history(self, table: str, day: str) -> dict[str, list[tuple[date, dict]]]:
        found: dict[str, list[tuple[date, dict]]] = defaultdict(list)
        for line in self._lines(f"tables_{table}"):
            found[line["employeeId"]].append((date.fromisoformat(line[day]), line))
        return {
            worker: sorted(rows, key=lambda row: row[0])
            for worker, rows in found.items()
        }

    @cached_property
    def statuses(self) -> dict[str, list[tuple[date, dict]]]:
        """The employment status of each worker, oldest first."""
        return self._history("employmentStatus", "date")

    @cached_property
    def days(self) -> dict[str, dict[date, Day]]:
        """What each worker was on each day on which he was employed."""
        jobs = self._history("jobInfo", "date")
        managers = self._managers()
        found: dict[str, dict[date, Day]] = {}
        for worker, rows in self.statuses.items():
            found[worker] = {}
            day = rows[0][0]
            while day <= self.today:
                past = [
                    TYPES[row["employmentStatus"]] for when, row in rows if when <= day
                ]
                if past[-1] != "terminated":
                    working = [kind for kind in past if kind != "leave"]
                    job = [row for when, row in jobs[worker] if when <= day][-1]
                    contract = working[-1] if working else "leave"
                    found[worker][day] = Day(
                        job["department"],
                        job["location"],
                        managers(worker, job["reportsTo"]),
                        job["jobTitle"],
                        contract,
                        contract != "contractor",
                        past[-1] == "leave",
                    )
                day += ONE_DAY
        return found

    def _managers(self) -> Callable[[str, str], str]:
        known = {
            line["employeeId"]: line
            for line in self._lines("employees")
            if "deleted" not in line
        }
        names = defaultdict(list)
        for number, line in known.items():
            names[f"{line['firstName']} {line['lastName']}"].append(number)

        def manager(worker: str, name: str) -> str:
            # The history has names; of two people of one name the worker's own line
            # tells which one is his manager today.
            line = known.get(worker)
            if name and line and line["reportsToName"] == name:
                return line["reportsToId"]
            found = names.get(name, [])
            return found[0] if len(found) == 1 else "no manager"

        return manager

    @cached_property
    def births(self) -> dict[str, date]:
        """The day of birth of each worker who told it."""
        return {
            line["employeeId"]: date.fromisoformat(line["birthDate"])
            for line in self._lines("employees")
            if line.get("birthDate") not in {None, "", "0000-00-00"}
        }

    @cached_property
    def acceptances(self) -> dict[str, list[tuple[date, str]]]:
        """When each worker accepted an offer, and where he had come from."""
        numbers = {
            line["employeeNumber"]: line["employeeId"]
            for line in self._lines("employees")
            if "deleted" not in line
        }
        found = defaultdict(list)
        for row in self.file("recruiting.csv"):
            if row["stage_name"] == "accepted" and row["employee_number"] in numbers:
                day = date.fromisoformat(row["entered_date"])
                found[numbers[row["employee_number"]]].append((day, row["source_name"]))
        return found

    def _source(self, worker: str, hired: date, previous: Spell | None) -> str:
        since = previous.left if previous and previous.left else date.min
        known = [
            pair
            for pair in self.acceptances.get(worker, [])
            if since <= pair[0] <= hired
        ]
        return max(known)[1] if known else "unknown"

    @cached_property
    def spells(self) -> list[Spell]:
        """The continuous employments of those who count as headcount."""
        found: list[Spell] = []
        for worker, days in self.days.items():
            previous: Spell | None = None
            for day in sorted(when for when, one in days.items() if one.is_counted):
                yesterday = days.get(day - ONE_DAY)
                if not (yesterday and yesterday.is_counted):
                    is_near = previous and previous.left and day - previous.left <= GAP
                    start = previous.tenure_start if previous and is_near else day
                    source = self._source(worker, day, previous)
                    previous = Spell(worker, day, None, start, source)
                    found.append(previous)
                tomorrow = days.get(day + ONE_DAY)
                is_last = not (tomorrow and tomorrow.is_counted)
                if previous and day < self.today and is_last:
                    self._end(previous, day + ONE_DAY)
        return found

    def _end(self, spell: Spell, day: date) -> None:
        spell.left = day
        spell.kind = "other"
        for when, row in self.statuses[spell.worker]:
            if when == day and TYPES[row["employmentStatus"]] == "terminated":
                spell.kind = KINDS.get(row["terminationTypeId"], "unknown")
                spell.is_regretted = row["terminationRegrettableId"] == "Yes"

    def age_group(self, worker: str, day: date) -> str:
        """Return the age group of a worker on a day."""
        born = self.births.get(worker)
        if born is None:
            return "unknown"
        has_had_birthday = (day.month, day.day) >= (born.month, born.day)
        return _group_of(AGES, day.year - born.year - (not has_had_birthday))

    def every_scope(self, worker: str, day: date) -> list[Scope]:
        """Return the scopes of a worker on a day, also of one who does not count."""
        one = self.days[worker][day]
        spell = self.spell_days.get((worker, day))
        tenure = _group_of(TENURES, spell.tenure(day)) if spell else "not counted"
        return [
            ("total", "all"),
            ("department", one.department),
            ("location", one.location),
            ("manager", one.manager),
            ("employment_type", one.contract),
            ("job_title", one.job_title),
            ("hire_source", spell.source if spell else "not counted"),
            ("age_group", self.age_group(worker, day)),
            ("tenure_band", tenure),
        ]

    @cached_property
    def _counted_scopes(self) -> dict[str, dict[date, list[Scope]]]:
        return {
            worker: {
                day: self.every_scope(worker, day)
                for day, one in days.items()
                if one.is_counted
            }
            for worker, days in self.days.items()
        }

    def scopes(self, worker: str, day: date) -> list[Scope]:
        """Return the scopes that count a worker on a day, none if none does."""
        return self._counted_scopes[worker].get(day, [])

    @cached_property
    def headcounts(self) -> dict[Scope, dict[date, list[str]]]:
        """Who counts in each scope on each day."""
        found: dict = defaultdict(lambda: defaultdict(list))
        for worker, days in self.days.items():
            for day in days:
                for scope in self.scopes(worker, day):
                    found[scope][day].append(worker)
        return found

    @cached_property
    def spell_days(self) -> dict[tuple[str, date], Spell]:
        """The spell of each worker and day that it holds."""
        found = {}
        for spell in self.spells:
            day = spell.hired
            while day < (spell.left or self.today + ONE_DAY):
                found[spell.worker, day] = spell
                day += ONE_DAY
        return found

    def spell_on(self, worker: str, day: date) -> Spell:
        """Return the spell that holds a day."""
        return self.spell_days[worker, day]

    @cached_property
    def pay(self) -> dict[str, list[tuple[date, dict]]]:
        """The pay of each worker, oldest first."""
        return self._history("compensation", "startDate")

    @cached_property
    def rial_rates(self) -> list[tuple[date, Decimal]]:
        """The rates of the currency that the CRM does not know, at twelve decimals."""
        return sorted(
            (
                date.fromisoformat(row["rate_date"]),
                Decimal(row["conversion_rate"]).quantize(RATE, ROUND_HALF_UP),
            )
            for row in self.file("fx_rates.csv")
        )

    def rate(self, currency: str, day: date) -> Decimal | None:
        """Return the last rate known on a day, if it is at most seven days old."""
        if currency != "IRR":
            return self.crm.rate(currency, day)
        known = [pair for pair in self.rial_rates if pair[0] <= day]
        is_fresh = known and day - known[-1][0] <= timedelta(days=7)
        return known[-1][1] if is_fresh else None

    def day_pay(self, worker: str, day: date) -> Decimal | None:
        """Return what a day of somebody costs; unknown for pay by the hour."""
        past = [row for when, row in self.pay[worker] if when <= day]
        if not past or past[-1]["paidPer"] == "Hour":
            return None
        row = past[-1]
        months = {"Year": 12, "Month": 1}[row["paidPer"]]
        rate = self.rate(row["rate"]["currency"], day)
        if rate is None:
            return None
        amount = Decimal(row["rate"]["value"]) / months / last_of_month(day).day
        return amount * rate


def _group_of(groups: dict[str, tuple[int, int]], number: int) -> str:
    for name, (first, last) in groups.items():
        if first <= number <= last:
            return name
    return "unknown"


def jalali_day(text: str) -> date:
    """Read a day as the Iranian export writes it, Persian digits and all."""
    plain = "".join(str(int(one)) if one.isdigit() else one for one in text)
    year, month, day = (int(part) for part in plain.split("/"))
    return jdatetime.date(year, month, day).togregorian()


def sent_day(text: str, clock: Clock) -> date:
    """Return the day on which an invitation went out."""
    if "/" in text:
        return jalali_day(text)
    return clock.day(datetime.fromisoformat(text))
