"""Cells as people and spreadsheets write them: digits, decimal marks, days, instants.

A cell that can be read in two ways is refused with its reason; what the other cells of
the file show (a decimal comma, the day first) decides where it can.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from ingestion.records import BadValueError
from ingestion.sources._files_jalali import gregorian_date

_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
# Arabic keyboards write another yeh and kaf than Persian ones; a name must be one name.
_LETTERS = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک"})
_INVISIBLE = re.compile("[\ufeff\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SPACES = re.compile(r"[\s\u00a0\u202f']")
_NUMBER = re.compile(r"[+-]?[\d.,]*\d[\d.,]*", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})[-/.](\d{4})", re.ASCII)
_MONTH = re.compile(r"(\d{4})[-/.](\d{1,2})", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_SERIAL = re.compile(r"\d{5}(\.\d+)?", re.ASCII)
_TIME = re.compile(
    r"(\d{1,2}):(\d{2})(?::(\d{2})(\.\d{1,6})?\d*)? ?(am|pm)? ?(z|[+-]\d{2}:?\d{2})?",
    re.ASCII | re.IGNORECASE,
)
# Day 0 of Excel, which counts 29 February 1900; from 1954 to 2119.
_EXCEL_ZERO, _SERIALS = datetime(1899, 12, 30, tzinfo=UTC), range(20_000, 80_000)
_JALALI_YEARS = range(1300, 1500)
_CURRENCY_SIGNS = "€$£₺﷼"


def text(cell: str) -> str:
    """Return the cell without invisible marks and with Persian letters."""
    cell = unicodedata.normalize("NFC", _INVISIBLE.sub("", cell))
    return cell.translate(_LETTERS).strip()


def code(cell: str) -> str:
    """Return a code or an id: as text, its digits the usual ones."""
    return text(cell).translate(_DIGITS)


class Numbers:
    """Reads the numbers of one file, after a look at all of them.

    Args:
        cells: every cell of the file's number columns.
        delimiter: what separates the file's cells.
    """

    def __init__(self, cells: Iterable[str], delimiter: str) -> None:
        marks = {mark for cell in cells if (mark := _decimal_mark(_number_text(cell)))}
        self._mark = marks.pop() if len(marks) == 1 else None
        # Where cells are separated by a comma, it hardly is a decimal mark as well.
        self._default = None if marks or self._mark or delimiter != "," else "."

    def read(self, cell: str) -> Decimal:
        """Read one number."""
        number = _number_text(cell)
        if not _NUMBER.fullmatch(number):
            message = "not a number"
            raise BadValueError(message)
        mark = _decimal_mark(number) or self._mark or self._default
        if mark is None and _is_ambiguous(number):
            message = (
                "can be read as a fraction and as thousands: write it without "
                "separators, or with two decimals"
            )
            raise BadValueError(message)
        other = "," if mark == "." else "."
        plain = number.replace(other, "").replace(mark or ",", ".")
        if plain.count(".") > 1:
            plain = plain.replace(".", "")
        return Decimal(plain)


def _number_text(cell: str) -> str:
    number = _SPACES.sub("", code(cell)).strip(_CURRENCY_SIGNS)
    if number.startswith("(") and number.endswith(")"):
        number = f"-{number[1:-1]}"
    if number.endswith("-"):
        number = f"-{number[:-1]}"
    number = number.replace("−", "-")
    if "٫" in number:
        # The Arabic decimal mark says what the other separators are.
        whole, _, fraction = number.partition("٫")
        return f"{re.sub('[.,٬]', '', whole)}.{fraction}" + ("0" * 4)
    return number.replace("٬", "")


def _decimal_mark(number: str) -> str | None:
    """Return the decimal mark that this number alone shows."""
    if "." in number and "," in number:
        return max(".,", key=number.rfind)
    mark = "." if "." in number else "," if "," in number else None
    if mark is None:
        return None
    if number.count(mark) > 1:
        return "," if mark == "." else "."
    return None if _is_ambiguous(number) else mark


def _is_ambiguous(number: str) -> bool:
    """Whether the only separator has one to three digits before and three after it."""
    found = re.fullmatch(r"[+-]?(\d{1,3})[.,]\d{3}", number, re.ASCII)
    return found is not None and not found[1].startswith("0")


class Days:
    """Reads the days and instants of one column, after a look at all of them.

    Args:
        cells: every cell of the column.
        zone: the time zone of instants that name none.
    """

    def __init__(self, cells: Iterable[str], zone: ZoneInfo) -> None:
        firsts: set[bool] = set()
        for cell in cells:
            found = _YEAR_LAST.match(code(cell))
            if found and int(found[4]) not in _JALALI_YEARS and found[2] != ".":
                if int(found[1]) > 12:
                    firsts.add(True)
                if int(found[3]) > 12:
                    firsts.add(False)
        self._day_first = firsts.pop() if len(firsts) == 1 else None
        self._zone = zone

    def day(self, cell: str) -> date:
        """Read a calendar day; a time after it is ignored."""
        return self._split(cell)[0]

    def month(self, cell: str) -> date:
        """Read a month, or any day of it; returns its first day."""
        found = _MONTH.fullmatch(code(cell))
        if found and int(found[1]) not in _JALALI_YEARS:
            return _day(date, int(found[1]), int(found[2]), 1)
        return self.day(cell).replace(day=1)

    def booked_month(self, cell: str) -> date:
        """Read a month, or any day of it; returns its first day in its own calendar."""
        words = code(cell).replace("T", " ", 1).partition(" ")[0]
        if found := _MONTH.fullmatch(words):
            return _either(int(found[1]), int(found[2]), 1)
        first = self.day(cell)
        if found := _YEAR_FIRST.fullmatch(words) or _COMPACT.fullmatch(words):
            return _either(int(found[1]), int(found[2]), 1)
        if (found := _YEAR_LAST.fullmatch(words)) and int(found[4]) in _JALALI_YEARS:
            return _either(int(found[4]), int(found[3]), 1)
        return first.replace(day=1)

    def instant(self, cell: str) -> datetime:
        """Read an instant; without a zone it is the reporting time zone's."""
        day, clock = self._split(cell)
        if isinstance(clock, timedelta):
            moment = datetime.combine(day, time(0), self._zone) + clock
            return moment.astimezone(UTC)
        return _at(day, clock, self._zone)

    def _split(self, cell: str) -> tuple[date, str | timedelta]:
        words = code(cell)
        if _SERIAL.fullmatch(words) and int(float(words)) in _SERIALS:
            moment = _EXCEL_ZERO + timedelta(days=float(words))
            moment = (moment + timedelta(milliseconds=500)).replace(microsecond=0)
            clock = timedelta(seconds=moment.hour * 3600 + moment.minute * 60)
            return moment.date(), clock + timedelta(seconds=moment.second)
        head, _, rest = words.replace("T", " ", 1).partition(" ")
        if found := _YEAR_FIRST.fullmatch(head) or _COMPACT.fullmatch(head):
            return _either(*(int(part) for part in found.groups())), rest.strip()
        if not (found := _YEAR_LAST.fullmatch(head)):
            message = "not a day: write 2026-11-18 or 1405/08/27"
            raise BadValueError(message)
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        day_first = self._day_first
        if year in _JALALI_YEARS or found[2] == "." or first > 12:
            day_first = True
        elif second > 12:
            day_first = False
        elif first == second:
            day_first = True
        if day_first is None:
            message = "does not say whether the day or the month comes first"
            raise BadValueError(message)
        day, month = (first, second) if day_first else (second, first)
        return _either(year, month, day), rest.strip()


def _either(year: int, month: int, day: int) -> date:
    if year in _JALALI_YEARS:
        return _day(gregorian_date, year, month, day)
    if not 1900 <= year <= 2100:
        message = "not a year between 1900 and 2100, or 1300 and 1499"
        raise BadValueError(message)
    return _day(date, year, month, day)


def _day(make, year: int, month: int, day: int) -> date:  # noqa: ANN001  date, or alike
    try:
        return make(year, month, day)
    except ValueError:
        message = "not a day of the calendar"
        raise BadValueError(message) from None


def _at(day: date, clock: str, zone: ZoneInfo) -> datetime:
    found = _TIME.fullmatch(clock or "00:00")
    if not found:
        message = "a day with something after it that is no time"
        raise BadValueError(message)
    hour = int(found[1])
    if half := found[5]:
        hour = hour % 12 + (12 if half.lower() == "pm" else 0)
    offset = (found[6] or "").upper()
    try:
        moment = datetime.combine(
            day, time(hour, int(found[2]), int(found[3] or 0)), zone
        )
    except ValueError:
        message = "not a time of the day"
        raise BadValueError(message) from None
    if offset:
        zoned = moment.replace(tzinfo=None).isoformat() + offset
        moment = datetime.fromisoformat(zoned)
    fraction = timedelta(seconds=float(found[4] or 0))
    return (moment + fraction).astimezone(UTC)
