"""The fast lane on its own: declared values of JSON lines, spools, models."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import dlt
import duckdb
import pytest

from ingestion import warehouse
from ingestion.json_lines import Reading, Value
from ingestion.lane import Spool, drop_spools, insert_once, lane_resource
from ingestion.settings import Settings

READING = Reading(
    values={
        "id": Value("id"),
        "amount": Value("money.amount", "decimal(18,2)"),
        "at": Value("at", "timestamp"),
        "day": Value("day", "date"),
        "count": Value("count", "bigint"),
        "ratio": Value("ratio", "double"),
        "is_new": Value("is new", "bool"),
        "more": Value("more", "json"),
        "tags": Value("more.tags", "json", begins="["),
        "first": Value("more.deep.first"),
    },
    derived=({"upper_id": "upper(id)"}, {"both": "upper_id || id"}),
    kept=(
        *("id", "amount", "at", "day", "count", "ratio", "is_new", "more", "tags"),
        *("first", "both"),
    ),
)


@pytest.fixture(params=[False, True], ids=["values", "whole lines"])
def read(tmp_path, request) -> Callable[..., list[dict]]:
    """Return a function that reads lines both ways that there are."""

    def rows(*lines: bytes) -> list[dict]:
        path = tmp_path / "lines.jsonl"
        path.write_bytes(b"\n".join(lines))
        roots = {str(tmp_path): "in/"}
        select = READING.select([str(path)], roots, with_lines=request.param)
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            found = connection.execute(select)
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    return rows


def test_declared_values_are_read_with_their_types(read):
    """Numbers, texts that hold numbers, nested and decoded values are typed alike."""
    line = {
        "id": "a",
        "money": {"amount": "12.30"},
        "at": "2026-11-01T11:00:00+01:00",
        "day": "2026-11-01",
        "count": 9007199254740993,
        "ratio": 0.5,
        "is new": True,
        "more": json.dumps({"tags": [1, "x"], "deep": {"first": "f"}}),
    }
    (row,) = read(json.dumps(line).encode())
    assert row["bad_values"] is None
    assert row["source_file"] == "in/lines.jsonl"
    kept = {name: row[name] for name in READING.kept}
    assert kept == {
        "id": "a",
        "amount": Decimal("12.30"),
        "at": datetime(2026, 11, 1, 10, tzinfo=UTC),
        "day": date(2026, 11, 1),
        "count": 9007199254740993,
        "ratio": 0.5,
        "is_new": True,
        "more": '{"tags": [1, "x"], "deep": {"first": "f"}}',
        "tags": '[1,"x"]',
        "first": "f",
        "both": "Aa",
    }


def test_values_of_another_type_are_listed_with_their_text(read):
    """They become NULL, never another value, and the row stays."""
    line = {
        "id": 1,
        "money": {"amount": "1e99"},
        "at": "0001-01-01T00:00:00Z",
        "day": "infinity",
        "count": 1.5e30,
        "ratio": "NaN",
        "is new": "perhaps",
        "more": {"tags": {"a": 1}},
    }
    (row,) = read(json.dumps(line).encode())
    assert {bad["name"]: bad["text"] for bad in row["bad_values"]} == {
        "money.amount": "1e99",
        "at": "0001-01-01T00:00:00Z",
        "day": "infinity",
        "count": "1.5e+30",
        "ratio": "NaN",
        "is new": "perhaps",
        "more.tags": '{"a":1}',
    }
    assert row["id"] == "1"
    assert all(row[name] is None for name in ("amount", "at", "day", "tags"))


def test_absent_null_and_empty_values_are_no_mistakes(read):
    """A sender may leave out what it does not know."""
    names = ("id", "at", "day", "count", "ratio", "is new", "more")
    rows = read(
        b"{}",
        json.dumps(dict.fromkeys(names)).encode(),
        json.dumps({**dict.fromkeys(names, ""), "more": {"tags": ""}}).encode(),
    )
    assert [row["bad_values"] for row in rows] == [None, None, None]
    texts = ("id", "both", "more")
    typed = {row[name] for row in rows for name in READING.kept if name not in texts}
    assert typed == {None}
    assert [row["id"] for row in rows] == [None, None, ""]


def test_lines_that_are_no_json_are_rows_without_values(read):
    """A caller must be able to count them."""
    rows = read(b"{", b"", b"[1]", b'"x"', b'{"id": "a"}')
    assert [row["id"] for row in rows] == [None, None, None, "a"]


@pytest.fixture
def settings(tmp_path) -> Settings:
    """Return the settings of an empty warehouse."""
    return Settings(warehouse_dir=tmp_path, sources="live", vendors={})


def load(settings: Settings, spool: Spool, tmp_path) -> None:
    """Load the spool's table `rows` into `raw_events.things`."""
    known = "SELECT id AS known FROM raw_events.things"
    model = insert_once(f"{spool.alias}.rows", ["id"], "id", known)
    path = spool.write_model(tmp_path / "things.model", model)
    pipeline = warehouse.pipeline_for("events", settings)
    columns = {"id": "text"}

    @dlt.source(name="events")
    def source():
        yield lane_resource("things", columns, lambda: [(path, 2)], tmp_path)
        yield lane_resource("nothing", columns, list, tmp_path)

    pipeline.run(source())


def test_a_model_brings_its_spool_with_it(settings, tmp_path):
    """A process that resumes a load has no spool: it is built from the statements."""
    with warehouse.connect(settings) as connection:
        spool = Spool(connection, "spool_1")
        spool.create("rows", "SELECT 'it''s ' || i AS id FROM range(2) AS t(i)")
    for _ in range(2):
        load(settings, spool, tmp_path)
    with warehouse.connect(settings) as connection:
        found = connection.execute("SELECT id FROM raw_events.things ORDER BY 1")
        assert found.fetchall() == [("it's 0",), ("it's 1",)]
        assert connection.execute("FROM raw_events.nothing").fetchall() == []


def test_a_spool_whose_source_has_changed_is_not_built_again(settings, tmp_path):
    """The load would bring what its account does not know."""
    with warehouse.connect(settings) as connection:
        spool = Spool(connection, "spool_1")
        spool.create("rows", "SELECT 'a' AS id")
        spool.check_before_rebuilding("rows", "SELECT 1")
        load(settings, spool, tmp_path)
        drop_spools(connection, "spool_")
    header = (tmp_path / "things.model").read_text().splitlines()[1]
    (attached,) = json.loads(header.removeprefix("attach: "))
    rebuild = ";".join(statement["sql"] for statement in attached["statements"])
    with (
        warehouse.connect(settings) as connection,
        pytest.raises(duckdb.Error, match="has changed since"),
    ):
        connection.execute(rebuild)


@pytest.mark.parametrize(
    ("present", "inserted"), [((), 3), ((1, 2, 3), 0), ((1, 2, 3, 3, 9), 0)]
)
def test_rows_are_inserted_all_or_not_at_all(present, inserted):
    """A job that is run again must find that it has been done."""
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE wanted AS FROM (VALUES (1), (2), (3)) AS t(id)"
        )
        connection.execute("CREATE TABLE there (id INT)")
        connection.executemany(
            "INSERT INTO there VALUES (?)", [[n] for n in (*present, 7)]
        )
        select = insert_once("wanted", ["id"], "id", "SELECT id AS known FROM there")
        assert len(connection.execute(select).fetchall()) == inserted


def test_rows_of_which_some_are_there_are_an_error():
    """Two loads have read the same; inserting the rest would hide what happened."""
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE wanted AS FROM (VALUES (1), (2)) AS t(id)")
        connection.execute("CREATE TABLE there AS SELECT 1 AS id")
        select = insert_once("wanted", ["id"], "id", "SELECT id AS known FROM there")
        with pytest.raises(duckdb.Error, match="some of the rows"):
            connection.execute(select)
