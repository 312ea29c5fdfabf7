"""One extraction of event files: which are new, and what is loaded of them."""

import logging
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import dlt
import duckdb

from ingestion import warehouse
from ingestion.erasure import Erasures
from ingestion.json_lines import literal
from ingestion.lane import Spool, drop_spools, insert_once
from ingestion.reconcile import Counts
from ingestion.records import RawTable
from ingestion.settings import Settings
from ingestion.sources import _event_account as account
from ingestion.sources._event_columns import (
    EVENT_COLUMNS,
    PRODUCT_COLUMNS,
    products_select,
)
from ingestion.sources._event_files import EventFile, fetch, list_event_files
from ingestion.sources._event_lines import EventLines

SCHEMA = warehouse.dataset_name("events")
# A sender repeats a message within this time; older rows need not be compared.
REPEATED_WITHIN = timedelta(days=30)
_SPOOL = "events_spool_"

_log = logging.getLogger(__name__)


class EventExtraction:
    """Reads the new files once, when the first of its tables is asked for."""

    def __init__(
        self,
        settings: Settings,
        *,
        read_all: bool = False,
        again: tuple[date, date] | None = None,
    ) -> None:
        self.counts = Counts()
        self._settings = settings
        self._read_all = read_all
        self._again = again
        self._landing = settings.landing_dir / "events"
        self._id = uuid.uuid4().hex[:12]
        self.folder = self._landing / self._id
        self._is_prepared = False
        self._models: dict[str, tuple[Path, int]] = {}
        self._files: dict[str, dict[str, Any]] = {}
        self._unknown_keys: list[dict[str, Any]] = []

    def models(self, table: str) -> Iterator[tuple[Path, int]]:
        """Yield the table's model, if there is anything to load."""
        self._prepare()
        if table in self._models:
            yield self._models[table]

    def rows(
        self, table: RawTable, read: Callable[["EventExtraction"], list[dict[str, Any]]]
    ) -> Iterator[Any]:
        """Yield the rows of one of the small tables."""
        self._prepare()
        if not table.exists_in(dlt.current.source_schema()):
            yield table.empty()
        if rows := read(self):
            yield table.batch(rows, self.counts)

    def files(self) -> list[dict[str, Any]]:
        """Return the files that were read, as rows of `files`."""
        return list(self._files.values())

    def unknown_keys(self) -> list[dict[str, Any]]:
        """Return the keys that no column holds, as rows of `unknown_keys`."""
        return self._unknown_keys

    def _prepare(self) -> None:
        if self._is_prepared:
            return
        self._is_prepared = True
        with (
            self.counts.table("events").timed(),
            warehouse.connect(self._settings) as connection,
        ):
            self.counts.table("event_products")
            # What an earlier extraction left; its load is finished or given up.
            drop_spools(connection, _SPOOL)
            shutil.rmtree(self._landing, ignore_errors=True)
            new = self._new_files(connection)
            self._files = {file.name: _row(file) for file in new}
            if filled := [file for file in new if file.size]:
                self._read(connection, filled)

    def _new_files(self, connection: duckdb.DuckDBPyConnection) -> list[EventFile]:
        location = self._settings.events_location()
        listed = list_event_files(location, self._landing / "files")
        if self._again and "files" in warehouse.raw_tables(connection, SCHEMA):
            _forget_days(connection, {file.name for file in listed}, *self._again)
        known: set[tuple[str, int, str]] = set()
        is_known = not self._read_all
        if is_known and "files" in warehouse.raw_tables(connection, SCHEMA):
            loaded = connection.execute(
                f"SELECT file, size, version FROM {SCHEMA}.files WHERE _dlt_load_id IN "
                f"(SELECT load_id FROM {SCHEMA}._dlt_loads WHERE status = 0)"
            )
            known = set(loaded.fetchall())
        new = [f for f in listed if (f.name, f.size, f.version) not in known]
        fetch(location, new)
        return new

    def _read(
        self, connection: duckdb.DuckDBPyConnection, files: list[EventFile]
    ) -> None:
        alias = f"{_SPOOL}{self._id}"
        lines = EventLines(connection, alias, files, self._landing)
        spool = lines.spool
        if masking := Erasures.of(self._settings).lines_update(lines.table):
            spool.update(masking)
        days = self._days(lines)
        spool.create("left_out", self._left_out(lines, days))
        rows = account.quarantine_lines(lines, self.counts)
        for file in files:
            if file.name in lines.files:
                self._files[file.name]["row_count"] = rows.get(file.name, 0)
                self._files[file.name]["is_complete"] = file.name not in lines.damaged
            else:
                del self._files[file.name]
        loaded = account.count_lines(lines, self.counts)
        spool.delete("lines", f"rowid IN (SELECT row_id FROM {alias}.left_out)")
        spool.create("products", products_select(lines.table))
        account.reject_values(lines, self.counts)
        self._unknown_keys = account.unknown_keys(lines, self._id)
        known = f"received_date {days}"
        self._add_model(spool, "events", EVENT_COLUMNS, known, loaded)
        # Only rows of this very load can be there already, and it lasts no day.
        known = f"_dlt_load_id >= '{time.time() - 86_400:.0f}'"
        products = account.count_products(lines, self.counts)
        self._add_model(spool, "event_products", PRODUCT_COLUMNS, known, products)

    def _add_model(
        self,
        spool: Spool,
        table: str,
        columns: Mapping[str, str],
        known: str,
        rows: int,
    ) -> None:
        if rows:
            source = f"{spool.alias}.{'lines' if table == 'events' else 'products'}"
            known = f"SELECT message_id AS known FROM {SCHEMA}.{table} WHERE {known}"
            select = insert_once(source, columns, "message_id", known)
            path = spool.write_model(self.folder / f"{table}.model", select)
            self._models[table] = (path, rows)

    def _days(self, lines: EventLines) -> str:
        """Return the condition on the days on which a copy may have been received."""
        found = lines.spool.connection.execute(
            f"SELECT min(received_date), max(received_date) FROM {lines.table} "
            f"WHERE {self._usable}"
        ).fetchone()
        if not found or found[0] is None:
            return "IS NULL"
        first, last = found[0] - REPEATED_WITHIN, found[1] + REPEATED_WITHIN
        return f"BETWEEN DATE '{first}' AND DATE '{last}'"

    @property
    def _usable(self) -> str:
        start = literal(self._settings.start_date.isoformat())
        return f"rejection IS NULL AND received_date >= DATE {start}"

    def _left_out(self, lines: EventLines, days: str) -> str:
        """Return the SELECT of the lines that are not loaded, and why."""
        repeated = (
            f"SELECT message_id FROM {lines.table} WHERE {self._usable} "
            "GROUP BY message_id HAVING count(*) > 1"
        )
        order = "received_at, source_file, sent_at, event_at, hash(properties, traits)"
        select = (
            "SELECT rowid AS row_id, CASE WHEN rejection IS NULL THEN 'skipped' "
            f"ELSE 'quarantined' END AS reason FROM {lines.table} "
            f"WHERE NOT ({self._usable}) "
            "UNION ALL SELECT row_id, 'duplicate' FROM (SELECT rowid AS row_id, "
            f"row_number() OVER (PARTITION BY message_id ORDER BY {order}) AS copy "
            f"FROM {lines.table} AS line "
            f"WHERE {self._usable} AND message_id IN ({repeated})) WHERE copy > 1"
        )
        if "events" in warehouse.raw_tables(lines.spool.connection, SCHEMA):
            # Rows of this very load, half done and resumed, are not yet loaded.
            loaded = (
                f"SELECT message_id FROM {SCHEMA}.events WHERE received_date {days} "
                "AND _dlt_load_id IN "
                f"(SELECT load_id FROM {SCHEMA}._dlt_loads WHERE status = 0)"
            )
            select += (
                f" UNION ALL SELECT rowid, 'duplicate' FROM {lines.table} "
                f"WHERE {self._usable} AND message_id IN ({loaded})"
            )
        return f"SELECT row_id, min(reason) AS reason FROM ({select}) GROUP BY row_id"


def _forget_days(
    connection: duckdb.DuckDBPyConnection, listed: set[str], first: date, last: date
) -> None:
    """Delete the rows received on the days, so that their files are read as new ones.

    Rows whose file is gone stay. The files are forgotten together with the rows: after
    a kill the next load, whatever it was asked for, reads what is missing.
    """
    received = f"received_date BETWEEN DATE '{first}' AND DATE '{last}'"
    found = connection.execute(
        f"SELECT DISTINCT source_file FROM {SCHEMA}.events WHERE {received}"
    ).fetchall()
    files = sorted(listed & {name for (name,) in found})
    if gone := len(found) - len(files):
        _log.warning(
            "events: %d files of the days %s to %s are gone, their rows stay",
            *(gone, first, last),
        )
    if not files:
        return
    connection.execute("BEGIN")
    connection.execute(
        "CREATE TEMP TABLE forgotten AS SELECT message_id "
        f"FROM {SCHEMA}.events WHERE {received} AND list_contains(?, source_file)",
        [files],
    )
    for table in ("event_products", "events"):
        connection.execute(
            f"DELETE FROM {SCHEMA}.{table} "
            "WHERE message_id IN (SELECT message_id FROM forgotten)"
        )
    connection.execute(
        f"DELETE FROM {SCHEMA}.files WHERE list_contains(?, file)", [files]
    )
    connection.execute("DROP TABLE forgotten")
    connection.execute("COMMIT")


def _row(file: EventFile) -> dict[str, Any]:
    return {
        "file": file.name,
        "size": file.size,
        "version": file.version,
        "modified_at": file.modified_at,
        "row_count": 0,
        "is_complete": True,
    }
