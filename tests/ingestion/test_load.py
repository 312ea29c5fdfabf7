"""The way every source goes into the warehouse, on a source of three rows."""

import subprocess
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import dlt
import duckdb
import pyarrow
import pytest

from ingestion import load, warehouse
from ingestion.load import LoadError, Progress, load_all, load_vendor
from ingestion.reconcile import Counts
from ingestion.records import RawTable, columns
from ingestion.settings import PROJECT_ROOT, Settings
from ingestion.warehouse import WarehouseError

THINGS = RawTable("things", columns(text="id name", decimal="amount"), key=("id",))
NOTES = RawTable("notes", columns(text="id name"), key=("id", "name"))
HOLDER = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1])
print("held", flush=True)
sys.stdin.read()
"""


class Toy:
    """A vendor whose records a test changes between loads."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.things = [{"id": "1", "amount": "0.10"}, {"id": "2", "amount": "x"}]
        self.notes = [{"id": "1", "name": "a"}]
        self.before_counts: Callable[[Counts], None] = lambda counts: None

    def source(self, settings: Settings) -> Any:
        """Return the dlt source."""

        @dlt.source(name="toy")
        def source() -> Any:
            counts = Counts()
            yield THINGS.resource(self._rows(THINGS, self.things, counts))
            yield NOTES.resource(self._rows(NOTES, self.notes, counts))
            yield from counts.resources()

        return source()

    def _rows(self, table: RawTable, rows: list[dict], counts: Counts) -> Any:
        state = dlt.current.resource_state()
        state["loads"] = state.get("loads", 0) + 1
        found = counts.table(table.name)
        found.received += len(rows)
        yield table.batch(rows, counts) if rows else table.empty()
        self.before_counts(counts)

    def load(self) -> Any:
        """Load it."""
        return load_vendor("toy", self.settings)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Query the warehouse with `raw_toy` as the schema."""
        with duckdb.connect(str(self.settings.warehouse_path)) as connection:
            connection.execute("use raw_toy")
            return connection.execute(query).fetchall()


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """Return the vendor `toy`, which the loader takes for a source module."""
    settings = Settings(
        warehouse_dir=tmp_path, sources="live", vendors={"toys": ["toy"]}
    )
    vendor = Toy(settings)
    monkeypatch.setattr(load, "source_module", lambda name: vendor)
    return vendor


def test_a_load_says_what_became_of_every_record(toy):
    """Else a load that lost half of its rows looks like any other."""
    result = toy.load()
    things = next(table for table in result.tables if table.table == "things")
    assert (things.received, things.loaded, things.bad_values) == (2, 2, 1)
    assert toy.rows(
        "select load_id, table_name, received_count, loaded_count, duplicate_count, "
        "quarantined_count, skipped_count, is_balanced, loaded_at is not null "
        "from load_reconciliation order by 2"
    ) == [
        (result.load_id, "notes", 1, 1, 0, 0, 0, True, True),
        (result.load_id, "things", 2, 2, 0, 0, 0, True, True),
    ]


def test_rows_that_the_load_itself_leaves_out_are_duplicates(toy):
    """Else events that were collected twice make a load that does not add up."""

    def left_out(counts: Counts) -> None:
        counts.table("notes", is_insert_only=True).received = 3

    toy.before_counts = left_out
    notes = next(table for table in toy.load().tables if table.table == "notes")
    assert (notes.received, notes.loaded, notes.duplicates) == (3, 1, 2)


def test_a_load_that_does_not_add_up_fails_and_says_where(toy):
    """Else "received 3, loaded 2" is a line in a table that nobody reads."""

    def lose_one(counts: Counts) -> None:
        counts.table("things").received += 1

    toy.notes.clear()
    toy.before_counts = lose_one
    with pytest.raises(LoadError, match=r"toy: load .* does not add up for things"):
        toy.load()
    assert toy.rows(
        "select is_balanced from load_reconciliation where table_name = 'things'"
    ) == [(False,)]


def test_a_load_killed_before_it_was_reconciled_is_reconciled_by_the_next(
    toy, monkeypatch
):
    """Else one kill leaves a load that nobody ever checked."""
    whole = load._reconcile

    def killed(vendor, connection):
        if connection.execute(
            "select count(*) from duckdb_tables() where table_name = 'things'"
        ).fetchone()[0]:
            raise KeyboardInterrupt
        return whole(vendor, connection)

    monkeypatch.setattr(load, "_reconcile", killed)
    with pytest.raises(KeyboardInterrupt):
        toy.load()
    monkeypatch.setattr(load, "_reconcile", whole)
    toy.things = [{"id": "1", "amount": "5"}]
    toy.load()
    assert toy.rows(
        "select received_count, loaded_count, is_balanced from load_reconciliation "
        "where table_name = 'things' order by load_id"
    ) == [(2, 2, True), (1, 1, True)]


def test_a_package_killed_before_the_load_step_is_loaded_by_the_next_run(
    toy, monkeypatch
):
    """Else what was extracted is lost, or new data is ignored for ever."""
    toy.load()
    toy.things = [{"id": "3", "amount": "3"}]
    with monkeypatch.context() as context:
        context.setattr(dlt.Pipeline, "load", _killed)
        with pytest.raises(KeyboardInterrupt):
            toy.load()
    toy.things = [{"id": "4", "amount": "4"}]
    toy.load()
    assert toy.rows("select id from things order by id") == [
        ("1",),
        ("2",),
        ("3",),
        ("4",),
    ]
    assert toy.rows(
        "select count(distinct load_id), bool_and(is_balanced) from load_reconciliation"
    ) == [(3, True)]


def test_a_deleted_warehouse_is_filled_from_the_beginning(toy):
    """Else the marks of the working directory outlive the rows they stand for."""
    toy.load()
    toy.settings.warehouse_path.unlink()
    toy.load()
    assert toy.rows("select count(*) from things") == [(2,)]
    pipeline = warehouse.pipeline_for("toy", toy.settings)
    assert pipeline.state["sources"]["toy"]["resources"]["things"]["loads"] == 1


def _killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    "batch",
    [
        [{"id": "9", "amount": "1,5"}],
        pyarrow.table({"id": ["9"], "amount": ["1,5"]}),
    ],
    ids=["of dicts", "of Arrow"],
)
def test_a_package_that_breaks_the_contract_does_not_block_the_next_load(toy, batch):
    """Else one wrong row makes every later run ignore new data, silently."""
    toy.load()
    whole = toy._rows
    toy._rows = lambda table, *rest: (
        iter([batch]) if table is THINGS else whole(table, *rest)
    )
    with pytest.raises(LoadError, match=r"^toy: the (load|normalize) step failed"):
        toy.load()
    toy._rows = whole
    toy.things = [{"id": "3", "amount": "3"}]
    toy.load()
    assert toy.rows("select id from things order by id") == [("1",), ("2",), ("3",)]
    amounts = "select column_name, data_type from duckdb_columns() where table_name = 'things'"
    assert ("amount", "DECIMAL(38,9)") in toy.rows(amounts)
    assert "amount__v_text" not in dict(toy.rows(amounts))


def test_rows_of_a_load_that_was_given_up_are_taken_away(toy):
    """Else an insert-only table refuses to load again what staging cannot see."""
    toy.load()
    toy.rows("update notes set _dlt_load_id = '1.5'; select 1")
    load = toy.load()
    assert toy.rows("select name, _dlt_load_id from notes") == [("a", load.load_id)]


def test_the_mark_survives_the_loss_of_the_working_directory(toy):
    """Else a new container reads years of history again."""
    import shutil

    toy.load()
    shutil.rmtree(toy.settings.pipelines_dir)
    toy.load()
    pipeline = warehouse.pipeline_for("toy", toy.settings)
    assert pipeline.state["sources"]["toy"]["resources"]["things"]["loads"] == 2


def test_the_working_directory_does_not_grow_for_ever(toy, monkeypatch):
    """Else an hourly schedule fills the disk with two gigabytes a year."""
    monkeypatch.setattr(warehouse, "KEPT_PACKAGES", 2)
    ids = [toy.load().load_id for _ in range(4)]
    packages = toy.settings.pipelines_dir / "toy" / "load" / "loaded"
    assert sorted(path.name for path in packages.iterdir()) == ids[-2:]


def test_a_resource_that_would_load_as_sql_text_is_refused(toy):
    """Else a new vendor's author forgets the format and pays sixfold."""

    def source(settings):
        @dlt.source(name="toy")
        def slow():
            yield dlt.resource([{"id": 1}], name="slow_things")

        return slow()

    toy.source = source
    with pytest.raises(WarehouseError, match="toy: slow_things would be loaded as"):
        toy.load()


def test_names_keep_their_script_and_never_collide(toy):
    """Else two Persian columns become one and a value is lost without an error."""
    table = RawTable("رویدادها", columns(text="id نام مبلغ"), key=("id",))

    def source(settings):
        @dlt.source(name="toy")
        def persian():
            counts = Counts()
            rows = [{"id": "1", "نام": "لیلا", "مبلغ": "۱۲"}]
            yield table.resource(iter([table.batch(rows, counts)]))
            yield from counts.resources()

        return persian()

    toy.source = source
    toy.load()
    assert toy.rows('select "نام", "مبلغ" from "رویدادها"') == [("لیلا", "۱۲")]


def test_a_held_warehouse_is_named_with_its_holder_before_anything_is_read(toy):
    """Else the message blames credentials, after an hour of reading."""
    path = str(toy.settings.warehouse_path)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout.readline() == b"held\n"
        toy.source = None
        with pytest.raises(WarehouseError) as held:
            toy.load()
        with pytest.raises(LoadError, match=f"held by process {holder.pid}"):
            load_all(toy.settings, ["toy"])
        holder.stdin.close()
    message = str(held.value)
    assert path in message
    assert f"process {holder.pid}" in message
    assert "published copy" in message


def test_a_vendor_that_fails_does_not_keep_the_others_from_loading(toy, monkeypatch):
    """Else one broken vendor leaves the whole warehouse of yesterday."""

    def module(name):
        if name == "broken":
            return SimpleNamespace(source=lambda settings: 1 / 0)
        return toy

    monkeypatch.setattr(load, "source_module", module)
    with pytest.raises(
        LoadError, match=r"^broken: the source failed with ZeroDivisionError"
    ):
        load_all(toy.settings, ["broken", "toy"])
    assert toy.rows("select count(*) from things") == [(2,)]


def test_progress_tells_rows_and_seconds_of_each_table(toy):
    """Else a first load of an hour shows nothing."""
    told: list[Progress] = []
    load_vendor("toy", toy.settings, told.append)
    assert ("things", 2) in {
        (one.table, one.rows) for one in told if not one.is_finished
    }
    finished = {one.table: one.rows for one in told if one.is_finished}
    assert finished == {"notes": 1, "things": 2}
    assert all(one.seconds >= 0 and one.vendor == "toy" for one in told)


def test_nothing_is_written_outside_the_warehouse_directory(tmp_path):
    """Else two checkouts share dlt's state, or a read-only home stops the load."""
    code = (
        "import os, sys; from ingestion.settings import Settings\n"
        "from ingestion import warehouse\n"
        "settings = Settings(warehouse_dir=sys.argv[1], sources='live')\n"
        "pipeline = warehouse.pipeline_for('toy', settings)\n"
        "import dlt\n"
        "pipeline.run([{'id': 1}], table_name='t', loader_file_format='parquet')\n"
    )
    home = tmp_path / "home"
    home.mkdir()
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "warehouse")],
        cwd=PROJECT_ROOT,
        env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert list(home.rglob("*")) == []
