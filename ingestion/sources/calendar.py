"""The calendar: public holidays, weekends, and the months of the Islamic year.

No API: the package `holidays` (github.com/vacanza/holidays) carries the rules of 250
countries, and ICU, inside DuckDB, the Islamic calendar of Umm al-Qura. Everything is
computed again at every load and loaded where it changed, so that a newer package mends
what an older one had estimated.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

import dlt
import duckdb
from dlt.extract import DltResource

from ingestion.extraction import Extraction, Row
from ingestion.records import RawTable, columns
from ingestion.settings import Settings, SettingsError

if TYPE_CHECKING:
    from holidays import HolidayBase

__all__ = ["source"]

PUBLIC_HOLIDAYS = RawTable(
    "public_holidays",
    columns(
        text="country_code holiday_name holiday_name_local",
        date="holiday_date",
        bool="is_estimated",
    ),
    key=("country_code", "holiday_date", "holiday_name"),
)
COUNTRY_WEEKENDS = RawTable(
    "country_weekends",
    columns(text="country_code", bigint="weekday_number"),
    key=("country_code", "weekday_number"),
)
ISLAMIC_MONTHS = RawTable(
    "islamic_months",
    columns(bigint="islamic_year month_number day_count", date="first_date"),
    key=("islamic_year", "month_number"),
)
# Far enough back for eight years of comparisons, far enough ahead for next year's plan.
YEARS_BACK, YEARS_AHEAD = 10, 2
# How the package marks dates of the moon that nobody has confirmed yet.
_ESTIMATED = " (estimated)"


@dlt.source(name="calendar", max_table_nesting=0)
def source(
    settings: Settings, skip: str = "", read_all: bool = False
) -> Iterable[DltResource]:
    """Return the resources of the calendar, one per table of `raw_calendar`.

    Args:
        settings: the countries and the run's clock.
        skip: tables (comma-separated) not to load.
        read_all: load also what did not change.
    """
    extraction = Extraction("calendar", settings, skip=skip, read_all=read_all)
    codes = [code for code in settings.countries.split(",") if code]
    first = max(settings.start_date.year, settings.as_of_at.year - YEARS_BACK)
    years = range(first, settings.as_of_at.year + YEARS_AHEAD + 1)
    for table, rows in (
        (PUBLIC_HOLIDAYS, lambda: public_holidays(codes, years)),
        (COUNTRY_WEEKENDS, lambda: country_weekends(codes)),
        (ISLAMIC_MONTHS, lambda: islamic_months(years)),
    ):
        yield extraction.resource(
            table,
            lambda table=table, rows=rows: extraction.changed(
                table, _counted(extraction, table, rows())
            ),
        )
    yield from extraction.closing_resources()


def _counted(
    extraction: Extraction, table: RawTable, rows: Iterable[Row]
) -> Iterator[Row]:
    for row in rows:
        extraction.table(table).received += 1
        yield row


def public_holidays(codes: list[str], years: range) -> Iterator[Row]:
    """Yield the public holidays of countries in years.

    Args:
        codes: ISO 3166 codes, `DE` or `DE-BY`.
        years: the Gregorian years.

    Raises:
        SettingsError: the package knows no such country or part.
    """
    for code in codes:
        english = _country(code, years, "en_US")
        local = _country(code, years, None)
        for day in sorted(english):
            for name in english.get_list(day):
                yield {
                    "country_code": code,
                    "holiday_date": day.isoformat(),
                    "holiday_name": name.removesuffix(_ESTIMATED),
                    # The day's, not the name's: each language sorts by its own letters.
                    "holiday_name_local": local[day],
                    "is_estimated": name.endswith(_ESTIMATED),
                }


def country_weekends(codes: list[str]) -> Iterator[Row]:
    """Yield the weekdays (ISO, Monday 1) on which countries rest."""
    for code in codes:
        for weekday in sorted(_country(code, range(2026, 2027), None).weekend):
            yield {"country_code": code, "weekday_number": weekday + 1}


def islamic_months(years: range) -> Iterator[Row]:
    """Yield the months of the Umm al-Qura calendar that begin in Gregorian years."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET Calendar = 'islamic-umalqura'")
        # Noon: far from any change of day.
        found = connection.execute(
            """
            select
                date_part('year', noon), date_part('month', noon), min(day), count(*)
            from (
                select day, cast(day || ' 12:00:00+00' as timestamptz) as noon
                from (
                    select cast(unnest(
                        range(?::date, ?::date, interval 1 day)) as date) as day
                )
            )
            group by all
            having min(case when date_part('day', noon) = 1 then 1 else 2 end) = 1
            order by all
            """,
            [date(years[0], 1, 1), date(years[-1] + 1, 1, 31) + timedelta(days=1)],
        )
        for year, month, first, day_count in found.fetchall():
            if first.year in years:
                yield {
                    "islamic_year": int(year),
                    "month_number": int(month),
                    "first_date": first.isoformat(),
                    "day_count": day_count,
                }


def _country(code: str, years: range, language: str | None) -> "HolidayBase":
    import holidays

    country, _, part = code.partition("-")
    kind = getattr(holidays, country, None)
    if kind is None or (part and part not in kind.subdivisions):
        message = (
            f"calendar: COUNTRIES names {code}, of which the package `holidays` knows "
            "nothing. Write ISO 3166 codes, such as IR or DE-BY."
        )
        raise SettingsError(message)
    spoken = language if language in kind.supported_languages else kind.default_language
    return holidays.country_holidays(
        country, subdiv=part or None, years=years, language=spoken
    )
