"""Readers see one whole version or another, whatever happens to the publisher."""

import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from ingestion.settings import PROJECT_ROOT
from orchestration import audit
from orchestration.publish import KEPT_VERSIONS, publish, published_version

# Each build has one number in every row of both tables, so that a mix would show.
BUILD = """
    create schema if not exists marts; create schema if not exists kpis;
    create schema if not exists staging;
    create or replace table staging.stg_orders as select {n} as build;
    create or replace table marts.fct_orders as
        select {n} as build, i as line_number from range({rows}) as numbers(i);
    create or replace table kpis.kpi_sales as
        select {n} as build, {rows}::decimal(18, 2) as gross_amount;
    comment on table kpis.kpi_sales is 'Sales, it''s one row.';
    comment on column kpis.kpi_sales.gross_amount is 'Gross.';
"""
READER = """
import sys, duckdb
seen, bad = set(), []
for line in sys.stdin:
    if line == "stop\\n":
        break
    with duckdb.connect(sys.argv[1], read_only=True) as connection:
        found = connection.execute(
            "select min(build), max(build), count(*) from marts.fct_orders"
        ).fetchone() + connection.execute("select build from kpis.kpi_sales").fetchone()
    low, high, rows, kpi = found
    seen.add(low)
    if not (low == high == kpi and rows == 200000):
        bad.append(found)
    print(low, flush=True)
print("bad", bad, "seen", len(seen), flush=True)
"""
PUBLISHER = """
from ingestion.settings import load_settings
from orchestration.publish import publish
publish(load_settings(), "killed")
"""


def build(settings, number: int, rows: int = 100) -> None:
    """Write a build and approve it."""
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute(BUILD.format(n=number, rows=rows))
    audit.note(settings, raw="run", built="run")


def published_build(settings) -> int:
    """Return the number of the build that readers see."""
    with duckdb.connect(str(settings.published_path), read_only=True) as connection:
        return connection.execute("select build from kpis.kpi_sales").fetchone()[0]


def test_only_the_public_schemas_are_published_with_their_comments(settings):
    """Raw rows hold personal data, and a column without its text has no meaning."""
    build(settings, 1)
    done = publish(settings, "run-1")
    assert done.table_count == 2
    assert done.row_count == 101
    with duckdb.connect(str(settings.published_path), read_only=True) as connection:
        schemas = connection.execute(
            "select distinct schema_name from duckdb_tables() order by 1"
        ).fetchall()
        comments = connection.execute(
            "select comment from duckdb_tables() where table_name = 'kpi_sales' "
            "union all select comment from duckdb_columns() "
            "where table_name = 'kpi_sales' and column_name = 'gross_amount'"
        ).fetchall()
        types = connection.execute("describe kpis.kpi_sales").fetchall()
    assert schemas == [("kpis",), ("marts",), ("meta",)]
    assert comments == [("Sales, it's one row.",), ("Gross.",)]
    assert types[1][1] == "DECIMAL(18,2)"


def test_a_view_over_published_tables_stays_a_view(settings, tmp_path: Path):
    """Wide views would be most of the file, and none may need a file that is not there.

    A reader may attach the file under a name of his own.
    """
    build(settings, 1)
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        file = connection.execute("select current_database()").fetchone()[0]
        connection.execute(
            f"""
            create view marts.mart_lines as (
                with orders as (select * from "{file}"."marts"."fct_orders")
                select
                    orders.line_number,
                    cast(null as varchar) as rep_email,
                    sales.gross_amount
                from orders
                inner join "{file}"."kpis"."kpi_sales" as sales
                    on orders.build = sales.build
            );
            comment on view marts.mart_lines is 'Lines, wide.';
            comment on column marts.mart_lines.rep_email is 'Nobody''s.'
            """
        )
    done = publish(settings, "run-1")
    assert done.table_count == 3
    assert done.row_count == 101
    with duckdb.connect() as connection:
        connection.execute(f"attach '{settings.published_path}' as theirs (read_only)")
        comments = connection.execute(
            "select comment from duckdb_views() where view_name = 'mart_lines' "
            "union all select comment from duckdb_columns() "
            "where table_name = 'mart_lines' and column_name = 'rep_email'"
        ).fetchall()
        rows = connection.execute(
            "select count(*), sum(line_number) from theirs.marts.mart_lines"
        ).fetchone()
    assert comments == [("Lines, wide.",), ("Nobody's.",)]
    assert rows == (100, sum(range(100)))


def test_a_view_over_what_is_not_published_is_refused(settings):
    """It would be a name in the file that no reader can open."""
    build(settings, 1)
    publish(settings, "run-1")
    build(settings, 2)
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute(
            "create view marts.mart_staged as select build from staging.stg_orders"
        )
    with pytest.raises(
        audit.PublishRefusedError, match=r"mart_staged reads staging\.stg_orders"
    ):
        publish(settings, "run-2")
    assert published_build(settings) == 1


def test_the_version_says_what_it_is(settings):
    """A number without its clock and its loads cannot be traced."""
    build(settings, 1)
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute(
            "create schema raw_events; create table raw_events._dlt_loads as "
            "select '17.5' as load_id, 0 as status"
        )
    done = publish(settings, "run-1")
    with duckdb.connect(str(settings.published_path), read_only=True) as connection:
        row = connection.execute("from meta.published").fetchone()
    version, as_of, built_at, run_id, currency, zone, loads = row
    assert version == done.version == published_version(settings)
    assert as_of == datetime(2026, 11, 18, 20, 0)  # noqa: DTZ001 - UTC by its name
    assert isinstance(built_at, datetime)
    assert (run_id, currency, zone) == ("run-1", "EUR", "Europe/Berlin")
    assert loads == '{"events": "17.5"}'


@pytest.mark.parametrize("stage", [audit.RAW, audit.BUILT])
def test_a_build_that_did_not_pass_is_refused(settings, stage):
    """Whoever calls it, from whatever job: nothing unchecked is published."""
    build(settings, 1)
    publish(settings, "run-1")
    build(settings, 2)
    audit.reset(settings, stage)
    with pytest.raises(audit.PublishRefusedError, match="is not published"):
        publish(settings, "run-2")
    assert published_build(settings) == 1


def test_old_versions_go_and_the_last_three_stay(settings):
    """Without an end the disk fills; without the last ones nobody can go back."""
    versions = []
    for number in range(KEPT_VERSIONS + 2):
        build(settings, number)
        versions.append(publish(settings, "run").version)
    folder = settings.warehouse_dir / "published"
    assert sorted(p.name for p in folder.glob("[0-9]*")) == versions[-KEPT_VERSIONS:]
    assert published_version(settings) == versions[-1]


def test_what_a_killed_publisher_left_is_removed(settings):
    """Half a copy per killed run would fill the disk."""
    build(settings, 1)
    folder = settings.warehouse_dir / "published"
    (folder / ".20200101T000000000000Z").mkdir(parents=True)
    (folder / ".20200101T000000000000Z" / "warehouse.duckdb").write_bytes(b"half")
    (folder / ".current").symlink_to("nowhere")
    publish(settings, "run")
    hidden = [each.name for each in folder.glob(".*")]
    assert hidden == [".lock"]


def test_a_reader_never_sees_half_a_version(settings, tmp_path: Path):
    """A dashboard would show this month's total over last month's rows.

    A process reads in a loop; publishers are killed with SIGKILL while they write,
    each at a later moment, between publishes that succeed.
    """
    rows = 200_000
    build(settings, 0, rows)
    publish(settings, "run")
    environment = {**os.environ, "PYTHONPATH": str(PROJECT_ROOT)}
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(settings.published_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def read() -> int:
        reader.stdin.write("read\n")
        reader.stdin.flush()
        return int(reader.stdout.readline())

    folder = settings.warehouse_dir / "published"
    killed_while_writing = 0
    for number in range(1, 5):
        build(settings, number, rows)
        publisher = subprocess.Popen([sys.executable, "-c", PUBLISHER], env=environment)
        # Killed at the first sign of its work, later each time by the reads in between.
        while publisher.poll() is None and not list(folder.glob(".2*/*")):
            assert read() in (number - 1, number)
        for _ in range(number - 1):
            assert read() in (number - 1, number)
        if publisher.poll() is None:
            publisher.send_signal(signal.SIGKILL)
            killed_while_writing += 1
        publisher.wait()
        assert read() in (number - 1, number)
        publish(settings, "after the kill")
        assert read() == number
    out, _ = reader.communicate("stop\n")
    assert killed_while_writing >= 1
    assert out == "bad [] seen 5\n"


def test_an_open_reader_keeps_what_it_has_open(settings):
    """A dashboard that is being read must not break when a version goes."""
    build(settings, 1)
    publish(settings, "run")
    with duckdb.connect(str(settings.published_path), read_only=True) as reader:
        for number in range(2, 3 + KEPT_VERSIONS):
            build(settings, number)
            publish(settings, "run")
        assert reader.execute("select build from kpis.kpi_sales").fetchone() == (1,)
    assert published_build(settings) == 2 + KEPT_VERSIONS
