"""One extraction of event files: which are new, and what becomes of each of their lines."""

import json
import logging
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import dlt
import duckdb

from ingestion import warehouse
from ingestion.json_lines import file_list, literal
from ingestion.lane import IN_MEMORY, Spool, drop_spools, insert_once, without
from ingestion.reconcile import Counts
from ingestion.records import RawTable
from ingestion.settings import Settings
from ingestion.sources._event_columns import (
    EVENT_COLUMNS,
    KNOWN_CONTEXT_KEYS,
    KNOWN_KEYS,
    PRODUCT_COLUMNS,
    READING,
    products_select,
)
from ingestion.sources._event_files import (
    SHOWN,
    DamagedFileError,
    EventFile,
    damage,
    fetch,
    lines_of,
    list_event_files,
    readable_copy,
    unpacked_size,
)

SCHEMA = warehouse.dataset_name("events")
# A sender repeats a message within this time; older rows need not be compared.
REPEATED_WITHIN = timedelta(days=30)
# Above this many bytes (unpacked, estimated) the spool is a file instead of memory.
MOST_IN_MEMORY = 1_500_000_000
# gzip makes JSON events smaller by about this.
GZIP_FACTOR = 12
# Lines of a load that are searched for unknown keys, about.
SAMPLED_LINES = 50_000
# Quarantine rows per file and reason; the last one tells how many more there are.
MOST_SHOWN = 1_000
_SPOOL = "events_spool_"

_log = logging.getLogger(__name__)


class EventExtraction:
    """Reads the new files once, when the first of its tables is asked for."""

    def __init__(self, settings: Settings) -> None:
        self.counts = Counts()
        self._settings = settings
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
        known: set[tuple[str, int, str]] = set()
        if "files" in warehouse.raw_tables(connection, SCHEMA):
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
        unpacked = sum(f.size * (GZIP_FACTOR if _is_gzip(f) else 1) for f in files)
        location = IN_MEMORY
        if unpacked > MOST_IN_MEMORY:
            self._landing.mkdir(parents=True, exist_ok=True)
            location = str(self._landing / "spool.duckdb")
        spool = Spool(connection, f"{_SPOOL}{self._id}", location)
        roots = {self._root(files[0]): ""}
        paths = {file.name: file.path for file in files}
        sample_every = max(1, unpacked // 1_000 // SAMPLED_LINES)

        def create() -> None:
            readable = [path for path in paths.values() if path]
            lines = READING.select(readable, roots, sample_every=sample_every)
            spool.create("lines", lines, in_order=False)

        try:
            create()
        except duckdb.Error as error:
            repaired = self._repair(connection, files)
            if not repaired:
                raise
            _log.warning("events: %d files are damaged: %s", len(repaired), error)
            roots[str(self._landing / "repaired")] = ""
            paths.update(repaired)
            create()
        readable = file_list([path for path in paths.values() if path])
        size = connection.execute(f"SELECT sum(size) FROM read_blob({readable})")
        spool.check_before_rebuilding(
            "lines",
            f"SELECT 1 FROM (SELECT sum(size) AS size FROM read_blob({readable})) "
            f"WHERE size <> {size.fetchone()[0]}",
        )
        spool.create("left_out", self._left_out(connection, f"{spool.alias}.lines"))
        left_out = {"rowid": f"SELECT row_id AS known FROM {spool.alias}.left_out"}
        spool.create(
            "products", products_select(f"{spool.alias}.lines", without(left_out))
        )
        self._count(spool, left_out)
        self._count_files(spool, files, paths)
        self._quarantine(spool, paths, roots)
        self._find_unknown_keys(spool)
        self._write_models(spool, left_out)

    def _root(self, file: EventFile) -> str:
        return file.path.removesuffix(f"/{file.name}")

    def _repair(
        self, connection: duckdb.DuckDBPyConnection, files: list[EventFile]
    ) -> dict[str, str]:
        """Return, for each file that DuckDB cannot read, where a readable copy is.

        A file that is gone has no copy and is not read: the path is empty.
        """
        repaired = {}
        events = self.counts.table("events")
        for file in files:
            try:
                connection.execute(
                    "SELECT count(*) FROM read_ndjson_objects("
                    f"{file_list([file.path])}, format='newline_delimited', "
                    "ignore_errors=true)"
                )
            except duckdb.Error:
                copy = self._landing / "repaired" / file.name
                try:
                    too_long, damaged = readable_copy(file.path, copy)
                except FileNotFoundError:
                    repaired[file.name] = ""
                    del self._files[file.name]
                    continue
                repaired[file.name] = str(copy)
                if damaged:
                    self._report_damage(file.name, damaged)
                events.received += len(too_long)
                for line in too_long:
                    self.counts.reject_row(
                        "events",
                        f"line {line.number}: {line.reason}",
                        raw_value=line.text,
                        source_file=file.name,
                    )
        return repaired

    def _left_out(self, connection: duckdb.DuckDBPyConnection, lines: str) -> str:
        """Return the SELECT of the lines that are not loaded, and why."""
        start = f"DATE {literal(self._settings.start_date.isoformat())}"
        usable = f"rejection IS NULL AND received_date >= {start}"
        repeated = (
            f"SELECT message_id FROM {lines} WHERE {usable} "
            "GROUP BY message_id HAVING count(*) > 1"
        )
        select = (
            f"SELECT rowid AS row_id, CASE WHEN rejection IS NULL THEN 'skipped' "
            f"ELSE 'quarantined' END AS reason FROM {lines} WHERE NOT ({usable}) "
            "UNION ALL SELECT row_id, 'duplicate' FROM (SELECT rowid AS row_id, "
            "row_number() OVER (PARTITION BY message_id "
            "ORDER BY received_at, source_file, line_hash) AS copy "
            f"FROM {lines} WHERE {usable} AND message_id IN ({repeated})) WHERE copy > 1"
        )
        loaded = warehouse.raw_tables(connection, SCHEMA)
        days = connection.execute(
            f"SELECT min(received_date), max(received_date) FROM {lines} WHERE {usable}"
        ).fetchone()
        self._compared = "FALSE"
        if days and days[0]:
            first, last = days[0] - REPEATED_WITHIN, days[1] + REPEATED_WITHIN
            self._compared = f"BETWEEN DATE '{first}' AND DATE '{last}'"
        if "events" in loaded and days and days[0]:
            # Rows of this very load, half done and resumed, are not yet loaded.
            select += (
                f" UNION ALL SELECT rowid, 'duplicate' FROM {lines} AS line "
                f"WHERE {usable} AND EXISTS (SELECT 1 FROM {SCHEMA}.events AS event "
                "WHERE event.message_id = line.message_id "
                f"AND event.received_date {self._compared} "
                "AND event._dlt_load_id IN "
                f"(SELECT load_id FROM {SCHEMA}._dlt_loads WHERE status = 0))"
            )
        return f"SELECT row_id, min(reason) AS reason FROM ({select}) GROUP BY row_id"

    def _count(self, spool: Spool, left_out: dict[str, str]) -> None:
        events = self.counts.table("events")
        found = spool.connection.execute(
            f"SELECT reason, count(*) FROM {spool.alias}.left_out GROUP BY reason"
        )
        left = dict(found.fetchall())
        (lines,) = spool.connection.execute(
            f"SELECT count(*) FROM {spool.alias}.lines"
        ).fetchone()
        events.received += lines
        events.duplicates += left.get("duplicate", 0)
        events.skipped += left.get("skipped", 0)
        self._loadable = lines - sum(left.values())
        products = self.counts.table("event_products")
        (self._products,) = spool.connection.execute(
            f"SELECT count(*) FROM {spool.alias}.products"
        ).fetchone()
        products.received += self._products
        self._reject_values(
            spool,
            "events",
            f"SELECT spooled.* FROM {spool.alias}.lines AS spooled{without(left_out)} "
            "WHERE bad_values IS NOT NULL",
        )
        self._reject_values(
            spool,
            "event_products",
            f"SELECT * FROM {spool.alias}.products WHERE bad_values IS NOT NULL",
        )

    def _reject_values(self, spool: Spool, table: str, rows: str) -> None:
        found = spool.connection.execute(
            "SELECT message_id, source_file, bad.name, bad.text, "
            "count(*) OVER (PARTITION BY bad.name) FROM ("
            f"SELECT message_id, source_file, unnest(bad_values) AS bad FROM ({rows})) "
            "QUALIFY row_number() OVER (PARTITION BY bad.name "
            f"ORDER BY source_file, message_id) <= {MOST_SHOWN}"
        ).fetchall()
        totals = {name: total for _, _, name, _, total in found}
        for message_id, file, name, text, _ in found:
            self.counts.reject_value(
                table,
                name,
                "not of the column's type",
                record_id=message_id,
                raw_value=text,
                source_file=file,
            )
        counts = self.counts.table(table)
        for name, total in totals.items():
            if total > MOST_SHOWN:
                rest = total - MOST_SHOWN
                self.counts.report_drift(table, name, f"and {rest} more values")
                counts.bad_values += rest

    def _count_files(
        self, spool: Spool, files: list[EventFile], paths: dict[str, str]
    ) -> None:
        found = spool.connection.execute(
            "SELECT source_file, count(*), count(rejection), sum(line_size + 1) "
            f"FROM {spool.alias}.lines GROUP BY source_file"
        )
        counted = {name: numbers for name, *numbers in found.fetchall()}
        for file in files:
            if not paths[file.name]:
                continue
            rows, rejected, size = counted.get(file.name, (0, 0, 0))
            self._files[file.name]["row_count"] = rows
            if paths[file.name] != file.path:
                continue
            said = unpacked_size(file)
            # The last line may end without a line break. Whatever else differs, blank
            # lines or several gzips in one, is looked into as damage would be.
            is_whole = said is None or (size or 0) % 2**32 in (said, said + 1)
            if (rejected or not is_whole) and (damaged := damage(file.path)):
                self._report_damage(file.name, damaged)

    def _report_damage(self, file: str, reason: str) -> None:
        """Note that the file is damaged; it is read again when it changes."""
        self._files[file]["is_complete"] = False
        self.counts.report_drift("events", file, f"damaged file: {reason}")
        _log.warning("events: %s is damaged: %s", file, reason)

    def _quarantine(
        self, spool: Spool, paths: dict[str, str], roots: dict[str, str]
    ) -> None:
        rejected = spool.connection.execute(
            f"SELECT source_file, count(*), count(rejection) FROM {spool.alias}.lines "
            "GROUP BY ALL HAVING count(rejection) > 0 ORDER BY ALL"
        ).fetchall()
        for file, lines, count in rejected:
            shown = self._rejected_lines(spool.connection, paths[file], roots)
            if lines == count:
                # No event at all: one row says so, not one for each line.
                shown = [(1, "no line of this file is an event", "")]
            for number, reason, text in shown:
                self.counts.reject_row(
                    "events",
                    f"line {number}: {reason}",
                    raw_value=text or None,
                    source_file=file,
                )
            if rest := count - len(shown):
                self.counts.table("events").quarantined += rest
                self.counts.report_drift("events", file, f"and {rest} more lines")

    def _rejected_lines(
        self, connection: duckdb.DuckDBPyConnection, path: str, roots: dict[str, str]
    ) -> list[tuple[int, str, str]]:
        """Return number, reason and text of a file's lines that are no events."""
        # One thread, so that the rows come in the order of the lines.
        threads = connection.execute("SELECT current_setting('threads')").fetchone()
        connection.execute("SET GLOBAL threads = 1")
        found = connection.execute(
            "SELECT position, rejection FROM (SELECT row_number() OVER () AS position, "
            f"rejection FROM ({READING.select([path], roots)})) "
            f"WHERE rejection IS NOT NULL ORDER BY position LIMIT {MOST_SHOWN}"
        ).fetchall()
        connection.execute(f"SET GLOBAL threads = {threads[0]}")
        reasons = dict(found)
        lines = []
        with suppress(DamagedFileError):
            for position, (number, line) in enumerate(lines_of(path), 1):
                if position in reasons:
                    text = line[:SHOWN].decode("utf-8", "replace")
                    lines.append((number, reasons[position], text))
        return lines

    def _find_unknown_keys(self, spool: Spool) -> None:
        lines = f"FROM {spool.alias}.lines WHERE sample IS NOT NULL"
        (examined,) = spool.connection.execute(f"SELECT count(*) {lines}").fetchone()
        for prefix, path, known in (
            ("", "$", KNOWN_KEYS),
            ("context.", "$.context", KNOWN_CONTEXT_KEYS),
        ):
            names = ", ".join(literal(name) for name in sorted(known))
            found = spool.connection.execute(
                "SELECT key, count(*), min(source_file), "
                "arg_min(CAST(sample AS VARCHAR), source_file) FROM ("
                f"SELECT source_file, sample, unnest(json_keys(sample, '{path}')) AS key "
                f"{lines}) WHERE key NOT IN ({names}) GROUP BY key ORDER BY key"
            ).fetchall()
            for key, count, file, line in found:
                owner = json.loads(line)
                value = (owner["context"] if prefix else owner)[key]
                self._unknown_keys.append(
                    {
                        "extraction_id": self._id,
                        "key_path": f"{prefix}{key}",
                        "occurrence_count": count,
                        "examined_count": examined,
                        "sample_value": json.dumps(value, ensure_ascii=False)[:SHOWN],
                        "first_seen_file": file,
                    }
                )

    def _write_models(self, spool: Spool, left_out: dict[str, str]) -> None:
        # Rows of the same load are the only ones that can be there already: those of
        # earlier loads are left out above. A day is far longer than a load lasts.
        recent = f"'{time.time() - 86_400:.0f}'"
        known_events = (
            f"SELECT message_id AS known FROM {SCHEMA}.events "
            f"WHERE received_date {self._compared}"
        )
        known_products = (
            f"SELECT message_id AS known FROM {SCHEMA}.event_products "
            f"WHERE _dlt_load_id >= {recent}"
        )
        unless = {**left_out, "message_id": known_events}
        events = ("lines", EVENT_COLUMNS, self._loadable, unless)
        unless = {"message_id": known_products}
        products = ("products", PRODUCT_COLUMNS, self._products, unless)
        for table, (rows_table, columns, rows, unless) in {
            "events": events,
            "event_products": products,
        }.items():
            if rows:
                select = insert_once(f"{spool.alias}.{rows_table}", columns, unless)
                path = self.folder / f"{table}.model"
                self._models[table] = (spool.write_model(path, select), rows)


def _row(file: EventFile) -> dict[str, Any]:
    return {
        "file": file.name,
        "size": file.size,
        "version": file.version,
        "modified_at": file.modified_at,
        "row_count": 0,
        "is_complete": True,
    }


def _is_gzip(file: EventFile) -> bool:
    return file.name.endswith(".gz")
