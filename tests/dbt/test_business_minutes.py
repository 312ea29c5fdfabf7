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
MODELS = (
    "int_business_windows",
    "int_business_stretches",
    "int_ticket_schedules",
    "fct_ticket_intervals",
)
# What the models read, no more of it than they use.
TABLES = """
attach ':memory:' as warehouse;
create schema warehouse.intermediate;
create schema warehouse.marts;
create table warehouse.intermediate.int_business_hours (
    vendor text, schedule_id text, schedule_name text, timezone_name text,
    weekday_number int, start_minute int, end_minute int
);
create table warehouse.intermediate.int_business_holidays (
    vendor text, schedule_id text, start_date date, end_date date
);
create table warehouse.intermediate.int_helpdesk_groups (
    vendor text, group_id text, group_name text
);
create table warehouse.intermediate.int_tickets (created_at timestamp);
create schema warehouse.seeds;
create table warehouse.seeds.helpdesk_group_schedules (
    group_name text, schedule_name text
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


# Each ticket's time until its solve: the stretches added up, and the difference of its
# clock's readings at both ends.
READINGS = """
select
    spans.ticket_id,
    spans.business_minutes,
    max(case when clocks.at = spans.ends_at then clocks.reading end)
    - max(case when clocks.at = spans.starts_at then clocks.reading end)
from (
    select ticket_id, sum(business_minutes) as business_minutes,
        min(started_at) as starts_at, max(ended_at) as ends_at
    from warehouse.marts.fct_ticket_intervals where is_open group by ticket_id
) as spans
inner join (
    select instants.ticket_id, instants.at, schedules.offset_minutes
        + stretches.minutes_before
        + least(
            date_diff('minute', stretches.started_at, instants.at),
            stretches.open_minutes
        ) as reading
    from (
        select ticket_id, unnest([min(started_at), max(ended_at)]) as at
        from warehouse.marts.fct_ticket_intervals where is_open group by ticket_id
    ) as instants
    inner join warehouse.intermediate.int_ticket_schedules as schedules
        on instants.ticket_id = schedules.ticket_id
        and instants.at >= schedules.started_at and instants.at < schedules.valid_to_at
    inner join warehouse.intermediate.int_business_stretches as stretches
        on schedules.schedule_id = stretches.schedule_id
        and instants.at >= stretches.started_at and instants.at < stretches.ended_at
) as clocks on spans.ticket_id = clocks.ticket_id
group by all
"""
NEVER = datetime(9999, 12, 31, tzinfo=UTC)


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


@dataclass(frozen=True)
class Life:
    """A ticket that waits until `end`: (from when, the schedule of its group)."""

    moves: tuple[tuple[datetime, str], ...]
    end: datetime

    def count(self) -> int:
        """Return the open minutes, each by the schedule of its own time."""
        ends = [*(at for at, _ in self.moves[1:]), self.end]
        return sum(
            SCHEDULES[name].count(at, end)
            for (at, name), end in zip(self.moves, ends, strict=True)
        )


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


def lives() -> Iterator[Life]:
    """Yield tickets with one group, and such that are handed from hours to hours."""
    for name, begins, ends in stretches():
        yield Life(((begins, name),), ends)
    dice = random.Random(29)
    names = sorted(SCHEDULES)
    for schedule in SCHEDULES.values():
        for noon in turning_days(schedule.zone)[:3]:
            at, moves = noon - dice.randrange(3_000) * MINUTE, []
            for name in dice.sample(names, dice.randrange(2, 6)):
                moves.append((at, name))
                at += dice.choice((0, 7, 600, 2_000, 5_000)) * MINUTE
            yield Life(tuple(moves), at + dice.randrange(1, 3_000) * MINUTE)
    # There and back, over a year.
    start = datetime(2021, 3, 1, tzinfo=UTC)
    months = [start + timedelta(days=61 * n, minutes=n) for n in range(8)]
    moves = zip(months, ("office", "nowruz") * 4, strict=True)
    yield Life(tuple(moves), months[-1] + timedelta(days=9))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Life, float, float]]:
    """Return tickets with their minutes by stretches and by the ticket's clock."""
    warehouse = Warehouse(
        tmp_path_factory.mktemp("hours"),
        {"VENDORS": only("helpdesk", "zendesk"), "AS_OF": "2022-12-31"},
    )
    done = warehouse.dbt("--quiet", "compile", "--select", *MODELS)
    assert done.returncode == 0, done.stdout + done.stderr
    found = list(lives())
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(TABLES)
        _fill(connection, found)
        for model in MODELS:
            schema = "marts" if model.startswith("fct_") else "intermediate"
            (path,) = warehouse.directory.rglob(f"compiled/**/models/**/{model}.sql")
            query = path.read_text("utf-8")
            connection.execute(f"create table warehouse.{schema}.{model} as {query}")
        minutes = {
            ticket_id: readings
            for ticket_id, *readings in connection.execute(READINGS).fetchall()
        }
    return [(one, *minutes[str(number)]) for number, one in enumerate(found)]


def _fill(connection: duckdb.DuckDBPyConnection, found: list[Life]) -> None:
    into = "insert into warehouse.intermediate."
    for name, schedule in SCHEDULES.items():
        # Each schedule is that of a group of its name.
        connection.execute(
            f"{into}int_helpdesk_groups values ('zendesk', $1, $1)", [name]
        )
        connection.execute(
            "insert into warehouse.seeds.helpdesk_group_schedules values ($1, $1)",
            [name],
        )
        for hours in schedule.hours:
            row = ["zendesk", name, name, schedule.zone, *hours]
            marks = ", ".join("?" * len(row))
            connection.execute(f"{into}int_business_hours values ({marks})", row)
        for days in schedule.holidays:
            row = ["zendesk", name, *days]
            connection.execute(f"{into}int_business_holidays values (?, ?, ?, ?)", row)
    connection.execute(f"{into}int_tickets values (timestamp '2020-12-01')")
    rows = []
    for number, life in enumerate(found):
        key, start = str(number), life.moves[0][0]
        history = {
            "status": [(start, "open"), (life.end, "solved")],
            "group": life.moves,
            "assignee": [(start, "")],
            "priority": [(start, "")],
        }
        for field, changes in history.items():
            ends = [*(at for at, _ in changes[1:]), None]
            for place, ((at, value), end) in enumerate(zip(changes, ends, strict=True)):
                row = [key, "zendesk", key, field, value, place + 1, _plain(at)]
                rows.append([*row, end and _plain(end), _plain(end or NEVER)])
    marks = ", ".join("?" * 9)
    connection.executemany(f"{into}int_ticket_intervals values ({marks})", rows)


def _plain(at: datetime) -> datetime:
    return at.replace(tzinfo=None)


def test_business_minutes_are_those_that_a_counter_finds(
    built: list[tuple[Life, float, float]],
) -> None:
    """On clock changes, holidays and handovers, over years, exact to the minute."""
    wrong = [
        (life, counted, summed, read)
        for life, summed, read in built
        if not (counted := life.count()) == summed == read
    ]
    assert wrong == []


def test_the_counter_has_something_to_count(
    built: list[tuple[Life, float, float]],
) -> None:
    """Stretches without a clock change or with the shops closed would prove nothing."""
    assert all(
        any(minutes > 0 for life, minutes, _ in built if life.moves[0][1] == each)
        for each in SCHEDULES
    )
    handed = [life for life, *_ in built if len(life.moves) > 1]
    assert sum(life.count() != Life(life.moves[:1], life.end).count() for life in handed) > 20  # fmt: skip
    assert len(turning_days("Asia/Tehran")) == 4
    assert turning_days("Asia/Kathmandu") == []
