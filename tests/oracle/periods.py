"""Days, periods and rounding, as the definitions state them; no code of the models."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from zoneinfo import ZoneInfo

import holidays
import jdatetime

ONE_DAY = timedelta(days=1)
CALENDARS = ("month", "jalali_month")
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Clock:
    """The run's now and the place whose days count."""

    as_of: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        """as_of_date."""
        return self.day(self.as_of)

    def day(self, moment: datetime) -> date:
        """Return the local day of an instant."""
        return moment.astimezone(self.zone).date()

    def start_of(self, day: date) -> datetime:
        """Return the first instant of a local day."""
        return datetime(day.year, day.month, day.day, tzinfo=self.zone)


def cents(amount: Decimal) -> Decimal:
    """Round half up to the cent."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def first_of_month(day: date) -> date:
    """Return the first day of the month."""
    return day.replace(day=1)


def next_month(day: date) -> date:
    """Return the first day of the next month."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def last_of_month(day: date) -> date:
    """Return the last day of the month."""
    return next_month(day) - ONE_DAY


def previous_month(day: date) -> date:
    """Return the first day of the month before."""
    return (day.replace(day=1) - ONE_DAY).replace(day=1)


def _quarter(day: date) -> tuple[date, date]:
    start = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    return start, last_of_month(next_month(next_month(start)))


def _jalali_month(day: date) -> tuple[date, date]:
    jalali = jdatetime.date.fromgregorian(date=day)
    start = jalali.replace(day=1)
    is_last = jalali.month == 12
    following = jdatetime.date(
        jalali.year + 1 if is_last else jalali.year,
        1 if is_last else jalali.month + 1,
        1,
    )
    return start.togregorian(), following.togregorian() - ONE_DAY


def _jalali_year(day: date) -> tuple[date, date]:
    year = jdatetime.date.fromgregorian(date=day).year
    start = jdatetime.date(year, 1, 1).togregorian()
    return start, jdatetime.date(year + 1, 1, 1).togregorian() - ONE_DAY


def period_of(period_type: str, day: date) -> tuple[date, date]:
    """Return the first and last day of the period that contains a day."""
    if period_type == "day":
        return day, day
    if period_type == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    if period_type == "month":
        return first_of_month(day), last_of_month(day)
    if period_type == "quarter":
        return _quarter(day)
    if period_type == "year":
        return date(day.year, 1, 1), date(day.year, 12, 31)
    if period_type == "jalali_month":
        return _jalali_month(day)
    if period_type == "jalali_year":
        return _jalali_year(day)
    raise ValueError(period_type)


def period_before(period_type: str, start: date) -> tuple[date, date]:
    """Return the first and last day of the period before the one that starts."""
    return period_of(period_type, start - ONE_DAY)


@dataclass(frozen=True)
class Comparison:
    """A period and the days of the period before that it is compared with."""

    start: date
    end: date
    is_complete: bool
    elapsed: int
    prior_start: date
    prior_end: date


def comparisons(period_type: str, first_day: date, today: date) -> list[Comparison]:
    """Return every period from the one of a day to the one of today.

    A complete period is compared with the whole period before; the open one, n days
    of it elapsed, with the first n days of it, at most its length.
    """
    found = []
    start, end = period_of(period_type, first_day)
    while start <= today:
        is_complete = end < today
        elapsed = (min(end, today) - start).days + 1
        prior_start, prior_end = period_before(period_type, start)
        if not is_complete:
            prior_end = min(prior_end, prior_start + (elapsed - 1) * ONE_DAY)
        found.append(
            Comparison(start, end, is_complete, elapsed, prior_start, prior_end)
        )
        start, end = period_of(period_type, end + ONE_DAY)
    return found


@cache
def german_holidays(year: int) -> frozenset[date]:
    """Return the public holidays of the company's home country."""
    return frozenset(holidays.country_holidays("DE", years=year))


def is_business_day(day: date) -> bool:
    """Return whether the day is neither Saturday, Sunday nor public holiday."""
    return day.weekday() < 5 and day not in german_holidays(day.year)


def business_days(first: date, last: date) -> int:
    """Return how many business days there are from one day to another, both in."""
    count = (last - first).days + 1
    return sum(is_business_day(first + offset * ONE_DAY) for offset in range(count))


def ratio(numerator: Decimal | float, denominator: Decimal | float) -> float | None:
    """Return a ratio; None over nothing."""
    return float(Decimal(numerator) / Decimal(denominator)) if denominator else None


def growth(current: Decimal | int, prior: Decimal | int) -> float | None:
    """Return (current - prior) / prior; None when the prior is 0 or negative."""
    return float(Decimal(current - prior) / Decimal(prior)) if prior > 0 else None


def median(values: list) -> float | None:
    """Return the middle value, the mean of the middle two when there are two."""
    if not values:
        return None
    ordered = sorted(values)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return float(ordered[half])
    return float(ordered[half - 1] + ordered[half]) / 2
