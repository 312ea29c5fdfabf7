"""An event archive written by hand, and what the warehouse made of it."""

import gzip
import json
from pathlib import Path
from typing import Any

import duckdb

from ingestion.load import LoadResult, load_vendor
from ingestion.reconcile import TableResult
from ingestion.settings import Settings

RECEIVED = "2026-11-01T10:00:00.000Z"


def event(message_id: str | None, **more: Any) -> dict[str, Any]:
    """Return an event; keywords replace or add keys, None as a value stays a null."""
    about = {"messageId": message_id} if message_id is not None else {}
    return {"type": "track", "event": "Test", **about, "receivedAt": RECEIVED, **more}


def order(message_id: str, products: Any, **properties: Any) -> dict[str, Any]:
    """Return an order event with products."""
    properties = {"order_id": f"o-{message_id}", "products": products, **properties}
    return event(message_id, event="Order Completed", properties=properties)


class Archive:
    """A folder of event files and the warehouse it is loaded into."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "archive"
        self.folder.mkdir()
        self.settings = Settings(
            warehouse_dir=root / "warehouse",
            sources="live",
            vendors={"shop": ["events"]},
            events_url=str(self.folder),
        )

    def write(self, name: str, *lines: Any) -> Path:
        """Write a file of lines: events as dicts, anything else as bytes."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        content = b"".join(
            (line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n"
            for line in lines
        )
        packed = gzip.compress(content) if name.endswith(".gz") else content
        path.write_bytes(packed)
        return path

    def load(self, **changes: Any) -> LoadResult:
        """Load what is new."""
        settings = self.settings.model_copy(update=changes)
        return load_vendor("events", settings)

    def load_events(self, **changes: Any) -> TableResult:
        """Load what is new and return what became of the events."""
        tables = {table.table: table for table in self.load(**changes).tables}
        return tables["events"]

    def rows(self, sql: str) -> list[tuple]:
        """Return what a query over `raw_events` finds."""
        path = str(self.settings.warehouse_path)
        with duckdb.connect(path, read_only=True) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute("SET search_path = 'raw_events'")
            return connection.execute(sql).fetchall()

    def ids(self) -> list[str]:
        """Return the message ids of all events, sorted."""
        return [row[0] for row in self.rows("SELECT message_id FROM events ORDER BY 1")]
