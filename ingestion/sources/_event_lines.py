"""The lines of new event files as rows of the spool, and what is behind each file."""

import logging
from dataclasses import replace
from pathlib import Path

import duckdb

from ingestion.json_lines import file_list
from ingestion.lane import IN_MEMORY, Spool
from ingestion.sources._event_columns import READING
from ingestion.sources._event_files import (
    BrokenLine,
    EventFile,
    damage,
    readable_copy,
    unpacked_size,
)

# Above this many bytes (unpacked, estimated) the spool is a file instead of memory.
MOST_IN_MEMORY = 1_500_000_000
# gzip makes JSON events smaller by about this.
GZIP_FACTOR = 12
# Bytes that an event can have, on the average of a file; Segment takes up to 32 kB.
_EVENT_SIZE = range(30, 65_536)

_log = logging.getLogger(__name__)


class EventLines:
    """The spool's table `lines`: one row per line of the files.

    Attributes:
        spool: where the table is.
        table: its name with the spool's alias.
        files: the files that were read, by name; `path` is where they were read.
        too_long: by file, the lines that had to be left out.
        damaged: by file, why it cannot be read to its end.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        alias: str,
        files: list[EventFile],
        folder: Path,
    ) -> None:
        self.spool = Spool(connection, alias, _location(files, folder))
        self.table = f"{alias}.lines"
        self.files = {file.name: file for file in files}
        self.too_long: dict[str, list[BrokenLine]] = {}
        self.damaged: dict[str, str] = {}
        self.roots = {_root(files[0]): ""}
        self._repaired = folder / "repaired"
        self._read()
        self._check_before_rebuilding()

    def _read(self) -> None:
        try:
            self._create(set())
        except duckdb.Error:
            if not self._repair():
                raise
            self.roots[str(self._repaired)] = ""
            self._create(set())
        found = self.spool.connection.execute(
            f"SELECT DISTINCT source_file FROM {self.table} "
            "WHERE message_id IS NULL AND rejection IS NULL"
        )
        if without_ids := {file for (file,) in found.fetchall()}:
            # Their events are told apart by the whole line, which costs more to read.
            self.spool.drop("lines")
            self._create(without_ids)

    def _create(self, whole: set[str]) -> None:
        """Read the files, those in `whole` with their lines as they stand."""
        parts = []
        for with_lines in (False, True):
            paths = [
                file.path
                for file in self.files.values()
                if (file.name in whole) == with_lines
            ]
            if paths:
                parts.append(READING.select(paths, self.roots, with_lines=with_lines))
        self.spool.create("lines", " UNION ALL ".join(parts))

    def _repair(self) -> bool:
        """Replace files that DuckDB cannot read by a copy of what can be read of them."""
        is_changed = False
        for file in list(self.files.values()):
            try:
                self.spool.connection.execute(
                    "SELECT count(*) FROM read_ndjson_objects("
                    f"{file_list([file.path])}, format='newline_delimited', "
                    "ignore_errors=true)"
                )
            except duckdb.Error:
                is_changed = True
                self._replace(file)
        return is_changed

    def _replace(self, file: EventFile) -> None:
        copy = self._repaired / file.name
        try:
            too_long, damaged = readable_copy(file.path, copy)
        except FileNotFoundError:
            _log.warning("events: %s has gone since it was listed", file.name)
            del self.files[file.name]
            return
        self.files[file.name] = replace(file, path=str(copy))
        self.too_long[file.name] = too_long
        if damaged:
            self._report(file, damaged)

    def _report(self, file: EventFile, reason: str) -> None:
        self.damaged[file.name] = reason
        _log.warning("events: %s is damaged: %s", file.name, reason)

    def _check_before_rebuilding(self) -> None:
        paths = file_list([file.path for file in self.files.values()])
        sizes = f"SELECT sum(size) AS size FROM read_blob({paths})"
        (size,) = self.spool.connection.execute(sizes).fetchone() or (0,)
        self.spool.check_before_rebuilding(
            "lines", f"SELECT 1 FROM ({sizes}) WHERE size <> {size}"
        )

    def count_by_file(self) -> dict[str, tuple[int, int]]:
        """Return file to number of lines and of lines that are no events.

        What looks odd in a file is looked into: is it damaged?
        """
        found = self.spool.connection.execute(
            "SELECT source_file, count(*), count(rejection) "
            f"FROM {self.table} GROUP BY source_file"
        )
        counted = {name: (rows, rejected) for name, rows, rejected in found.fetchall()}
        for file in self.files.values():
            rows, rejected = counted.get(file.name, (0, 0))
            if file.name in self.too_long:
                continue
            size = unpacked_size(file)
            # A torn gzip ends in any four bytes instead of its size.
            is_odd = size is not None and (not rows or size // rows not in _EVENT_SIZE)
            if (rejected or is_odd) and (reason := damage(file.path)):
                self._report(file, reason)
        return counted

    def rejected_lines(self, file: str, most: int) -> list[tuple[int, str]]:
        """Return position among the lines that are not blank, and why it is no event."""
        connection = self.spool.connection
        select = READING.select([self.files[file].path], self.roots)
        threads = connection.execute("SELECT current_setting('threads')").fetchone()
        # So that the rows come in the order of the lines.
        connection.execute("SET GLOBAL preserve_insertion_order = true")
        connection.execute("SET GLOBAL threads = 1")
        found = connection.execute(
            "SELECT position, rejection FROM "
            f"(SELECT row_number() OVER () AS position, rejection FROM ({select})) "
            f"WHERE rejection IS NOT NULL ORDER BY position LIMIT {most}"
        ).fetchall()
        connection.execute(f"SET GLOBAL threads = {threads[0] if threads else 1}")
        connection.execute("SET GLOBAL preserve_insertion_order = false")
        return found


def _location(files: list[EventFile], folder: Path) -> str:
    unpacked = sum(
        file.size * (GZIP_FACTOR if file.name.endswith(".gz") else 1) for file in files
    )
    if unpacked <= MOST_IN_MEMORY:
        return IN_MEMORY
    folder.mkdir(parents=True, exist_ok=True)
    return str(folder / "spool.duckdb")


def _root(file: EventFile) -> str:
    return file.path.removesuffix(f"/{file.name}")
