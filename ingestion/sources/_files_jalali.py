"""Days of the Persian (Jalali) calendar as Gregorian days, for the years 1206 to 1497."""

from datetime import date, timedelta

# 1 Farvardin 1206.
_FIRST_YEAR, _FIRST_DAY = 1206, date(1827, 3, 22)
_LAST_YEAR = 1497
# Years of the 33-year cycle that have a leap day; it holds for all of these years.
_LEAP_YEARS = frozenset({1, 5, 9, 13, 17, 22, 26, 30})


def is_leap_year(year: int) -> bool:
    """Return whether Esfand of the Jalali year has 30 days."""
    return year % 33 in _LEAP_YEARS


def gregorian_date(year: int, month: int, day: int) -> date:
    """Return the Gregorian day of a Jalali one.

    Raises:
        ValueError: the day does not exist.
    """
    if not _FIRST_YEAR <= year <= _LAST_YEAR or not 1 <= month <= 12:
        message = f"{year}/{month}/{day} is no day of the Jalali calendar"
        raise ValueError(message)
    longest = 31 if month <= 6 else 30 if month <= 11 else 29 + is_leap_year(year)
    if not 1 <= day <= longest:
        message = f"{year}/{month}/{day} is no day of the Jalali calendar"
        raise ValueError(message)
    years = year - _FIRST_YEAR
    leap_days = sum(is_leap_year(one) for one in range(_FIRST_YEAR, year))
    before_month = (month - 1) * 30 + min(month - 1, 6)
    return _FIRST_DAY + timedelta(days=365 * years + leap_days + before_month + day - 1)
