"""Time in the sandbox company: instants, local days, seasons.

Instants are unix milliseconds (int) throughout the generator, because a million
events are cheaper to build from integers than from datetime objects.
"""

import random
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from ingestion.settings import SANDBOX_COMPANY

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

ZONE = SANDBOX_COMPANY["reporting_timezone"]
FIRST_DAY = date(2024, 11, 1)
LAST_DAY = SANDBOX_COMPANY["as_of"].date()

# Monday to Sunday.
_SHOP_WEEKDAYS = (1.05, 1.0, 0.98, 1.0, 0.95, 0.85, 1.2)
_MONTHS = (0.9, 0.9, 1.0, 0.95, 0.95, 0.85, 0.8, 0.85, 1.0, 1.05, 1.2, 1.4)
# Local hours 0 to 23: quiet nights, a lunch bump, a long evening.
_HOURS = (2, 1, 1, 1, 1, 2, 4, 7, 9, 10, 11, 12, 13, 11, 10, 10, 11, 13, 16, 19, 20, 17, 11, 5)  # fmt: skip
_BLACK_FRIDAYS = (date(2024, 11, 29), date(2025, 11, 28))
_NOWRUZ = (date(2025, 3, 20), date(2026, 3, 21))


def instant(moment: datetime) -> int:
    """Return an aware datetime as unix milliseconds."""
    return round(moment.timestamp() * 1000)


AS_OF = instant(SANDBOX_COMPANY["as_of"])


def at(text: str) -> int:
    """Return an ISO instant as unix milliseconds; planted truths are written so."""
    return instant(datetime.fromisoformat(text))


@cache
def day_start(day: date, zone: str = ZONE) -> int:
    """Return the instant at which a local day begins."""
    return instant(datetime.combine(day, time(0), ZoneInfo(zone)))


@lru_cache(maxsize=4096)
def _day_text(day_number: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=day_number)).isoformat()


def iso(moment: int) -> str:
    """Write an instant as HubSpot and Segment do: UTC with milliseconds."""
    days, rest = divmod(moment, DAY)
    seconds, millis = divmod(rest, SECOND)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{_day_text(days)}T{hour:02d}:{minute:02d}:{second:02d}.{millis:03d}Z"


def utc_day(moment: int) -> date:
    """Return the UTC day of an instant."""
    return datetime.fromtimestamp(moment / 1000, UTC).date()


def local_day(moment: int) -> date:
    """Return the day of an instant in the company's zone."""
    return datetime.fromtimestamp(moment / 1000, ZoneInfo(ZONE)).date()


def days() -> list[date]:
    """Return every day of the company's history, first to last."""
    count = (LAST_DAY - FIRST_DAY).days + 1
    return [FIRST_DAY + timedelta(days=offset) for offset in range(count)]


def months() -> list[date]:
    """Return the first day of every month of the company's history."""
    return [day for day in days() if day.day == 1]


def growth(day: date) -> float:
    """Return how much bigger the company is on a day than on its first."""
    return 1.0 + 0.9 * (day - FIRST_DAY).days / (LAST_DAY - FIRST_DAY).days


def shop_weight(day: date) -> float:
    """Return the traffic of a day: growth, month, weekday, Black Friday."""
    weight = growth(day) * _MONTHS[day.month - 1] * _SHOP_WEEKDAYS[day.weekday()]
    for friday in _BLACK_FRIDAYS:
        distance = (day - friday).days
        if distance == 0:
            weight *= 3.2
        elif -4 <= distance <= 3:
            weight *= 1.7
    return weight


def nowruz_weight(day: date) -> float:
    """Return how much more Persian customers buy on a day (before Nowruz)."""
    for new_year in _NOWRUZ:
        if -14 <= (day - new_year).days <= -1:
            return 4.0
        if 0 <= (day - new_year).days <= 12:
            return 0.5
    return 1.0


def shop_moments(rng: random.Random, day: date, count: int, zone: str) -> list[int]:
    """Return moments of a local day by the hours at which people shop."""
    start = day_start(day, zone)
    hours = rng.choices(range(24), _HOURS, k=count)
    return [start + hour * HOUR + int(rng.random() * HOUR) for hour in hours]


def office_moment(rng: random.Random, day: date) -> int:
    """Return a moment of the first working day at or after `day`, 8 to 18 o'clock."""
    if day.weekday() > 4:
        day += timedelta(days=7 - day.weekday())
    offset = 8 * HOUR + int(rng.random() * 10 * HOUR)
    return day_start(day) + offset


def office_moment_after(rng: random.Random, moment: int, waiting_days: float) -> int:
    """Return a working moment about so many days after a moment, never before it."""
    later = moment + int(waiting_days * DAY)
    found = office_moment(rng, local_day(later))
    return found if found > moment else moment + int((1 + rng.random()) * HOUR)


def working_days(rng: random.Random, count: int) -> list[date]:
    """Return so many working days, drawn by growth, in order."""
    candidates = [day for day in days() if day.weekday() < 5]
    weights = [growth(day) * _OFFICE_MONTHS[day.month - 1] for day in candidates]
    return sorted(rng.choices(candidates, weights, k=count))


_OFFICE_MONTHS = (0.9, 1.0, 1.1, 0.95, 1.0, 1.0, 0.8, 0.75, 1.1, 1.15, 1.1, 0.8)
