"""A record that a vendor no longer lists is marked; none is marked for a worse reason."""

from collections.abc import Iterator
from typing import Any

import dlt
import duckdb
import pytest
from dlt.common.destination.exceptions import DestinationTerminalException

from ingestion import load, warehouse
from ingestion.extraction import Extraction
from ingestion.load import LoadError, LoadResult, load_all
from ingestion.records import RawTable, columns
from ingestion.rest import ApiError, ForbiddenError
from ingestion.settings import Settings

THINGS = RawTable("things", columns(text="id name"), key=("id",))
DAYS = RawTable(
    "days",
    columns(bigint="number", date="day", timestamp="begins_at", decimal="part"),
    key=("number", "day", "begins_at", "part"),
)
PEOPLE = RawTable(
    "people",
    columns(text="id name row_hash", timestamp="extracted_at"),
    key=("id", "row_hash"),
)
NOTES = RawTable("notes", columns(text="id name"), key=("id",))


class Lists:
    """A vendor of lists: things and people are read whole, notes only on demand."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.things: list[Any] = [{"id": str(n), "name": "a"} for n in range(1, 4)]
        self.days: list[Any] = []
        self.people: list[Any] = [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]
        self.notes = ["1", "2"]
        # Raised after the first thing.
        self.failure: Exception | None = None

    def source(self, settings: Settings) -> Any:
        """Return the dlt source."""

        @dlt.source(name="lists")
        def source(read_all: bool = False) -> Any:
            one = Extraction("lists", settings, skip="", read_all=read_all)
            for table, rows in (
                (THINGS, lambda: one.changed(THINGS, self._things(one))),
                (DAYS, lambda: one.changed(DAYS, self._rows(one, DAYS, self.days))),
                (
                    PEOPLE,
                    lambda: one.versions(PEOPLE, self._rows(one, PEOPLE, self.people)),
                ),
                (NOTES, lambda: self._notes(one)),
            ):
                yield one.resource(table, rows)
            yield from one.closing_resources()

        return source()

    def _rows(self, one: Extraction, table: RawTable, rows: list[Any]) -> Iterator[Any]:
        for row in rows:
            one.table(table).received += 1
            yield dict(row)

    def _things(self, one: Extraction) -> Iterator[Any]:
        for row in self._rows(one, THINGS, self.things):
            yield row
            if self.failure:
                raise self.failure

    def _notes(self, one: Extraction) -> Iterator[Any]:
        for note in self.notes:
            one.table(NOTES).received += 1
            yield {"id": note, "name": "n"}
        if one.read_all:
            one.listed_whole(NOTES, self.notes)

    def load(self, *, read_all: bool = False, **settings: Any) -> LoadResult:
        """Load it."""
        chosen = self.settings.model_copy(update=settings)
        return load_all(chosen, ["lists"], read_all=read_all)[0]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Query the warehouse with `raw_lists` as the schema."""
        with duckdb.connect(str(self.settings.warehouse_path)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute("use raw_lists")
            return connection.execute(query).fetchall()

    def vanished(self) -> list[tuple[str, str]]:
        """Return table and id of what counts as vanished, as staging decides it."""
        found = []
        for table, key in (("things", "id"), ("people", "id"), ("notes", "id")):
            found += self.rows(
                f"select '{table}', {key} from {table} join vanished_records as gone "
                f"on gone.table_name = '{table}' and gone.record_id = {key} "
                f"group by all having max(gone._dlt_load_id) > max({table}._dlt_load_id)"
            )
        return sorted(found)


@pytest.fixture
def lists(tmp_path, monkeypatch) -> Lists:
    """Return the vendor `lists`, which the loader takes for a source module."""
    settings = Settings(
        warehouse_dir=tmp_path, sources="live", vendors={"toys": ["lists"]}
    )
    vendor = Lists(settings)
    monkeypatch.setattr(load, "source_module", lambda name: vendor)
    return vendor


def test_what_a_whole_list_no_longer_has_is_marked_and_its_row_stays(lists):
    """Else a record that was deleted for good counts as alive for ever."""
    lists.load()
    del lists.things[1], lists.people[0]
    lists.load()
    assert lists.vanished() == [("people", "1"), ("things", "2")]
    assert lists.rows("select count(*) from things") == [(3,)]
    # Known by now: nothing is said twice.
    assert lists.load().loaded == 2  # the notes, which this vendor always sends


def test_what_comes_back_is_alive_again_with_its_old_content(lists):
    """Else a record that was missing from one answer stays deleted."""
    lists.load()
    gone, left = lists.things.pop(1), lists.people.pop(0)
    lists.load()
    lists.things.append(gone)
    lists.people.append(left)
    lists.load()
    assert lists.vanished() == []
    # The absence parts two versions of the same content.
    assert lists.rows("select count(*) from people where id = '1'") == [(2,)]
    del lists.things[-1]
    lists.load()
    assert lists.vanished() == [("things", "2")]


def test_a_list_that_is_read_in_part_proves_nothing_about_the_rest(lists):
    """Else an ordinary load, which asks for changes only, deletes everything else."""
    lists.load()
    lists.notes = ["2"]
    lists.load()
    assert lists.vanished() == []
    lists.load(read_all=True)
    assert lists.vanished() == [("notes", "1")]


@pytest.mark.parametrize(
    "failure",
    [ForbiddenError("no scope"), ApiError("down"), RuntimeError("a bug")],
    ids=["refused in the middle", "failed in the middle", "a bug in the middle"],
)
def test_a_list_that_ended_early_marks_nothing(lists, failure):
    """Else a permission that was lost in the middle of a list deletes its rest."""
    lists.load()
    lists.failure = failure
    with pytest.raises(LoadError):
        lists.load()
    assert lists.vanished() == []
    # One table was refused: the others were read whole, and their absences hold.
    lists.failure = ForbiddenError("no scope")
    del lists.people[0]
    with pytest.raises(LoadError, match="things was not loaded: no scope"):
        lists.load()
    assert lists.vanished() == [("people", "1")]
    lists.failure = None
    lists.load()
    assert lists.vanished() == [("people", "1")]
    assert lists.rows("select count(*) from things") == [(3,)]


def test_losing_most_of_a_table_is_doubted_until_somebody_believes_it(lists):
    """Else a token that lost a permission empties the warehouse without an error."""
    lists.things = [{"id": str(n), "name": "a"} for n in range(60)]
    lists.people = [{"id": str(n), "name": "a"} for n in range(50)]
    lists.load()
    lists.things, lists.people = lists.things[:29], lists.people[:20]
    with pytest.raises(
        LoadError,
        match=r"lists: 31 of 60 things, 30 of 50 people are no longer .* BELIEVE_DELET",
    ):
        lists.load()
    assert lists.vanished() == []
    # Doubted again as long as it is so, and gone with the cause.
    with pytest.raises(LoadError, match="BELIEVE_DELETIONS"):
        lists.load()
    lists.load(believe_deletions=True)
    assert len(lists.vanished()) == 61
    lists.load()


def test_half_of_a_table_or_a_few_records_are_believed(lists):
    """Else every clearing of a short list stops for a question."""
    lists.things = [{"id": str(n), "name": "a"} for n in range(60)]
    lists.load()
    lists.things, lists.people = lists.things[:30], []
    lists.load()
    assert len(lists.vanished()) == 32


def test_keys_of_any_type_are_recognised(lists):
    """Else an id that the warehouse spells differently vanishes at each load."""
    lists.days = [
        {
            "number": 7,
            "day": "2026-11-18T00:00:00Z",
            "begins_at": "2026-11-18T10:00:00.120+01:00",
            "part": "1.5",
        },
        {
            "number": "8.0",
            "day": "2026-11-18",
            "begins_at": "2026-11-18",
            "part": 2,
        },
        {"number": 9, "day": "", "begins_at": "2026-11-18", "part": 2},
    ]
    lists.load()
    lists.load()
    assert lists.rows("select * from vanished_records") == []
    del lists.days[0]
    lists.load()
    assert lists.rows(
        "select record_id = (select cast(number as varchar) || ':' || "
        "cast(day as varchar) || ':' || cast(begins_at as varchar) || ':' || "
        "cast(part as varchar) from days where number = 7) from vanished_records"
    ) == [(True,)]


def test_what_a_killed_load_had_marked_is_finished_by_the_next(lists, monkeypatch):
    """Else the mark of a killed load is lost, or outlives the record's return."""

    def kill(pipeline: object) -> None:
        message = "killed between extraction and load"
        raise warehouse.WarehouseError(message)

    lists.load()
    returning = lists.things.pop(0)
    del lists.people[0]
    with monkeypatch.context() as patched:
        patched.setattr(load.warehouse, "refuse_slow_jobs", kill)
        with pytest.raises(LoadError):
            lists.load()
    assert lists.vanished() == []
    lists.things.append(returning)
    lists.load()
    assert lists.vanished() == [("people", "1")]
    assert lists.rows("select bool_and(is_balanced) from load_reconciliation") == [
        (True,)
    ]


def test_a_first_load_that_was_given_up_leaves_nothing_to_compare_with(
    lists, monkeypatch
):
    """Else tables that dlt knows and the warehouse lacks fail each later load."""
    from dlt.destinations.impl.duckdb.duck import DuckDbCopyJob

    def broken(job: object) -> None:
        message = "the disk is full"
        raise DestinationTerminalException(message)

    with monkeypatch.context() as patched:
        patched.setattr(DuckDbCopyJob, "run", broken)
        with pytest.raises(LoadError, match="the disk is full"):
            lists.load()
    del lists.things[0]
    lists.load()
    assert lists.vanished() == []
    assert lists.rows("select count(*) from things") == [(2,)]
