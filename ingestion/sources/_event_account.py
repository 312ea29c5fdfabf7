"""What became of the lines of event files: counted, quarantined, unknown keys."""

import json
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

import duckdb
import orjson

from ingestion.reconcile import Counts
from ingestion.sources._event_columns import KNOWN_CONTEXT_KEYS, KNOWN_KEYS
from ingestion.sources._event_files import SHOWN, DamagedFileError, lines_of
from ingestion.sources._event_lines import EventLines

# Quarantine rows per file or field; the last one tells how many more there are.
MOST_SHOWN = 1_000
# Lines and files of a load that are searched for unknown keys.
SAMPLED_LINES = 10_000
SAMPLED_FILES = 20


def count_lines(lines: EventLines, counts: Counts) -> int:
    """Count what the files held; return how many lines are events to be loaded."""
    connection = lines.spool.connection
    found = connection.execute(
        f"SELECT reason, count(*) FROM {lines.spool.alias}.left_out GROUP BY reason"
    )
    left = dict(found.fetchall())
    received = _count(connection, lines.table)
    events = counts.table("events")
    events.received += received
    events.duplicates += left.get("duplicate", 0)
    events.skipped += left.get("skipped", 0)
    return received - sum(left.values())


def count_products(lines: EventLines, counts: Counts) -> int:
    """Count the products that are to be loaded, and return how many there are."""
    received = _count(lines.spool.connection, f"{lines.spool.alias}.products")
    counts.table("event_products").received += received
    return received


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]


def reject_values(lines: EventLines, counts: Counts) -> None:
    """Quarantine the values of loaded events that are not of their column's type."""
    tables = {
        "events": lines.table,
        "event_products": f"{lines.spool.alias}.products",
    }
    for table, rows in tables.items():
        found = lines.spool.connection.execute(
            "SELECT message_id, source_file, bad.name, bad.text, "
            "count(*) OVER (PARTITION BY bad.name) FROM ("
            "SELECT message_id, source_file, unnest(bad_values) AS bad "
            f"FROM {rows} WHERE bad_values IS NOT NULL) "
            "QUALIFY row_number() OVER (PARTITION BY bad.name "
            f"ORDER BY source_file, message_id) <= {MOST_SHOWN}"
        ).fetchall()
        for message_id, file, name, text, _ in found:
            counts.reject_value(
                table,
                name,
                "not of the column's type",
                record_id=message_id,
                raw_value=text,
                source_file=file,
            )
        for name, total in {name: total for *_, name, _, total in found}.items():
            if rest := max(total - MOST_SHOWN, 0):
                counts.report_drift(table, name, f"and {rest} more values")
                counts.table(table).bad_values += rest


def quarantine_lines(lines: EventLines, counts: Counts) -> dict[str, int]:
    """Quarantine lines that are no events; return how many lines each file has."""
    counted = lines.count_by_file()
    for file, too_long in lines.too_long.items():
        counts.table("events").received += len(too_long)
        for line in too_long:
            counts.reject_row(
                "events",
                f"line {line.number}: {line.reason}",
                raw_value=line.text,
                source_file=file,
            )
    for file, reason in lines.damaged.items():
        counts.report_drift("events", file, f"damaged file: {reason}")
    for file, (rows, rejected) in sorted(counted.items()):
        if not rejected:
            continue
        if rows == rejected:
            # No event at all: one row says so, not one for each line.
            shown = [(1, "no line of this file is an event", None)]
        else:
            shown = _rejected(lines, file)
        for number, reason, text in shown:
            counts.reject_row(
                "events",
                f"line {number}: {reason}",
                raw_value=text,
                source_file=file,
            )
        if rest := rejected - len(shown):
            counts.table("events").quarantined += rest
            counts.report_drift("events", file, f"and {rest} more lines")
    return {file: rows for file, (rows, _) in counted.items()}


def _rejected(lines: EventLines, file: str) -> list[tuple[int, str, str]]:
    """Return number, reason and text of the file's lines that are no events."""
    reasons = dict(lines.rejected_lines(file, MOST_SHOWN))
    found = []
    with suppress(DamagedFileError):
        for position, (number, line) in enumerate(lines_of(lines.files[file].path), 1):
            if position in reasons:
                reason = _closer_reason(line, reasons[position])
                found.append((number, reason, line[:SHOWN].decode("utf-8", "replace")))
    return found


def _closer_reason(line: bytes, reason: str) -> str:
    """Tell a line that is no JSON object from an event that lacks something."""
    try:
        value = json.loads(line)
    except ValueError:
        return "not JSON"
    if not isinstance(value, dict):
        return "not a JSON object"
    # Python reads some lines that DuckDB refuses, half an emoji for instance.
    return "not JSON" if value.get("type") and reason.startswith("no type") else reason


def unknown_keys(lines: EventLines, extraction_id: str) -> list[dict[str, Any]]:
    """Return rows of `unknown_keys`: keys in the first lines of some of the files."""
    files = list(lines.files.values())
    files = files[:: -(-len(files) // SAMPLED_FILES)]
    examined = 0
    found: dict[str, dict[str, Any]] = {}
    for file in files:
        for event in _first_events(file.path, SAMPLED_LINES // len(files)):
            examined += 1
            for path, value in _unknown(event):
                row = found.setdefault(
                    path,
                    {
                        "extraction_id": extraction_id,
                        "key_path": path,
                        "occurrence_count": 0,
                        "sample_value": json.dumps(value, ensure_ascii=False)[:SHOWN],
                        "first_seen_file": file.name,
                    },
                )
                row["occurrence_count"] += 1
    return [{**row, "examined_count": examined} for row in found.values()]


def _first_events(path: str, most: int) -> Iterator[dict[str, Any]]:
    with suppress(DamagedFileError):
        for _, line in islice(lines_of(path), most):
            with suppress(orjson.JSONDecodeError):
                if isinstance(event := orjson.loads(line), dict):
                    yield event


def _unknown(event: dict[str, Any]) -> Iterator[tuple[str, object]]:
    for key in event.keys() - KNOWN_KEYS:
        yield key, event[key]
    if isinstance(context := event.get("context"), dict):
        for key in context.keys() - KNOWN_CONTEXT_KEYS:
            yield f"context.{key}", context[key]
