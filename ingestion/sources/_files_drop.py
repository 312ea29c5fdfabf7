"""What the files hold now: read where they changed, replaced file by file."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

import dlt

from ingestion.extraction import Extraction, Row
from ingestion.records import BadValueError, bigint_value
from ingestion.settings import Settings
from ingestion.sources._files_csv import (
    CsvFile,
    CsvRow,
    UnreadableFileError,
    read,
)
from ingestion.sources._files_location import DroppedFile, Location
from ingestion.sources._files_tables import FILE_TABLES, SOURCE_FILES, Column, FileTable
from ingestion.sources._files_values import Days, Numbers, code, text

# Raised when files are read otherwise than before: all of them are read again.
READING = "2"


_BELIEVE = "load once with BELIEVE_DELETIONS=true; else restore it."


@dataclass(frozen=True)
class _Read:
    """A file that was read, or (None) that is gone."""

    file: DroppedFile
    table: str
    found: CsvFile | None


class Drop:
    """The files of one load."""

    def __init__(self, settings: Settings, extraction: Extraction) -> None:
        self._settings = settings
        self._extraction = extraction
        self._zone = ZoneInfo(settings.reporting_timezone)
        self._listed: list[DroppedFile] | None = None
        self._location: Location | None = None
        self._read: list[_Read] = []

    def rows(self, table: FileTable) -> Iterator[Row]:
        """Yield all rows of the table's files that are new, changed or gone."""
        versions: dict[str, str] = dlt.current.resource_state().setdefault("files", {})
        files = {
            file.name: file for file in self._files() if table.is_filled_by(file.name)
        }
        # How many lines each file had when it was last read.
        sizes: dict[str, int] = dlt.current.resource_state().setdefault("sizes", {})
        gone = [name for name in versions if name not in files]
        if gone and self._lost_all(table):
            return
        former = sum(sizes.values())
        for name, file in files.items():
            version = f"{READING}-{file.version}"
            if versions.get(name) == version and not self._extraction.read_all:
                continue
            try:
                found = read(self._content(file), table)
            except UnreadableFileError as error:
                self._refuse(table, f"{name} {error}. Its former rows stay.")
                continue
            if self._is_shrunken(table, name, sizes.get(name, 0), len(found.rows)):
                continue
            yield from self._of_file(table, file, found)
            versions[name], sizes[name] = version, len(found.rows)
            self._read.append(_Read(file, table.name, found))
        # A renamed file takes nothing away: its rows are there under the new name.
        left = sum(rows for name, rows in sizes.items() if name not in gone)
        if gone and self._extraction.doubts(former - left, former):
            self._refuse(
                table,
                f"{', '.join(gone)} with {former - left:,} of {former:,} lines are "
                f"gone. If they were removed on purpose, {_BELIEVE} Their rows stay.",
            )
            return
        for name in gone:
            del versions[name]
            sizes.pop(name, None)
            yield self._marker(table, name)
            self._read.append(_Read(DroppedFile(name, "", None), table.name, None))

    def source_files(self) -> Iterator[Row]:
        """Yield the files that were read, and report those that nobody reads."""
        counts = self._extraction.table(SOURCE_FILES)
        for one in self._read:
            counts.received += 1
            yield {
                "file": one.file.name,
                "table_name": one.table,
                "version": one.file.version,
                "encoding": one.found.encoding if one.found else None,
                "delimiter": one.found.delimiter if one.found else None,
                "row_count": len(one.found.rows) if one.found else 0,
                "is_present": one.found is not None,
                "modified_at": one.file.modified_at,
            }
        reported: list[str] = dlt.current.resource_state().setdefault("strays", [])
        known = ", ".join(f"{table.stem}.csv" for table in FILE_TABLES)
        for file in self._files():
            is_read = any(table.is_filled_by(file.name) for table in FILE_TABLES)
            if not is_read and file.name not in reported:
                reported.append(file.name)
                reason = f"nobody reads this file; known are {known}"
                self._extraction.counts.report_drift("source_files", file.name, reason)

    def _files(self) -> list[DroppedFile]:
        if self._listed is None:
            self._location = Location(self._settings.files_location())
            self._listed = self._location.files()
        return self._listed

    def _content(self, file: DroppedFile) -> bytes:
        assert self._location is not None
        try:
            return self._location.content(file)
        except OSError as error:
            message = f"cannot be read ({error}). Check its permissions"
            raise UnreadableFileError(message) from error

    def _lost_all(self, table: FileTable) -> bool:
        """Whether no file at all is left: a share that is not mounted looks so."""
        if self._files() or self._settings.believe_deletions:
            return False
        self._refuse(
            table,
            "the location holds no file any more. If they were removed on purpose, load "
            "once with BELIEVE_DELETIONS=true; else check FILES_URL. Its former rows stay.",
        )
        return True

    def _is_shrunken(self, table: FileTable, name: str, former: int, now: int) -> bool:
        """Whether a file lost so much that its export was probably cut off."""
        if not self._extraction.doubts(former - now, former):
            return False
        self._refuse(
            table,
            f"{name} has {now:,} lines and had {former:,}. If they were removed on "
            f"purpose, {_BELIEVE} Its former rows stay.",
        )
        return True

    def _refuse(self, table: FileTable, reason: str) -> None:
        counts = self._extraction.table(table.raw)
        said = f"{counts.refusal} " if counts.refusal else ""
        counts.refusal = f"{said}{table.name}: {reason}"

    def _marker(self, table: FileTable, name: str) -> Row:
        """Return the row of a file without rows; what it replaces disappears."""
        self._extraction.table(table.raw).received += 1
        return {"source_file": name, "line_number": 0}

    def _of_file(
        self, table: FileTable, file: DroppedFile, found: CsvFile
    ) -> Iterator[Row]:
        counts = self._extraction.table(table.raw)
        self._report_headers(table, file, found)
        readers = self._readers(table, found)
        by_key: dict[tuple[object, ...], Row] = {}
        for one in found.rows:
            counts.received += 1
            row = self._row(table, file, one, readers)
            if row is None:
                continue
            key = tuple(row.get(column) for column in table.key)
            if key in by_key:
                # Exports are appended to: of two, the later one counts.
                counts.duplicates += 1
                del by_key[key]
            by_key[key] = row
        yield from by_key.values()
        if not by_key:
            yield self._marker(table, file.name)

    def _readers(
        self, table: FileTable, found: CsvFile
    ) -> dict[str, Callable[[str], object]]:
        def cells(*kinds: str) -> Iterator[str]:
            for column in table.columns:
                if column.kind in kinds:
                    yield from _cells(found, column)

        numbers = Numbers(cells("number", "whole"), found.delimiter)
        readers: dict[str, Callable[[str], object]] = {}
        for column in table.columns:
            if column.kind in ("number", "whole"):
                readers[column.name] = numbers.read
            elif column.kind in ("text", "code"):
                readers[column.name] = text if column.kind == "text" else code
            else:
                days = Days(_cells(found, column), self._zone)
                readers[column.name] = getattr(days, column.kind)
        return readers

    def _row(
        self,
        table: FileTable,
        file: DroppedFile,
        one: CsvRow,
        readers: dict[str, Callable[[str], object]],
    ) -> Row | None:
        """Return the row, None when it cannot be one; a bad value is just missing."""
        counts = self._extraction.counts
        where = f"{file.name} line {one.line}"
        row: Row = {
            "source_file": file.name,
            "line_number": one.line,
            "file_modified_at": file.modified_at,
        }
        problem = one.problem
        bad_values: list[tuple[str, str]] = []
        for column in table.columns:
            value, reason = None, "missing"
            if cell := one.cells.get(column.name):
                try:
                    value = _value(column, readers[column.name](cell))
                except BadValueError as error:
                    reason = f"{cell.strip()!r} is {error}"
                    bad_values.append((column.name, str(error)))
            row[column.name] = value
            if value is None and column.is_required and not problem:
                problem = (
                    f"{column.name} {reason}"
                    if reason == "missing"
                    else (f"{column.name}: {reason}")
                )
        if problem:
            reason = f"line {one.line}: {problem}"
            counts.reject_row(
                table.name, reason, raw_value=one.raw, source_file=file.name
            )
            return None
        for name, reason in bad_values:
            counts.reject_value(
                table.name,
                name,
                f"line {one.line}: {reason}",
                record_id=where,
                raw_value=one.cells[name],
                source_file=file.name,
            )
        return row

    def _report_headers(
        self, table: FileTable, file: DroppedFile, found: CsvFile
    ) -> None:
        reported: list[str] = dlt.current.resource_state().setdefault("headers", [])
        for headers, reason in (
            (found.unknown, "no column of the table has this header; it is not loaded"),
            (found.doubled, "another header of the file gives this column already"),
        ):
            for header in headers:
                if f"{file.name}: {header}" not in reported:
                    reported.append(f"{file.name}: {header}")
                    self._extraction.counts.report_drift(
                        table.name, header, f"{file.name}: {reason}"
                    )


def _cells(found: CsvFile, column: Column) -> Iterator[str]:
    for row in found.rows:
        if cell := row.cells.get(column.name):
            yield cell


def _value(column: Column, value: object) -> object:
    """Return the value as the raw table takes it."""
    if isinstance(value, Decimal) and column.kind == "whole":
        return bigint_value(value)
    if column.kind in ("day", "month", "booked_month"):
        return str(value)
    return value or None if isinstance(value, str) else value
