"""The staff as BambooHR's and the files' data tell it, one day after the other."""

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from pathlib import Path

import jdatetime
import orjson

from tests.oracle.crm import Crm
from tests.oracle.periods import ONE_DAY, Clock, last_of_month

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
# Rates are kept at so many decimals.
RATE = Decimal("0.000000000001")


@dataclass(frozen=True)
class Day:
    """What somebody employed is on a day."""

    department: str
    location: str
    is_counted: bool
    is_on_leave: bool


@dataclass
class Spell:
    """A continuous employment; `left` is the first day without the person."""

    worker: str
    hired: date
    left: date | None
    tenure_start: date
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
                    found[worker][day] = Day(
                        job["department"],
                        job["location"],
                        (working[-1] if working else "leave") != "contractor",
                        past[-1] == "leave",
                    )
                day += ONE_DAY
        return found

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
                    previous = Spell(worker, day, None, start)
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

    def scopes(self, worker: str, day: date) -> list[tuple[str, str]]:
        """Return the scopes that count a worker on a day, none if none does."""
        one = self.days[worker].get(day)
        if one is None or not one.is_counted:
            return []
        return [
            ("total", "all"),
            ("department", one.department),
            ("location", one.location),
        ]

    @cached_property
    def headcounts(self) -> dict[tuple[str, str], dict[date, list[str]]]:
        """Who counts in each scope on each day."""
        found: dict = defaultdict(lambda: defaultdict(list))
        for worker, days in self.days.items():
            for day in days:
                for scope in self.scopes(worker, day):
                    found[scope][day].append(worker)
        return found

    def spell_on(self, worker: str, day: date) -> Spell:
        """Return the spell that holds a day."""
        return next(
            one
            for one in self.spells
            if one.worker == worker
            and one.hired <= day
            and (one.left is None or day < one.left)
        )

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
