"""`meta` says how fresh and how checked each number is, and what changed behind it."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from ingestion.settings import Settings, load_settings
from orchestration import audit, meta_tables
from orchestration.freshness import Freshness, Limit, limits
from orchestration.graph import DbtGraph
from orchestration.publish import Publication, publish

# The company's clock is 18 November 2026 and a month is final 30 days after its end: July
# is, October is not, although it is complete.
BUILD = """
    create schema if not exists marts; create schema if not exists kpis;
    create schema if not exists raw_events;
    create or replace table raw_events._dlt_loads as
        select '1763505600.1' as load_id, 0 as status;
    create or replace table raw_events.events as
        select i as event_id, 'a' as page, '1763505600.1' as _dlt_load_id
        from range(60) as numbers(i);
    create or replace table raw_events.quarantine as select * from (values
        ('events', 'price', '''12x'' is no number', '12x', '1763505600.1'),
        ('events', 'price', '''13x'' is no number', '13x', '1763505600.1'),
        ('events', null, 'line 7: emily@firma.example', 'emily', '1763505600.1')
    ) as rejected(table_name, field_name, reason, raw_value, _dlt_load_id);
    create or replace table marts.fct_orders as
        select i as order_id from range(40) as numbers(i);
    create or replace table kpis.kpi_sales as
        select 'month' as period_type, day::date as sales_month, scope as scope_type,
            is_complete, orders::bigint as order_count, share::double as paid_rate,
            orders::bigint as prior_order_count
        from (values
            ('2026-06-01', 'total', true, 10, 0.5), ('2026-07-01', 'total', true, 20, 0.5),
            ('2026-07-01', 'region', true, 12, 0.5), ('2026-10-01', 'total', true, 30, 0.5),
            ('2026-11-01', 'total', false, 5, 0.5)
        ) as rows(day, scope, is_complete, orders, share);
"""


def manifest(checksum: str = "one") -> dict:
    """Return what dbt knows of the build: events -> fct_orders -> kpi_sales."""
    source = "source.warehouse.events.events"
    kpi = "model.warehouse.kpi_sales"
    model = {"resource_type": "model", "columns": {}, "depends_on": {"nodes": [source]}}
    order = {
        **model,
        "schema": "marts",
        "name": "fct_orders",
        "config": {"materialized": "table", "meta": {"owner": "shop"}},
    }
    sales = {
        **model,
        "schema": "kpis",
        "name": "kpi_sales",
        "checksum": {"checksum": checksum},
        "config": {
            "materialized": "table",
            "meta": {"owner": "sales", "kpi": ["K1", "K2"], "finality_days": 30},
        },
        "depends_on": {"nodes": ["model.warehouse.fct_orders"]},
    }
    sound = {
        "resource_type": "test",
        "name": "kpi_sales_is_sound",
        "alias": "kpi_sales_is_sound",
        "attached_node": kpi,
        "depends_on": {"nodes": [kpi]},
        "test_metadata": {
            "kwargs": {"primary_key": ["period_type", "sales_month", "scope_type"]}
        },
    }
    return {
        "nodes": {
            "model.warehouse.fct_orders": order,
            kpi: sales,
            "test.warehouse.sound": sound,
        },
        "sources": {
            source: {
                "source_name": "events",
                "name": "events",
                "schema": "raw_events",
                "freshness": {"warn_after": {"count": 2, "period": "day"}},
            }
        },
    }


@pytest.fixture
def published(settings) -> Callable[..., Publication]:
    """Return a function that builds, changes the build, approves and publishes it."""

    def run(*changes: str, checksum: str = "one") -> Publication:
        with duckdb.connect(str(settings.warehouse_path)) as connection:
            connection.execute(BUILD)
            for change in changes:
                connection.execute(change)
        audit.note(settings, raw="run", built="run")
        return publish(load_settings(), "run", None, DbtGraph.of(manifest(checksum)))

    return run


def rows(settings: Settings, query: str) -> list[tuple]:
    """Return what the published file answers."""
    with duckdb.connect(str(settings.published_path), read_only=True) as connection:
        return connection.execute(query).fetchall()


RESTATED = """
    select sales_month, scope_type, measure_name, changed_row_count, added_row_count,
        removed_row_count, old_value, new_value, cause, vendors
    from (select *, first_period_date::varchar as sales_month from meta.kpi_restatements)
    order by all
"""


def test_a_final_period_that_changed_is_told_with_old_and_new_value(
    settings, published
):
    """Last summer's number changed under everybody who had quoted it."""
    first = published()
    done = published(
        "update kpis.kpi_sales set order_count = 21, prior_order_count = 9 "
        "where sales_month = '2026-07-01' and scope_type = 'total'",
        # Not final yet.
        "update kpis.kpi_sales set order_count = 31 where sales_month >= '2026-10-01'",
        "update raw_events._dlt_loads set load_id = '1763592000.1'",
    )
    assert rows(settings, RESTATED) == [
        ("2026-07-01", "total", "order_count", 1, 0, 0, 20, 21, "data", "events")
    ]
    assert rows(
        settings, "select version, prior_version, table_name from meta.kpi_restatements"
    ) == [(done.version, first.version, "kpi_sales")]
    (finding,) = (f for f in done.findings if f.check == "final_periods_hold")
    assert finding.text == (
        "kpis.kpi_sales: order_count of 1 final periods changed (data); first 2026-07-01"
    )
    tables = (
        "select restated_period_count from meta.tables where table_name = 'kpi_sales'"
    )
    assert rows(settings, tables) == [(1,)]
    # The history stays, and a number that went back has changed again.
    published()
    assert [told[6:8] for told in rows(settings, RESTATED)] == [(20, 21), (21, 20)]


@pytest.mark.parametrize(
    ("change", "checksum", "told"),
    [
        (
            "delete from kpis.kpi_sales where sales_month = '2026-06-01'",
            "one",
            [
                ("2026-06-01", "total", "order_count", 0, 0, 1, 10, None, "clock", ""),
                ("2026-06-01", "total", "paid_rate", 0, 0, 1, 0.5, None, "clock", ""),
            ],
        ),
        (
            "update kpis.kpi_sales set paid_rate = 0.75 where scope_type = 'region'",
            "two",
            [
                (
                    "2026-07-01",
                    "region",
                    "paid_rate",
                    1,
                    0,
                    0,
                    0.5,
                    0.75,
                    "definition",
                    "",
                )
            ],
        ),
        (
            "update kpis.kpi_sales set paid_rate = paid_rate + 1e-13",
            "one",
            [],
        ),
    ],
    ids=["lost rows", "another definition", "another order of addition"],
)
def test_a_restatement_says_what_it_comes_from(
    settings, published, change, checksum, told
):
    """Whether a vendor or a colleague changed it decides whom to ask."""
    published()
    published(change, checksum=checksum)
    assert rows(settings, RESTATED) == told


def test_a_clock_that_was_turned_back_restates_nothing(
    settings, published, monkeypatch
):
    """Every open period of the past would be reported as a correction."""
    published()
    monkeypatch.setenv("AS_OF", "2026-10-01")
    load_settings.cache_clear()
    published("delete from kpis.kpi_sales where sales_month > '2026-06-01'")
    assert rows(settings, RESTATED) == []


def test_columns_that_come_go_change_or_run_empty_are_told(settings, published):
    """A vendor's renamed field is a column of NULLs for weeks before anybody asks."""
    published()
    done = published(
        "alter table raw_events.events add column referrer varchar",
        "alter table raw_events.events alter event_id type varchar",
        "insert into raw_events._dlt_loads values ('1763592000.1', 0)",
        "insert into raw_events.events select 'n' || i, null, '1763592000.1', 'r' "
        "from range(50) as numbers(i)",
        "create table raw_events.load_reconciliation as select '1763592000.1' as load_id,"
        " 'events' as table_name, 50 as received_count, 50 as loaded_count, "
        "0 as duplicate_count, 0 as quarantined_count, 0 as skipped_count, "
        "0 as bad_value_count, true as is_balanced, 0.1 as extraction_seconds, "
        "now() as loaded_at",
        "create table raw_events.pages as select 1 as page_id",
    )
    assert rows(
        settings,
        "select column_name, change_type, old_type, new_type from meta.schema_changes "
        "where version = (select version from meta.published) order by 1",
    ) == [
        ("event_id", "retyped", "BIGINT", "VARCHAR"),
        ("page", "emptied", "VARCHAR", "VARCHAR"),
        ("referrer", "added", None, "VARCHAR"),
    ]
    assert sum(f.check == "raw_columns_hold" for f in done.findings) == 3
    seen = "select first_seen_at from meta.raw_columns where column_name = 'page'"
    since = rows(settings, seen)
    published(
        "drop table raw_events.load_reconciliation", "drop table raw_events.pages"
    )
    assert rows(settings, seen) == since


def test_a_table_that_lost_its_rows_is_told(settings, published):
    """An empty fetch that slipped through would only be seen on a dashboard."""
    published()
    (finding,) = (
        f
        for f in published("delete from marts.fct_orders").findings
        if f.check == "tables_keep_their_rows"
    )
    assert (finding.severity, finding.text) == (
        "error",
        "marts.fct_orders lost all of its 40 rows",
    )


def test_each_table_knows_its_vendors_its_owner_and_its_freshness(settings, published):
    """A dashboard shows them beside the number."""
    published()
    assert rows(
        settings,
        "select table_name, owner, kpi_numbers, row_count, vendors, freshness_status, "
        "oldest_loaded_at, finality_days from meta.tables order by 1",
    ) == [
        (
            "fct_orders",
            "shop",
            None,
            40,
            "events",
            "stale",
            datetime(2025, 11, 18, 22, 40, 0, 100000),  # noqa: DTZ001 - UTC by its name
            None,
        ),
        (
            "kpi_sales",
            "sales",
            "K1, K2",
            5,
            "events",
            "stale",
            datetime(2025, 11, 18, 22, 40, 0, 100000),  # noqa: DTZ001 - UTC by its name
            30,
        ),
    ]
    assert rows(
        settings, "select vendor, categories, late_hours, stale_hours from meta.sources"
    ) == [("events", "shop", 48, 96)]


def test_what_was_rejected_is_counted_by_reason_without_its_values(settings, published):
    """The reason quotes the value, and the value may be a person's."""
    published()
    assert rows(
        settings,
        "select table_name, field_name, reason, rejected_count from meta.rejected_rows "
        "order by rejected_count desc",
    ) == [
        ("events", "price", "… is no number", 2),
        ("events", None, "line #: …", 1),
    ]


def test_a_version_before_that_cannot_be_read_keeps_nothing_back(settings, published):
    """One damaged file would stop every publish to come."""
    done = published()
    done.path.resolve().write_bytes(b"not a database")
    published()
    assert rows(settings, "select count(*) from meta.tables") == [(2,)]


def test_every_table_and_column_of_meta_says_what_it_is(settings, published):
    """A column without its text is one that BI guesses at."""
    published()
    assert (
        rows(
            settings,
            "select table_name, column_name from duckdb_columns() "
            "where schema_name = 'meta' and coalesce(comment, '') = ''",
        )
        == []
    )
    names = rows(
        settings, "select table_name from duckdb_tables() where schema_name = 'meta'"
    )
    assert {name for (name,) in names} == {each.name for each in meta_tables.EVERY}


@pytest.mark.parametrize(
    ("hours", "judged"),
    [(47, Freshness.fresh), (49, Freshness.late), (97, Freshness.stale)],
)
def test_a_load_is_judged_by_its_vendors_limit(settings, hours, judged):
    """Events that are two days late and a yearly survey cannot share a limit."""
    now = datetime(2026, 11, 25, tzinfo=UTC)
    limit = limits(DbtGraph.of(manifest()), settings)["events"]
    assert limit.judge(now - timedelta(hours=hours), now) is judged
    assert limit.judge(None, now) is Freshness.never


def test_a_deployment_may_set_its_own_limit(settings, monkeypatch):
    """An hourly deployment notices nothing for two days otherwise."""
    monkeypatch.setenv("FRESHNESS_HOURS", '{"events": 3, "unknown": 1}')
    load_settings.cache_clear()
    found = limits(DbtGraph.of(manifest()), load_settings())
    assert found == {"events": Limit(timedelta(hours=3), timedelta(hours=6))}


def test_a_run_writes_what_its_checks_found(stage, definitions, instance, settings):
    """A number that no check has passed must not look like one that has."""
    stage.orders = 0
    job = definitions.get_job_def("refresh_warehouse")
    done = job.execute_in_process(instance=instance, raise_on_error=False)
    assert done.success
    assert rows(
        settings,
        "select asset_key, table_schema, check_name, is_passed, failing_since is null, "
        "run_id from meta.checks where asset_key <> 'published/warehouse' order by 1, 3",
    ) == [
        ("events/events", "raw_events", "expectations", True, True, done.run_id),
        ("kpis/kpi_sales", "kpis", "plausibility", True, True, done.run_id),
        ("marts/fct_orders", "marts", "is_sound_fct_orders", True, True, done.run_id),
    ]
    assert rows(settings, "select job_name, status, trigger from meta.runs") == [
        ("refresh_warehouse", "started", "by hand")
    ]
    checks = {
        each.check_name: each.passed
        for each in done.get_asset_check_evaluations()
        if each.asset_key.path[0] == "published"
    }
    # The stand-in's load is from long ago.
    assert checks == {
        "sources_are_fresh": False,
        "tables_keep_their_rows": True,
        "raw_columns_hold": True,
        "volumes_are_usual": True,
        "final_periods_hold": True,
    }


@pytest.fixture(scope="module")
def meta_of_a_whole_run(refreshed) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the published file of a whole run at size small."""
    file = Path(refreshed["WAREHOUSE_DIR"], "published", "current", "warehouse.duckdb")
    with duckdb.connect(str(file), read_only=True) as connection:
        yield connection


def test_a_whole_run_says_everything_of_itself(meta_of_a_whole_run):
    """What the stand-ins have and the project lacks would never be noticed."""
    unknown = meta_of_a_whole_run.execute(
        """
        select table_name from meta.tables where row_count is not null
            and (owner is null or freshness_status <> 'fresh' or check_count = 0
            or definition_digest is null)
        """
    ).fetchall()
    assert unknown == []
    (counts,) = meta_of_a_whole_run.execute(
        """
        select (select count(*) from meta.loads where not is_balanced),
            (select count(*) from meta.sources where loaded_count is null),
            (select count(*) from meta.runs),
            (select count(*) from meta.findings where check_name <> 'volumes_are_usual')
        """
    ).fetchall()
    assert counts == (0, 0, 1, 0)


def test_no_address_of_a_person_is_in_meta(meta_of_a_whole_run):
    """BI reads meta with fewer rights than the numbers."""
    for table in meta_tables.EVERY:
        text = str(meta_of_a_whole_run.execute(f"from meta.{table.name}").fetchall())
        assert re.findall(r"[\w.]+@[\w.]+\w", text) == []
