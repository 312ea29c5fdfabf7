"""Cells as spreadsheets write them become the value that was meant, or none."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import jdatetime
import pytest

from ingestion.records import BadValueError
from ingestion.sources._files_jalali import gregorian_date, is_leap_year
from ingestion.sources._files_values import Days, Numbers, code, text

TEHRAN = ZoneInfo("Asia/Tehran")


def test_the_jalali_calendar_is_that_of_jdatetime():
    """Else a target of Farvardin is one day off in leap years."""
    for year in range(1206, 1498):
        assert is_leap_year(year) == jdatetime.date(year, 1, 1).isleap()
        for month, day in ((1, 1), (6, 31), (7, 1), (12, 29)):
            expected = jdatetime.date(year, month, day).togregorian()
            assert gregorian_date(year, month, day) == expected


@pytest.mark.parametrize(
    ("year", "month", "day"),
    [(1405, 12, 30), (1404, 7, 31), (1404, 0, 1), (1100, 1, 1)],
)
def test_a_jalali_day_that_does_not_exist_is_refused(year, month, day):
    """Else 30 Esfand of a common year becomes Nowruz."""
    with pytest.raises(ValueError, match="Jalali"):
        gregorian_date(year, month, day)


@pytest.mark.parametrize(
    ("cell", "others", "delimiter", "expected"),
    [
        ("1200", [], ",", "1200"),
        ("-3.50", [], ";", "-3.50"),
        ("1.234,56", [], ";", "1234.56"),
        ("1,234.56", [], ";", "1234.56"),
        ("1 234,5 €", [], ";", "1234.5"),
        ("1'234.50", [], ",", "1234.50"),
        ("1.234.567", [], ";", "1234567"),
        ("1,234", ["9,5"], ";", "1.234"),
        ("1.234", ["9,5"], ";", "1234"),
        ("1,234", [], ",", "1234"),
        ("0,125", [], ";", "0.125"),
        ("۱۲٫۵", [], ",", "12.5"),
        ("١٬٢٣٤٬٥٦٧٫٨٩", [], ",", "1234567.89"),
        ("۱۲٬۵۰۰", [], ";", "12500"),
        ("(1,200.00)", [], ",", "-1200.00"),
        ("1200-", [], ",", "-1200"),
        ("−5", [], ",", "-5"),
        ("0.0000008333", [], ",", "0.0000008333"),
    ],
)
def test_a_number_is_read_as_its_writer_meant_it(cell, others, delimiter, expected):
    """Else a cost is a thousand times what it was."""
    numbers = Numbers([cell, *others], delimiter)
    assert numbers.read(cell) == Decimal(expected)


@pytest.mark.parametrize("cell", ["n/a", "12 EUR", "1,2,3.4.5x", "-", "1e5"])
def test_what_is_no_number_is_refused(cell):
    """Else "12 EUR" becomes 12 of another currency."""
    with pytest.raises(BadValueError):
        Numbers([], ",").read(cell)


@pytest.mark.parametrize("cell", ["1,234", "1.234"])
def test_a_number_with_two_meanings_is_refused(cell):
    """Else a guess is right in one country only."""
    with pytest.raises(BadValueError, match="fraction and as thousands"):
        Numbers([cell], ";").read(cell)


@pytest.mark.parametrize(
    ("cell", "others", "expected"),
    [
        ("2026-11-18", [], date(2026, 11, 18)),
        ("2026/1/5", [], date(2026, 1, 5)),
        ("1405/09/01", [], date(2026, 11, 22)),
        ("۱۴۰۵/۰۹/۰۱", [], date(2026, 11, 22)),
        ("1/9/1405", [], date(2026, 11, 22)),
        ("14050901", [], date(2026, 11, 22)),
        ("20261118", [], date(2026, 11, 18)),
        ("46344", [], date(2026, 11, 18)),
        ("46344.75", [], date(2026, 11, 18)),
        ("18.11.2026", [], date(2026, 11, 18)),
        ("5.1.2026", [], date(2026, 1, 5)),
        ("18/11/2026", [], date(2026, 11, 18)),
        ("11/18/2026", [], date(2026, 11, 18)),
        ("05/01/2026", ["18/11/2026"], date(2026, 1, 5)),
        ("05/01/2026", ["11/18/2026"], date(2026, 5, 1)),
        ("2026-11-18 23:30", [], date(2026, 11, 18)),
        ("05/05/2026", [], date(2026, 5, 5)),
    ],
)
def test_a_day_is_read_in_either_calendar_and_any_order(cell, others, expected):
    """Else a wave of March is one of the year 1404 after Christ."""
    assert Days([cell, *others], TEHRAN).day(cell) == expected


@pytest.mark.parametrize(
    "cell",
    [
        "05/01/2026",
        "2026-02-30",
        "1405/12/30",
        "18.11.26",
        "soon",
        "12345",
        "0009-01-01",
    ],
)
def test_a_day_that_is_none_or_two_is_refused(cell):
    """Else a typing mistake moves a cost to another year."""
    with pytest.raises(BadValueError):
        Days([cell], TEHRAN).day(cell)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2026-11-18T10:00:00Z", datetime(2026, 11, 18, 10, tzinfo=UTC)),
        ("2026-11-18 10:00", datetime(2026, 11, 18, 6, 30, tzinfo=UTC)),
        ("2026-11-18 10:00:30.5+02:00", datetime(2026, 11, 18, 8, 0, 30, 500_000, UTC)),
        ("1405/08/27 10:00", datetime(2026, 11, 18, 6, 30, tzinfo=UTC)),
        ("11/18/2026 12:05 AM", datetime(2026, 11, 17, 20, 35, tzinfo=UTC)),
        ("46344.5", datetime(2026, 11, 18, 8, 30, tzinfo=UTC)),
        ("2026-11-18", datetime(2026, 11, 17, 20, 30, tzinfo=UTC)),
    ],
)
def test_an_instant_without_a_zone_is_the_reporting_zones(cell, expected):
    """Else an answer of the evening belongs to the next day."""
    assert Days([cell], TEHRAN).instant(cell) == expected


def test_a_month_is_its_first_day():
    """Else a target of a month is one of a day."""
    days = Days([], TEHRAN)
    assert days.month("2026-10") == days.month("2026-10-31") == date(2026, 10, 1)
    with pytest.raises(BadValueError):
        days.month("1405/08")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2026-10", date(2026, 10, 1)),
        ("31.10.2026", date(2026, 10, 1)),
        ("2026-10-31T00:00:00", date(2026, 10, 1)),
        ("1405/08", date(2026, 10, 23)),
        ("۱۴۰۵/۰۸/۲۷", date(2026, 10, 23)),
        ("27/08/1405", date(2026, 10, 23)),
        ("46326", date(2026, 10, 1)),
    ],
)
def test_a_booked_month_begins_where_its_own_calendar_says(cell, expected):
    """Else a ledger of Aban lies in October, a month that it does not cover."""
    assert Days([cell], TEHRAN).booked_month(cell) == expected


def test_letters_and_digits_of_either_keyboard_are_one_name():
    """Else علي of one export and علی of the next are two departments."""
    assert text(" علي\u200f كريمي ") == "علی کریمی"
    assert code("R-۱۲٣") == "R-123"
