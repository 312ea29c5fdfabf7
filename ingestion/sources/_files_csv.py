"""A CSV file as rows of named cells, whatever program wrote it."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ingestion.sources._files_tables import FileTable
from ingestion.sources._files_values import code

DELIMITERS = (",", ";", "\t", "|")
# A report may begin with a title and a day; further down a header is none.
HEADER_WITHIN = 20
_LONGEST_CELL = 10_000_000
TOTALS = {
    *("total", "totals", "grand total", "sum", "summe", "gesamt", "gesamtsumme"),
    *("toplam", "جمع", "جمع کل", "مجموع"),
}
_NO_LETTERS = re.compile(r"[\W_]+")


class UnreadableFileError(Exception):
    """A file cannot be read; the message says why and what to do."""


@dataclass(frozen=True)
class CsvRow:
    """One row; cells by column name, empty ones left out."""

    line: int
    cells: dict[str, str]
    problem: str = ""
    raw: str = ""


@dataclass
class CsvFile:
    """A file that was read.

    Attributes:
        encoding: how its bytes were read.
        delimiter: what separates its cells.
        rows: its rows, blank ones left out.
        unknown: headers of columns that the table does not know.
        doubled: headers of columns that another one gives already.
    """

    encoding: str
    delimiter: str
    rows: list[CsvRow] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)


def decoded(content: bytes) -> tuple[str, str]:
    """Return the text of a file and its encoding: UTF-8 or UTF-16, marked or not.

    Raises:
        UnreadableFileError: it is neither; a guess would turn names into others.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif content[:200].count(0) > len(content[:200]) // 4:
        encoding = "utf-16-le" if content[1:2] == b"\0" else "utf-16-be"
    else:
        encoding = "utf-8-sig"
    try:
        return content.decode(encoding).replace("\0", ""), encoding
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        message = (
            f"line {line} is neither UTF-8 nor UTF-16. Save it as CSV UTF-8 (in Excel: "
            "Save As, CSV UTF-8)"
        )
        raise UnreadableFileError(message) from None


def read(content: bytes, table: FileTable) -> CsvFile:
    """Read a file of a table.

    Raises:
        UnreadableFileError: its encoding, its quotes or its header.
    """
    words, encoding = decoded(content)
    if not words.strip():
        return CsvFile(encoding, "")
    spellings = _spellings(table)
    best: tuple[int, str, int] | None = None
    for delimiter in DELIMITERS:
        for number, (_, cells) in enumerate(_lines(words, delimiter, HEADER_WITHIN)):
            known = {
                spellings[name] for one in cells if (name := _name(one)) in spellings
            }
            if best is None or len(known) > best[0]:
                best = len(known), delimiter, number
    assert best is not None
    _, delimiter, number = best
    lines = list(_lines(words, delimiter))
    if best[0] == 0:
        number = 0
    columns, found = _header(lines[number][1], spellings)
    _check_header(table, columns, lines[number])
    found = CsvFile(encoding, delimiter, unknown=found[0], doubled=found[1])
    for line, cells in lines[number + 1 :]:
        if any(cell.strip() for cell in cells):
            found.rows.append(_row(line, cells, columns))
    return found


def _spellings(table: FileTable) -> dict[str, str]:
    """Return the column of each spelling; a column's own name wins."""
    found = {_name(alias): one.name for one in table.columns for alias in one.aliases}
    return found | {_name(one.name): one.name for one in table.columns}


def _name(header: str) -> str:
    return _NO_LETTERS.sub("", code(header).casefold())


def _lines(
    words: str, delimiter: str, most: int | None = None
) -> Iterator[tuple[int, list[str]]]:
    """Yield rows with the line on which each begins; a cell may hold line breaks."""
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(
        io.StringIO(words, newline=""), delimiter=delimiter, strict=True
    )
    begun = 1
    try:
        for number, cells in enumerate(reader):
            if number == most:
                return
            yield begun, cells
            begun = reader.line_num + 1
    except csv.Error as error:
        if most is not None:
            # Another delimiter may fit; the whole file is read by the best one.
            return
        message = (
            f"line {begun}: {error}. A quote is opened there and not closed; mend it"
        )
        raise UnreadableFileError(message) from None


def _header(
    cells: list[str], spellings: dict[str, str]
) -> tuple[list[str | None], tuple[list[str], list[str]]]:
    columns: list[str | None] = []
    unknown, doubled = [], []
    for cell in cells:
        column = spellings.get(_name(cell))
        if column in columns and column is not None:
            doubled.append(cell.strip())
            column = None
        elif column is None and cell.strip():
            unknown.append(cell.strip())
        columns.append(column)
    return columns, (unknown, doubled)


def _check_header(
    table: FileTable, columns: list[str | None], line: tuple[int, list[str]]
) -> None:
    missing = [
        one for one in table.columns if one.is_required and one.name not in columns
    ]
    if not missing:
        return
    seen = ", ".join(cell.strip()[:30] for cell in line[1][:12])
    wanted = "; ".join(
        " or ".join((one.name, *one.aliases)) if one.aliases else one.name
        for one in missing
    )
    message = f"line {line[0]}: the header ({seen}) lacks a column. Name one {wanted}"
    raise UnreadableFileError(message)


def _row(line: int, cells: list[str], columns: list[str | None]) -> CsvRow:
    raw = " | ".join(cells)
    filled = [cell for cell in cells if cell.strip()]
    if code(filled[0]).rstrip(":").casefold() in TOTALS:
        return CsvRow(line, {}, "a row of totals", raw)
    if any(cell.strip() for cell in cells[len(columns) :]):
        problem = f"{len(cells)} cells under {len(columns)} headers"
        return CsvRow(line, {}, problem, raw)
    named = {
        column: cell
        for column, cell in zip(columns, cells, strict=False)
        if column and cell.strip()
    }
    return CsvRow(line, named, "", raw)
