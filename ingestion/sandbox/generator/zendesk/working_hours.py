"""Schedules of the support: when somebody works, and the minutes between two instants.

Instants are epoch seconds here: Zendesk's clocks have no finer ones.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from ingestion.sandbox.generator.calendar import LAST_DAY

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
# An imported ticket is older than the company's history.
_FIRST_DAY = date(2023, 1, 1)


def second(text: str) -> int:
    """Return an ISO instant as epoch seconds; planted truths are written so."""
    return int(datetime.fromisoformat(text).timestamp())


@dataclass(frozen=True)
class Holiday:
    """Local days without work, both ends included."""

    holiday_id: int
    name: str
    first: date
    last: date

    def covers(self, day: date) -> bool:
        """Return whether a day is one of them."""
        return self.first <= day <= self.last


@dataclass
class Schedule:
    """A schedule as Zendesk has it, and the working time that it means.

    Attributes:
        zone_name: the Rails name that Zendesk shows.
        zone: the IANA zone that it stands for.
        intervals: minutes since Sunday 00:00 local.
    """

    schedule_id: int
    name: str
    zone_name: str
    zone: str
    intervals: tuple[tuple[int, int], ...]
    holidays: tuple[Holiday, ...] = ()
    _starts: list[int] = field(default_factory=list)
    _ends: list[int] = field(default_factory=list)
    _worked: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        zone = ZoneInfo(self.zone)
        day, last = _FIRST_DAY, LAST_DAY + timedelta(days=30)
        while day <= last:
            sunday_minutes = (day.isoweekday() % 7) * 1440
            for start, end in self.intervals:
                if start // 1440 * 1440 == sunday_minutes and not self._rests(day):
                    midnight = datetime.combine(day, time(0))
                    for minutes, ends in ((start, self._starts), (end, self._ends)):
                        # The wall clock counts, also on days of 23 or 25 hours.
                        wall = midnight + timedelta(minutes=minutes - sunday_minutes)
                        ends.append(int(wall.replace(tzinfo=zone).timestamp()))
            day += timedelta(days=1)
        lengths = [e - s for s, e in zip(self._starts, self._ends, strict=True)]
        self._worked = [0, *accumulate(lengths)]

    def _rests(self, day: date) -> bool:
        return any(holiday.covers(day) for holiday in self.holidays)

    def _worked_until(self, moment: int) -> int:
        position = bisect_right(self._starts, moment)
        if position == 0:
            return 0
        over = max(self._ends[position - 1] - max(moment, 0), 0)
        return self._worked[position] - over

    def seconds_between(self, start: int, end: int) -> int:
        """Return the working seconds between two instants."""
        return self._worked_until(end) - self._worked_until(start)

    def after(self, start: int, seconds: int) -> int:
        """Return the instant after which so many more seconds were worked."""
        wanted = self._worked_until(start) + seconds
        position = bisect_left(self._worked, wanted)
        if position == 0:
            return start
        if position >= len(self._worked):
            return start + seconds
        return self._ends[position - 1] - (self._worked[position] - wanted)


class AlwaysOpen:
    """The calendar's clock, for targets that do not wait for working hours."""

    def seconds_between(self, start: int, end: int) -> int:
        """Return the seconds between two instants."""
        return end - start

    def after(self, start: int, seconds: int) -> int:
        """Return the instant so many seconds later."""
        return start + seconds


def _week(days: tuple[int, ...], start: int, end: int) -> tuple[tuple[int, int], ...]:
    """Return intervals on days (Sunday 0) between two hours."""
    return tuple((day * 1440 + start * 60, day * 1440 + end * 60) for day in days)


BERLIN = Schedule(
    360_000_310_011,
    "Berlin office",
    "Berlin",
    "Europe/Berlin",
    _week((1, 2, 3, 4, 5), 9, 18),
    tuple(
        Holiday(360_000_410_000 + year % 100 * 10 + number, name, first, last)
        for year in (2024, 2025, 2026)
        for number, name, first, last in (
            (1, f"Christmas {year}", date(year, 12, 25), date(year, 12, 26)),
            (2, f"New Year {year + 1}", date(year + 1, 1, 1), date(year + 1, 1, 1)),
        )
    ),
)
TEHRAN = Schedule(
    360_000_310_022,
    "Tehran office",
    "Tehran",
    "Asia/Tehran",
    _week((0, 1, 2, 3, 4, 6), 9, 17),
    (
        Holiday(360_000_410_501, "Nowruz 1404", date(2025, 3, 21), date(2025, 3, 24)),
        Holiday(360_000_410_502, "Nowruz 1405", date(2026, 3, 21), date(2026, 3, 24)),
    ),
)
# Works over midnight, and over the end of the week; no group uses it.
NIGHT = Schedule(
    360_000_310_033,
    "Night desk",
    "Pacific Time (US & Canada)",
    "America/Los_Angeles",
    ((0, 120), (2640, 3000), (9840, 10080)),
)
SCHEDULES = (BERLIN, TEHRAN, NIGHT)


def schedule_lines() -> list[dict]:
    """Return the schedules."""
    stamps = {
        "created_at": "2024-09-02T08:00:00Z",
        "updated_at": "2024-09-02T08:00:00Z",
    }
    return [
        {
            "id": schedule.schedule_id,
            "name": schedule.name,
            "time_zone": schedule.zone_name,
            "intervals": [
                {"start_time": start, "end_time": end}
                for start, end in schedule.intervals
            ],
            **stamps,
        }
        for schedule in SCHEDULES
    ]


def holiday_lines() -> list[dict]:
    """Return the holidays with the schedule that they belong to."""
    return [
        {
            "schedule_id": schedule.schedule_id,
            "id": holiday.holiday_id,
            "name": holiday.name,
            "start_date": holiday.first.isoformat(),
            "end_date": holiday.last.isoformat(),
        }
        for schedule in SCHEDULES
        for holiday in schedule.holidays
    ]
