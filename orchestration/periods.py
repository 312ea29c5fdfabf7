"""A period as people write it: 2026-10, 2026-W42, 2026-Q3, 1405-07, 2026-10-05, 2026."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from orchestration.trace import UnknownNameError

if TYPE_CHECKING:
    import duckdb

# Years of the Jalali calendar are smaller than any Gregorian one of interest.
_LAST_JALALI_YEAR = 1699
_FORMS = (
    ("day", re.compile(r"(\d{4})-(\d{2})-(\d{2})")),
    ("week", re.compile(r"(\d{4})-?W(\d{1,2})", re.IGNORECASE)),
    ("quarter", re.compile(r"(\d{4})-?Q([1-4])", re.IGNORECASE)),
    ("month", re.compile(r"(\d{4})-(\d{2})")),
    ("year", re.compile(r"(\d{4})")),
)


@dataclass(frozen=True)
class Period:
    """A period of a KPI table.

    Attributes:
        kind: its `period_type`, '' in a table that has one kind only.
        start: its first day.
        wanted: as it was asked for.
    """

    kind: str
    start: date
    wanted: str = ""

    @property
    def name(self) -> str:
        """What it is called on the screen."""
        kind = self.kind.replace("_", " ")
        if self.kind == "month":
            return f"month {self.start:%Y-%m}"
        return f"{kind} from {self.start}" if kind else str(self.start)

    def condition(self, column: str) -> str:
        """Return the SQL that finds its rows."""
        found = f"{column} = date '{self.start}'"
        return f"period_type = '{self.kind}' and {found}" if self.kind else found

    def before(
        self, connection: "duckdb.DuckDBPyConnection", table: str, column: str
    ) -> "Period | None":
        """Return the period of the same kind before it, None where there is none."""
        same = f"period_type = '{self.kind}' and" if self.kind else ""
        (start,) = connection.execute(
            f"select max({column}) from {table} where {same} {column} < ?", [self.start]
        ).fetchall()[0]
        return Period(self.kind, start) if start else None


def find_period(
    connection: "duckdb.DuckDBPyConnection",
    table: str,
    column: str,
    types: Mapping[str, str],
    wanted: str,
) -> Period:
    """Return the period that is meant, the newest where none is named.

    Raises:
        UnknownNameError: the table has no such period; the message says which.
    """
    kinds = "period_type" if "period_type" in types else "''"
    known = connection.execute(
        f"select {kinds}, {column}, count(*) from {table} "
        f"where {column} is not null group by all order by 1, 2"
    ).fetchall()
    if not known:
        message = f"{table} has no rows: see meta.empty_tables of the published file."
        raise UnknownNameError(message)
    wanted = wanted.strip()
    if not wanted:
        kind = "month" if any(row[0] == "month" for row in known) else known[-1][0]
        return Period(kind, max(start for found, start, _ in known if found == kind))
    places = {(kind, start) for kind, start, _ in known}
    for period in _meant(connection, wanted):
        for kind in (period.kind, ""):
            if (kind, period.start) in places:
                return Period(kind, period.start, wanted)
    raise UnknownNameError(_no_such(table, wanted, [(k, s) for k, s, _ in known]))


def _no_such(table: str, wanted: str, known: list[tuple[str, date]]) -> str:
    lines = [f"{table} has no period {wanted!r}. It has:"]
    for kind in dict.fromkeys(kind for kind, _ in known):
        starts = [start for found, start in known if found == kind]
        what = kind or "rows"
        lines.append(f"  {what}: {len(starts)} from {starts[0]} to {starts[-1]}")
    lines.append(
        "Write 2026-10, 2026-W42, 2026-Q3, 2026, 2026-10-05, 1405-07 (Jalali), or "
        "kind:first day (week:2026-10-12)."
    )
    return "\n".join(lines)


def _meant(connection: "duckdb.DuckDBPyConnection", wanted: str) -> list[Period]:
    """Return what the text can mean, the likeliest first."""
    kind, colon, day = wanted.partition(":")
    if colon:
        try:
            return [Period(kind, date.fromisoformat(day))]
        except ValueError:
            return []
    for kind, form in _FORMS:
        if found := form.fullmatch(wanted):
            try:
                return _of_numbers(
                    connection, kind, [int(each) for each in found.groups()]
                )
            except ValueError:
                return []
    return []


def _of_numbers(
    connection: "duckdb.DuckDBPyConnection", kind: str, numbers: list[int]
) -> list[Period]:
    year = numbers[0]
    if year <= _LAST_JALALI_YEAR:
        return _jalali(connection, numbers)
    if kind == "day":
        day = date(*numbers)
        return [
            Period(each, day)
            for each in ("day", "week", "month", "quarter", "year", "jalali_month")
        ]
    if kind == "month":
        return [Period(kind, date(year, numbers[1], 1))]
    if kind == "quarter":
        return [Period(kind, date(year, 3 * numbers[1] - 2, 1))]
    if kind == "year":
        return [Period(kind, date(year, 1, 1))]
    monday = date.fromisocalendar(year, numbers[1], 1)
    # A company's week may begin on another day; most of it lies in the ISO week.
    return [Period(kind, monday - timedelta(days=each)) for each in (0, 1, 2, -1)]


def _jalali(
    connection: "duckdb.DuckDBPyConnection", numbers: list[int]
) -> list[Period]:
    kind = "jalali_month" if len(numbers) > 1 else "jalali_year"
    month = numbers[1] if len(numbers) > 1 else 1
    found = connection.execute(
        "select min(calendar_date) from marts.dim_dates "
        "where jalali_year = ? and jalali_month_number = ?",
        [numbers[0], month],
    ).fetchall()
    return [Period(kind, start) for (start,) in found if start]
