"""Masking a person in files: DuckDB and SQLite databases, packed and plain text.

A database keeps the bytes of what was deleted or changed, so a DuckDB file is written
anew and swapped in, and a SQLite file is vacuumed.
"""

import gzip
import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb

from ingestion.erasure import BIRTHS, masked_sql
from ingestion.json_lines import literal, quoted
from orchestration.person import Person, RawPlace

_TEXT = ("VARCHAR", "JSON")
_PACKED = b"\x1f\x8b"
_SQLITE = b"SQLite format 3\x00"
# They are made again, and cannot be changed in place.
_DISPOSABLE = (".pickle", ".gpickle", ".msgpack", ".pyc")
_PIECE = 1 << 22
_LONGEST = 1_000


class FileInUseError(Exception):
    """A file cannot be masked now; the message names it and the remedy."""


@dataclass(frozen=True)
class Masks:
    """What stands for what.

    Attributes:
        person: whom it is about.
        token: what stands for her.
        texts: each of her texts, in small letters, and its mask.
        places: where her records' ids are in raw: vendor's schema, table and column.
    """

    person: Person
    token: str
    texts: dict[str, str]
    places: dict[str, list[RawPlace]]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds any of her texts, as they are or as JSON and URLs write them."""
        said = sorted(self._written, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, said)), re.IGNORECASE)

    @cached_property
    def written_bytes(self) -> frozenset[bytes]:
        """Her texts as bytes in small letters; others than ASCII's in both cases."""
        return frozenset(
            written.encode().lower()
            for each in self._written
            for written in (each, each.title(), each.upper())
        )

    @cached_property
    def _written(self) -> dict[str, str]:
        found = {}
        for text, mask in self.texts.items():
            for each in (text, text.title()):
                for written in (each, json.dumps(each)[1:-1], quote(each)):
                    found[written.lower()] = mask
        return found

    def replaced(self, text: str) -> str:
        """Return the text with her masked."""
        known = self._written
        return self.pattern.sub(lambda found: known[found[0].lower()], text)


def is_in_file(path: Path, masks: Masks) -> bool:
    """Return whether the file's bytes, unpacked, name the person."""
    is_packed = _begins(path) == _PACKED
    before = b""
    with gzip.open(path, "rb") if is_packed else path.open("rb") as file:
        while piece := file.read(_PIECE):
            # A piece begins with the end of the one before.
            looked = (before + piece).lower()
            if any(each in looked for each in masks.written_bytes):
                return True
            before = piece[-_LONGEST:]
    return False


def is_in_database(path: Path, masks: Masks) -> list[str]:
    """Return the columns of a DuckDB file in which the person is named."""
    found = []
    with duckdb.connect(str(path), read_only=True) as connection:
        for schema, table, columns in _tables(connection):
            hits = _hits(connection, schema, table, columns, masks)
            found += [f"{schema}.{table}.{column}" for column in hits]
    return found


def mask_database(path: Path, masks: Masks, *, writes: bool) -> list[str]:
    """Write a DuckDB file anew with the person masked; return the tables that changed.

    The file is held while that goes on, and swapped in before it is let go.

    Args:
        path: the file.
        masks: what stands for what.
        writes: whether others may write to it, so that it must be locked.

    Raises:
        FileInUseError: another process writes to it.
        ValueError: a KPI would change.
    """
    fresh = path.with_name(f".{path.name}.masked")
    fresh.unlink(missing_ok=True)
    try:
        return _mask_into(fresh, path, masks, writes=writes)
    finally:
        fresh.unlink(missing_ok=True)


def _mask_into(fresh: Path, path: Path, masks: Masks, *, writes: bool) -> list[str]:
    name = path.stem
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        access = "read_write" if writes else "read_only"
        try:
            # Views name the database after its file.
            connection.execute(
                f"attach {literal(str(path))} as {quoted(name)} ({access})"
            )
        except duckdb.IOException as error:
            message = f"{path} is in use: {str(error).splitlines()[0]}"
            raise FileInUseError(message) from None
        connection.execute(f"use {quoted(name)}")
        connection.execute(f"attach {literal(str(fresh))} as masked_copy")
        connection.execute(f'copy from database "{name}" to masked_copy (schema)')
        changed = []
        # One transaction: each of hundreds would be flushed to disk.
        connection.begin()
        for schema, table, columns in _tables(connection):
            select = _masked_select(connection, schema, table, columns, masks)
            place = f'"{schema}"."{table}"'
            changed += [f"{schema}.{table}"] if select else []
            connection.execute(
                f"insert into masked_copy.{place} "
                f'select {select or "*"} from "{name}".{place}'
            )
        connection.commit()
        _check_kpis(connection, name)
        connection.execute("checkpoint masked_copy")
        connection.execute("detach masked_copy")
        if writes:
            connection.execute(f"checkpoint {quoted(name)}")
        fresh.chmod(path.stat().st_mode & 0o777)
        fresh.replace(path)
    path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
    return changed


def _tables(
    connection: duckdb.DuckDBPyConnection,
) -> Iterator[tuple[str, str, dict[str, str]]]:
    found: dict[tuple[str, str], dict[str, str]] = {}
    rows = connection.execute(
        """
        select columns.schema_name, columns.table_name, column_name, data_type
        from duckdb_columns() as columns
        inner join duckdb_tables() as tables using (database_name, table_oid)
        where columns.database_name = current_database()
        order by columns.schema_name, columns.table_name, column_index
        """
    ).fetchall()
    for schema, table, column, kind in rows:
        found.setdefault((schema, table), {})[column] = kind
    for (schema, table), columns in found.items():
        yield schema, table, columns


def _hits(
    connection: duckdb.DuckDBPyConnection,
    schema: str,
    table: str,
    columns: dict[str, str],
    masks: Masks,
) -> list[str]:
    """Return the columns of a table in which the person is named."""
    said = [
        name
        for name, kind in columns.items()
        if kind in _TEXT or "VARCHAR" in kind or "JSON" in kind
    ]
    if not said:
        return []
    conditions = [f"bool_or({_names_her(name, masks)})" for name in said]
    row = connection.execute(
        f'select {", ".join(conditions)} from "{schema}"."{table}"'
    ).fetchall()[0]
    return [name for name, hit in zip(said, row, strict=True) if hit]


def _names_her(column: str, masks: Masks) -> str:
    text = f"lower(cast({quoted(column)} as varchar))"
    return (
        " or ".join(f"contains({text}, {literal(each)})" for each in masks.texts)
        or "false"
    )


def _masked_select(
    connection: duckdb.DuckDBPyConnection,
    schema: str,
    table: str,
    columns: dict[str, str],
    masks: Masks,
) -> str | None:
    """Return the columns with the person masked, None where the table lacks her."""
    hits = _hits(connection, schema, table, columns, masks)
    own = _own_rows(schema, table, columns, hits, masks)
    if own:
        found = connection.execute(
            f'select 1 from "{schema}"."{table}" where {own} limit 1'
        ).fetchall()
        own = own if found else ""
    if not hits and not own:
        return None
    selected = []
    for name, kind in columns.items():
        expression = quoted(name)
        for text, mask in masks.texts.items() if name in hits else ():
            expression = (
                f"regexp_replace(cast({expression} as varchar), "
                f"{literal(_sql_pattern(text))}, {literal(mask)}, 'gi')"
            )
        is_raw = schema.startswith("raw_")
        if own and (is_raw or name in BIRTHS):
            kept = masked_sql(name, masks.token)
            if kept is not None:
                expression = (
                    f"case when {own} then cast({kept} as {kind}) "
                    f"else cast({expression} as {kind}) end"
                )
        if expression != quoted(name):
            expression = f"cast({expression} as {kind}) as {quoted(name)}"
        selected.append(expression)
    return ", ".join(selected)


def _sql_pattern(text: str) -> str:
    """Return the text as a pattern of DuckDB's regular expressions."""
    return "".join(
        each if each.isalnum() or each in " @_" else f"\\{each}" for each in text
    )


def _own_rows(
    schema: str,
    table: str,
    columns: dict[str, str],
    hits: list[str],
    masks: Masks,
) -> str:
    """Return the condition on the rows that are about the person, '' for none."""
    person = masks.person
    conditions = [
        f"contains(lower(cast({quoted(name)} as varchar)), {literal(address)})"
        for name in hits
        for address in person.addresses
    ]
    if "customer_key" in columns and person.customer_key:
        conditions.append(f"customer_key = {literal(person.customer_key)}")
    if "record_node" in columns and person.nodes:
        nodes = ", ".join(literal(node) for node in person.nodes)
        conditions.append(f"record_node in ({nodes})")
    for vendor, places in masks.places.items():
        ids = ", ".join(
            literal(each) for found, _, each in person.records if found == vendor
        )
        for place in places if ids else ():
            if (place.schema, place.table) == (schema, table):
                column = quoted(place.column)
                conditions.append(f"cast({column} as varchar) in ({ids})")
    return f"coalesce({' or '.join(conditions)}, false)" if conditions else ""


def own_raw_rows(
    connection: duckdb.DuckDBPyConnection, masks: Masks
) -> Iterator[tuple[str, str, str]]:
    """Yield schema, table and condition of each raw table with rows about the person."""
    for schema, table, columns in _tables(connection):
        if not schema.startswith("raw_") or schema.endswith("_staging"):
            continue
        hits = _hits(connection, schema, table, columns, masks)
        if own := _own_rows(schema, table, columns, hits, masks):
            yield schema, table, own


def _check_kpis(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Check that no number of a KPI has changed.

    Raises:
        ValueError: names the table; the copy is not used.
    """
    for schema, table, columns in _tables(connection):
        numbers = [quoted(each) for each, kind in columns.items() if kind not in _TEXT]
        if schema != "kpis" or not numbers:
            continue
        before, after = (
            connection.execute(
                f"select count(*), sum(hash({', '.join(numbers)})) "
                f'from {database}."{schema}"."{table}"'
            ).fetchall()
            for database in (f'"{name}"', "masked_copy")
        )
        if before != after:
            message = (
                f"The numbers of {schema}.{table} would change; nothing was erased."
            )
            raise ValueError(message)


def mask_file(path: Path, masks: Masks) -> str:
    """Mask the person in a file that is no DuckDB file; return what was done.

    Raises:
        FileInUseError: a SQLite file is held by another process.
    """
    begins = _begins(path, len(_SQLITE))
    if begins == _SQLITE:
        _mask_sqlite(path, masks)
        return "masked"
    if path.suffix in _DISPOSABLE:
        path.unlink()
        # Without dbt's stamp the project is parsed again.
        path.with_name("fingerprint.txt").unlink(missing_ok=True)
        return "removed"
    if begins.startswith(_PACKED):
        content = gzip.decompress(path.read_bytes())
        _swap(path, gzip.compress(_masked_bytes(content, masks), mtime=0))
    else:
        _swap(path, _masked_bytes(path.read_bytes(), masks))
    return "masked"


def _swap(path: Path, content: bytes) -> None:
    fresh = path.with_name(f".{path.name}.masked")
    fresh.write_bytes(content)
    fresh.chmod(path.stat().st_mode & 0o777)
    fresh.replace(path)


def _masked_bytes(content: bytes, masks: Masks) -> bytes:
    # Bytes that are no text pass through unharmed.
    lines = content.decode(errors="surrogateescape").splitlines(keepends=True)
    pattern = masks.pattern
    masked = [
        _masked_line(line, masks) if pattern.search(line) else line for line in lines
    ]
    return "".join(masked).encode(errors="surrogateescape")


def _masked_line(line: str, masks: Masks) -> str:
    """Mask a line; an event of hers also loses what it says of her beside that."""
    if line.startswith("{"):
        try:
            event = json.loads(line)
        except json.JSONDecodeError:
            return masks.replaced(line)
        event.pop("traits", None)
        if isinstance(context := event.get("context"), dict):
            context.pop("traits", None)
            context.pop("ip", None)
        end = line[len(line.rstrip("\r\n")) :]
        line = json.dumps(event, ensure_ascii=False, separators=(",", ":")) + end
    return masks.replaced(line)


def _mask_sqlite(path: Path, masks: Masks) -> None:
    connection = sqlite3.connect(path, timeout=30, isolation_level=None)
    try:
        connection.create_function("masked", 1, _sqlite_mask(masks), deterministic=True)
        connection.execute("pragma secure_delete = on")
        tables = connection.execute(
            "select name from sqlite_master where type = 'table' "
            "and name not like 'sqlite_%'"
        ).fetchall()
        connection.execute("begin immediate")
        for (table,) in tables:
            columns = connection.execute(f'pragma table_info("{table}")').fetchall()
            for column in (each[1] for each in columns):
                connection.execute(
                    f'update "{table}" set "{column}" = masked("{column}") '
                    f'where masked("{column}") is not "{column}"'
                )
        connection.execute("commit")
        connection.execute("pragma wal_checkpoint(truncate)")
        connection.execute("vacuum")
        connection.execute("pragma wal_checkpoint(truncate)")
    except sqlite3.OperationalError as error:
        message = f"{path} is in use ({error}). Stop Dagster, and erase again."
        raise FileInUseError(message) from error
    finally:
        connection.close()


def _sqlite_mask(masks: Masks) -> Callable[[Any], Any]:
    pattern = masks.pattern

    def masked(value: Any) -> Any:  # noqa: ANN401 - whatever a cell holds
        if isinstance(value, str) and pattern.search(value):
            return masks.replaced(value)
        return value

    return masked


def _begins(path: Path, length: int = 2) -> bytes:
    with path.open("rb") as file:
        return file.read(length)
