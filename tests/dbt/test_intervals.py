"""Who was where and owned what when, against reading the whole history for each instant."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dbt.warehouses import Warehouse, only

MODELS = (
    "int_employee_team_intervals",
    "int_people_intervals",
    "int_deal_owner_intervals",
)
TABLES = """
attach ':memory:' as warehouse;
create schema warehouse.intermediate;
create schema warehouse.seeds;
create table warehouse.seeds.team_regions as
select * from (values ('North', 'DACH'), ('South', 'Iran')) as t(team_name, region_name);
create table warehouse.intermediate.int_employee_versions (
    vendor text, employee_id text, team_name text, extracted_at timestamp, row_hash text
);
create table warehouse.intermediate.int_people_records as
select 'p' as person_key, 'crm' as vendor, 'owner' as record_type, '1' as record_id
union all select 'p', 'hr', 'employee', '7';
create table warehouse.intermediate.int_employee_job_changes (
    vendor text, employee_id text, job_change_id text, effective_date date,
    job_title text, department_name text, location_name text, team_name text,
    manager_id text
);
create table warehouse.intermediate.int_employee_status_changes (
    vendor text, employee_id text, status_change_id text, effective_date date,
    employment_type text
);
create table warehouse.intermediate.int_excluded_crm_records (
    vendor text, record_type text, record_id text
);
create table warehouse.intermediate.int_deals (
    vendor text, deal_id text, employee_id text, created_at timestamp,
    updated_at timestamp
);
create table warehouse.intermediate.int_deal_property_changes (
    vendor text, deal_id text, property_name text, property_value text,
    changed_at timestamp
);
"""
# Both ways of changing clocks, half hours, a midnight that does not exist or comes twice.
ZONES = (
    "Europe/Berlin",
    "Asia/Tehran",
    "Australia/Lord_Howe",
    "America/Havana",
    "America/St_Johns",
    "Asia/Kathmandu",
)
SECOND = timedelta(seconds=1)
# Days on which some of the zones change their clocks, in 2021, and the middle of a month.
DAYS = [
    datetime(2021, month, day, tzinfo=UTC)
    for month, day in (
        (3, 14), (3, 21), (3, 22), (3, 28), (4, 3), (4, 4), (6, 15), (9, 21), (9, 22),
        (10, 2), (10, 3), (10, 31), (11, 7),
    )
]  # fmt: skip
# Half an hour apart, or a second from it.
INSTANTS = st.builds(
    lambda day, halves, seconds: (
        day + halves * timedelta(minutes=30) + seconds * SECOND
    ),
    st.sampled_from(DAYS),
    st.integers(-30, 60),
    st.sampled_from((-1, 0, 0, 1)),
)
TEAMS = st.sampled_from(("North", "South", "West", None))
VERSIONS = st.lists(
    st.tuples(INSTANTS, TEAMS), min_size=1, max_size=6, unique_by=lambda one: one[0]
)
JOBS = st.lists(
    st.tuples(
        st.sampled_from(DAYS).map(datetime.date),
        st.sampled_from(("Sales", "Support")),
        st.sampled_from(("North", None)),
    ),
    max_size=4,
    unique_by=lambda one: one[0],
)
OWNERS = st.lists(
    st.tuples(INSTANTS, st.sampled_from(("1", "2", None))),
    max_size=6,
    unique_by=lambda one: one[0],
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple]:
    """Return a connection with what the models read, and the compiled models."""
    warehouse = Warehouse(
        tmp_path_factory.mktemp("intervals"),
        {
            "VENDORS": only("shop", "events"),
            "AS_OF": "2022-01-01",
            "REPORTING_TIMEZONE": ZONES[0],
        },
    )
    done = warehouse.dbt("--quiet", "compile", "--select", *MODELS)
    assert done.returncode == 0, done.stdout + done.stderr
    compiled = {}
    for model in MODELS:
        (path,) = warehouse.directory.rglob(f"compiled/**/models/**/{model}.sql")
        compiled[model] = path.read_text("utf-8")
    assert f"'{ZONES[0]}'" in compiled["int_people_intervals"]
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set threads = 1")
        connection.execute(TABLES)
        yield connection, compiled


def fill(engine: tuple, table: str, rows: list[list]) -> None:
    """Replace the rows of a table that the models read."""
    connection, _ = engine
    name = f"warehouse.intermediate.{table}"
    connection.execute(f"delete from {name}")
    for row in rows:
        marks = ", ".join("?" * len(row))
        connection.execute(f"insert into {name} values ({marks})", row)


def build(engine: tuple, model: str, columns: str, zone: str = ZONES[0]) -> list[tuple]:
    """Return columns of a model as a run with this reporting time zone builds it."""
    connection, compiled = engine
    query = compiled[model].replace(f"'{ZONES[0]}'", f"'{zone}'")
    name = f"warehouse.intermediate.{model}"
    connection.execute(f"create or replace table {name} as {query}")
    return connection.execute(f"select {columns} from {name}").fetchall()


def plain(at: datetime) -> datetime:
    """Return an instant as the warehouse keeps it: UTC without saying so."""
    return at.astimezone(UTC).replace(tzinfo=None)


def only_one(intervals: list[tuple], at: date) -> tuple:
    """Return what holds at an instant or day; each (start, end, …) excludes its end."""
    holding = [rest for start, end, *rest in intervals if start <= at < end]
    assert len(holding) == 1, (at, intervals)
    return tuple(holding[0])


def last_until(history: list[tuple], at: date) -> tuple | None:
    """Return the last entry of a history until an instant or day."""
    past = [entry for entry in history if entry[0] <= at]
    return max(past, key=lambda entry: entry[0]) if past else None


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(versions=VERSIONS, jobs=JOBS, zone=st.sampled_from(ZONES))
def test_a_person_is_counted_where_he_was(
    engine: tuple, versions: list, jobs: list, zone: str
) -> None:
    """Who changes team within a month, or at midnight, would count twice or not at all."""
    fill(
        engine,
        "int_employee_versions",
        [["crm", "1", team, plain(at), str(number)] for number, (at, team) in enumerate(versions)],
    )  # fmt: skip
    fill(
        engine,
        "int_employee_job_changes",
        [["hr", "7", str(number), day, "Rep", name, "Berlin", team, None] for number, (day, name, team) in enumerate(jobs)],
    )  # fmt: skip
    teams = build(
        engine, MODELS[0], "valid_from_at, valid_to_at, team_name, region_name"
    )
    regions = {"North": "DACH", "South": "Iran"}
    first = min(versions)
    for edge, _ in versions:
        for at in (edge - SECOND, edge, edge + SECOND):
            # Before the first list it was the first.
            _, team = last_until(versions, at) or first
            expected = (team or "no team", regions.get(team, "unknown"))
            assert only_one(teams, plain(at)) == expected
    people = build(
        engine,
        MODELS[1],
        "valid_from_date, valid_until_date, team_name, department_name",
        zone,
    )
    for edge in [*(at for at, _ in versions), *DAYS]:
        today = edge.astimezone(ZoneInfo(zone)).date()
        for day in (today - timedelta(days=1), today, today + timedelta(days=1)):
            # A day belongs to the team in which it ends.
            listed = [(at.astimezone(ZoneInfo(zone)).date(), at, team) for at, team in versions]  # fmt: skip
            past = [(at, team) for when, at, team in listed if when <= day]
            _, owner_team = max(past) if past else first
            _, department, hr_team = last_until(jobs, day) or (None, None, None)
            expected = (hr_team or owner_team or "no team", department)
            assert only_one(people, day) == expected


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(changes=OWNERS, created=INSTANTS)
def test_a_deal_has_one_owner_at_each_instant(
    engine: tuple, changes: list, created: datetime
) -> None:
    """Two owners of one instant would both get the deal."""
    ordered = sorted(changes, key=lambda change: change[0])
    current = ordered[-1][1] if ordered else "1"
    updated = max([created, *(at for at, _ in ordered)])
    fill(engine, "int_deals", [["crm", "d", current, plain(created), plain(updated)]])
    fill(
        engine,
        "int_deal_property_changes",
        [["crm", "d", "owner", owner, plain(at)] for at, owner in changes],
    )
    owners = build(
        engine, MODELS[2], "valid_from_at, valid_to_at, employee_id, employee_key"
    )
    for edge in [created, *(at for at, _ in changes)]:
        for at in (edge - SECOND, edge, edge + SECOND):
            _, owner = last_until(changes, at) or (ordered or [(None, "1")])[0]
            found, key = only_one(owners, plain(at))
            assert found == (owner or "")
            if owner:
                assert key == hashlib.md5(f"crm-{owner}".encode()).hexdigest()
