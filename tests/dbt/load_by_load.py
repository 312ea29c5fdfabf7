"""Visits built load by load: `python -m tests.dbt.load_by_load`, dbt parsed once.

The events come in a random order in several loads. After each load the visits are
compared with a plain computation, at the end with a whole build, row by row.
"""

import random
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import duckdb

from ingestion.settings import load_settings
from orchestration.manifest import applied, dbt_environment
from tests.dbt.warehouses import write_events

PAUSE = timedelta(minutes=30)
NIGHT = datetime(2026, 3, 1, 20, tzinfo=UTC)
SESSIONS = (
    *("int_visitor_events", "int_visitor_event_loads", "int_visitor_event_changes"),
    *("int_seen_user_agents", "int_user_agents", "int_sessions"),
)
FACTS = ("int_orders", "int_session_sources", "int_session_orders", "fct_sessions")
MADE_BY_HAND = """
create schema seeds; create schema marts;
create table seeds.bot_user_agents as select '%bot%' as pattern;
create table seeds.referring_sites as
select 'google.%' as host_pattern, 'google' as source_name, 'search' as site_type;
create table marts.dim_customer_records as
select
    'c' || number as customer_key, 'events' as vendor, 'visitor' as record_type,
    'd' || number as record_id
from range(5) as numbers(number);
create table marts.fct_orders as
select
    'key ' || number as order_key, 'events' as vendor, 'o' || number as order_id,
    cast(20 as decimal(18, 6)) as gross_amount_base,
    cast(1 as decimal(18, 6)) as discount_amount_base,
    timestamp '2026-03-01 20:00:00' as ordered_at
from range(40) as numbers(number);
"""


def random_events(seed: int, count: int) -> list[dict]:
    """Return events of five people and a robot over two nights, in no order.

    Times fall on whole ten minutes, so that pauses of exactly half an hour and events
    of one instant occur; orders are reported twice, on other devices too.
    """
    rng = random.Random(seed)
    events = []
    for number in range(count):
        at = NIGHT + timedelta(minutes=10 * rng.randrange(150))
        visitor = rng.randrange(6)
        event = {
            "message_id": f"m{rng.randrange(10**9):09d}-{number}",
            "type": "page",
            "anonymous_id": f"d{visitor}",
            "user_id": rng.choice((None, None, f"u{visitor}", "u9")),
            "user_agent": "Googlebot" if visitor == 5 else f"Browser {visitor}",
            "country": rng.choice((None, "Iran", "Germany")),
            "page_path": f"/{number}",
            "event_at": at.isoformat(),
            "received_at": at.isoformat(),
        }
        if number % 4 == 0:
            order = {"event": "Order Completed", "order_id": f"o{rng.randrange(12)}"}
            event |= {"type": "track", **order}
        events.append(event)
    return events


def plain_visits(events: list[dict]) -> list[tuple]:
    """Return (visitor, start, end, events, order reports that stand) of every visit."""
    reports = sorted(
        (e for e in events if e["type"] == "track"),
        key=lambda e: (e["event_at"], e["received_at"], e["message_id"]),
    )
    standing = {e["order_id"]: e["message_id"] for e in reversed(reports)}
    by_visitor = defaultdict(list)
    for event in events:
        if "bot" not in event["user_agent"]:
            by_visitor[event["anonymous_id"]].append(event)
    visits = []
    for visitor, theirs in by_visitor.items():
        current: list[dict] = []
        for event in sorted(theirs, key=lambda e: (e["event_at"], e["message_id"])):
            if current and _at(event) - _at(current[-1]) > PAUSE:
                visits.append(_visit(visitor, current, standing))
                current = []
            current.append(event)
        visits.append(_visit(visitor, current, standing))
    return sorted(visits)


def _at(event: dict) -> datetime:
    return datetime.fromisoformat(event["event_at"])


def _visit(visitor: str, events: list[dict], standing: dict[str, str]) -> tuple:
    orders = sum(standing.get(e.get("order_id", "")) == e["message_id"] for e in events)
    first, last = (_at(events[end]).replace(tzinfo=None) for end in (0, -1))
    return visitor, first, last, len(events), orders


def main() -> None:
    """Build, change and compare; an assertion fails where a row differs."""
    settings = load_settings()
    path = str(settings.warehouse_path)
    write_events(settings.warehouse_dir, [])
    with duckdb.connect(path) as connection:
        connection.execute(MADE_BY_HAND)
        connection.execute("delete from raw_events._dlt_loads")
    with applied(dbt_environment(settings)):
        from dbt.cli.main import dbtRunner
        from dbt.contracts.graph.manifest import Manifest

        parsed = dbtRunner().invoke(["--quiet", "parse"])
        assert parsed.success, parsed.exception
        manifest = parsed.result
        assert isinstance(manifest, Manifest)

        def build(*models: str, whole: bool = False) -> None:
            more = ["--full-refresh"] if whole else []
            done = dbtRunner(manifest=manifest).invoke(
                ["--quiet", "run", "-s", *models, *more]
            )
            assert done.success, str(done.result or done.exception)

        build("path:models/staging/events")
        seen = load_by_load(path, build)
        erase_and_compare(path, build, seen)


def load_by_load(path: str, build: Callable[..., None]) -> list[dict]:
    """Bring the events in four loads and compare the visits after each."""
    events, seen = random_events(7, 160), []
    # What most are built from; then small loads, of whatever time.
    for number, size in enumerate((100, 20, 20, 20)):
        new, events = events[:size], events[size:]
        seen += new
        _append(path, new, f"{1785000000 + number}.5")
        build(*SESSIONS)
        if number == 1:
            # Killed before the facts were written: the next run makes up for it.
            continue
        build(*FACTS)
        found = _rows(
            path,
            "select visitor_id, started_at, ended_at, event_count, "
            "order_completed_count from intermediate.int_sessions order by all",
        )
        assert found == plain_visits(seen), f"load {number}"
        assert _rows(path, "select count(*) from marts.fct_sessions") == [(len(found),)]
        if number == 2:
            with duckdb.connect(path) as connection:
                # Two devices turn out to be one person's; an order is restated.
                connection.execute(
                    "update marts.dim_customer_records set customer_key = 'c0' "
                    "where record_id = 'd1'"
                )
                connection.execute(
                    "update marts.fct_orders set gross_amount_base = 99 "
                    "where order_id = 'o3'"
                )
    return seen


def erase_and_compare(path: str, build: Callable[..., None], seen: list[dict]) -> None:
    """Compare with a whole build; then take somebody out of raw."""
    _assert_like_a_whole_build(path, build)
    with duckdb.connect(path) as connection:
        connection.execute("delete from raw_events.events where anonymous_id = 'd2'")
    build(*SESSIONS, *FACTS)
    left = [event for event in seen if event["anonymous_id"] != "d2"]
    found = _rows(path, "select count(*) from marts.fct_sessions")
    assert found == [(len(plain_visits(left)),)]


def _assert_like_a_whole_build(path: str, build: Callable[..., None]) -> None:
    tables = ("intermediate.int_sessions", "marts.fct_sessions")
    by_loads = {name: _rows(path, f"from {name} order by all") for name in tables}
    ids = "select distinct build_id from intermediate.session_builds"
    assert len(_rows(path, ids)) == 2, "a load after the first built everything"
    build("int_sessions", "fct_sessions", whole=True)
    for name, rows in by_loads.items():
        assert rows == _rows(path, f"from {name} order by all"), name


def _append(path: str, events: list[dict], load_id: str) -> None:
    with duckdb.connect(path) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(
            "insert into raw_events._dlt_loads values (?, 0, '2026-07-25')", [load_id]
        )
        for event in events:
            row = {**event, "_dlt_load_id": load_id}
            marks = ", ".join("?" for _ in row)
            connection.execute(
                f"insert into raw_events.events ({', '.join(row)}) values ({marks})",
                list(row.values()),
            )


def _rows(path: str, sql: str) -> list[tuple]:
    with duckdb.connect(path) as connection:
        return connection.execute(sql).fetchall()


if __name__ == "__main__":
    main()
