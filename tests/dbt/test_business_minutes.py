"""Business minutes against a counter that looks at the wall clock of every minute."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pytest

from tests.dbt.warehouses import Warehouse, only

MINUTE = timedelta(minutes=1)
FIRST, LAST = date(2020, 12, 1), date(2022, 12, 31)
MODELS = ("int_business_windows", "int_business_stretches", "fct_ticket_intervals")
# What the models read, no more of it than they use.
TABLES = """
attach ':memory:' as warehouse;
create schema warehouse.intermediate;
create schema warehouse.marts;
create table warehouse.intermediate.int_business_hours (
    vendor text, schedule_id text, timezone_name text, weekday_number int,
    start_minute int, end_minute int
);
create table warehouse.intermediate.int_business_holidays (
    vendor text, schedule_id text, start_date date, end_date date
);
create table warehouse.intermediate.int_helpdesk_groups (
    vendor text, group_id text, group_name text
);
create table warehouse.intermediate.int_tickets (created_at timestamp);
create table warehouse.intermediate.int_ticket_schedules (
    ticket_key text, schedule_id text
);
create table warehouse.intermediate.int_ticket_intervals (
    ticket_key text, vendor text, ticket_id text, field_name text, field_value text,
    interval_number bigint, started_at timestamp, ended_at timestamp,
    valid_to_at timestamp
);
create table warehouse.marts.dim_dates as
select cast(day as date) as calendar_date
from range(date '2020-01-01', date '2024-01-01', interval 1 day) as days(day);
"""


@dataclass(frozen=True)
class Schedule:
    """Working hours: (ISO weekday, first minute, minute after the last) and holidays."""

    zone: str
    hours: tuple[tuple[int, int, int], ...]
    holidays: tuple[tuple[date, date], ...] = ()

    def count(self, start: datetime, end: datetime) -> int:
        """Return how many minutes between two instants read an open wall clock."""
        zone, count = ZoneInfo(self.zone), 0
        while start < end:
            local = start.astimezone(zone)
            day, minute = local.date(), local.hour * 60 + local.minute
            count += any(
                weekday == day.isoweekday() and first <= minute < last
                for weekday, first, last in self.hours
            ) and not any(first <= day <= last for first, last in self.holidays)
            start += MINUTE
        return count


OFFICE = tuple((weekday, 540, 1080) for weekday in range(1, 6))
ALWAYS = tuple((weekday, 0, 1440) for weekday in range(1, 8))
# Open only around the hours at which clocks are changed, in odd minutes.
NIGHTS = tuple(
    (weekday, first, last)
    for weekday in range(1, 8)
    for first, last in ((0, 35), (77, 151), (165, 200), (1381, 1440))
)
CHRISTMAS_EVE = ((date(2021, 12, 24), date(2021, 12, 24)),)
NOWRUZ = ((date(2021, 3, 21), date(2021, 3, 24)),)
SCHEDULES = {
    "office": Schedule("Europe/Berlin", OFFICE, CHRISTMAS_EVE),
    "nights": Schedule("Europe/Berlin", NIGHTS),
    # Until 2022 Iran changed its clocks at midnight, half an hour off the full hour.
    "nowruz": Schedule("Asia/Tehran", (*OFFICE[:4], (6, 540, 1020)), NOWRUZ),
    "tehran nights": Schedule("Asia/Tehran", NIGHTS),
    # Half an hour of summer time, at an offset of half an hour.
    "lord howe": Schedule("Australia/Lord_Howe", NIGHTS),
    # A midnight that does not exist, and one that comes twice.
    "havana": Schedule("America/Havana", NIGHTS),
    "azores": Schedule("Atlantic/Azores", NIGHTS),
    "newfoundland": Schedule("America/St_Johns", NIGHTS),
    "always": Schedule("America/Havana", ALWAYS),
    "kathmandu": Schedule("Asia/Kathmandu", ((5, 1200, 1440), (6, 0, 120))),
}


def turning_days(zone: str) -> list[datetime]:
    """Return the noons after which clocks were changed within a day."""
    noons = [
        datetime(FIRST.year, FIRST.month, FIRST.day, 12, tzinfo=UTC) + timedelta(days=n)
        for n in range((LAST - FIRST).days)
    ]
    offsets = [noon.astimezone(ZoneInfo(zone)).utcoffset() for noon in noons]
    return [
        noon for noon, now, then in zip(noons, offsets, offsets[1:], strict=False)
        if now != then
    ]  # fmt: skip


def stretches() -> Iterator[tuple[str, datetime, datetime]]:
    """Yield schedules with two instants: around clock changes, anywhere, whole years."""
    dice = random.Random(14)
    start = datetime(2021, 1, 1, tzinfo=UTC)
    for name, schedule in SCHEDULES.items():
        turns = turning_days(schedule.zone)
        for noon in [*turns, *turns]:
            begins = noon + dice.randrange(-400, 1_440) * MINUTE
            yield name, begins, begins + dice.randrange(1, 2_000) * MINUTE
        for _ in range(5):
            begins = start + dice.randrange(500_000) * MINUTE
            yield name, begins, begins + dice.randrange(10_000) * MINUTE
    yield "office", start + 77 * MINUTE, start + timedelta(days=366)
    yield "tehran nights", start + 611 * MINUTE, start + timedelta(days=400)


@pytest.fixture(scope="module")
def built(
    tmp_path_factory: pytest.TempPathFactory,
) -> list[tuple[str, datetime, datetime, float]]:
    """Return the stretches with what the models say of them."""
    warehouse = Warehouse(
        tmp_path_factory.mktemp("hours"),
        {"VENDORS": only("helpdesk", "zendesk"), "AS_OF": "2022-12-31"},
    )
    done = warehouse.dbt("--quiet", "compile", "--select", *MODELS)
    assert done.returncode == 0, done.stdout + done.stderr
    found = list(stretches())
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(TABLES)
        _fill(connection, found)
        for model in MODELS:
            schema = "marts" if model.startswith("fct_") else "intermediate"
            (path,) = warehouse.directory.rglob(f"compiled/**/models/**/{model}.sql")
            query = path.read_text("utf-8")
            connection.execute(f"create table warehouse.{schema}.{model} as {query}")
        minutes = dict(
            connection.execute(
                "select ticket_id, business_minutes "
                "from warehouse.marts.fct_ticket_intervals where interval_number = 1"
            ).fetchall()
        )
    return [(*one, minutes[str(number)]) for number, one in enumerate(found)]


def _fill(
    connection: duckdb.DuckDBPyConnection,
    found: list[tuple[str, datetime, datetime]],
) -> None:
    into = "insert into warehouse.intermediate.int_"
    for name, schedule in SCHEDULES.items():
        for hours in schedule.hours:
            row = ["zendesk", name, schedule.zone, *hours]
            connection.execute(f"{into}business_hours values (?, ?, ?, ?, ?, ?)", row)
        for days in schedule.holidays:
            row = ["zendesk", name, *days]
            connection.execute(f"{into}business_holidays values (?, ?, ?, ?)", row)
    connection.execute(f"{into}tickets values (timestamp '2020-12-01')")
    changes, schedules = [], []
    for number, (name, begins, ends) in enumerate(found):
        key, start, end = str(number), *(_plain(at) for at in (begins, ends))
        never = datetime(9999, 12, 31)  # noqa: DTZ001
        schedules.append([key, name])
        place = [key, "zendesk", key]
        changes += [
            [*place, "status", "open", 1, start, end, end],
            [*place, "status", "solved", 2, end, None, never],
            *(
                [*place, field, "", 1, start, None, never]
                for field in ("group", "assignee", "priority")
            ),
        ]
    marks = ", ".join("?" * 9)
    connection.executemany(f"{into}ticket_intervals values ({marks})", changes)
    connection.executemany(f"{into}ticket_schedules values (?, ?)", schedules)


def _plain(at: datetime) -> datetime:
    return at.replace(tzinfo=None)


def test_business_minutes_are_those_that_a_counter_finds(
    built: list[tuple[str, datetime, datetime, float]],
) -> None:
    """On clock changes and holidays, over midnights and years, exact to the minute."""
    wrong = [
        (name, begins.isoformat(), ends.isoformat(), counted, minutes)
        for name, begins, ends, minutes in built
        if (counted := SCHEDULES[name].count(begins, ends)) != minutes
    ]
    assert wrong == []


def test_the_counter_has_something_to_count(
    built: list[tuple[str, datetime, datetime, float]],
) -> None:
    """Stretches without a clock change or with the shops closed would prove nothing."""
    assert all(
        any(minutes > 0 for name, _, _, minutes in built if name == each)
        for each in SCHEDULES
    )
    assert len(turning_days("Asia/Tehran")) == 4
    assert turning_days("Asia/Kathmandu") == []
