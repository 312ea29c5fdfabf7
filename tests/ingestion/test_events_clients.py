"""What Segment's own Python library sends is loaded as it was meant."""

import gzip
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from segment.analytics.client import Client

from .event_archive import Archive

RECEIVED = datetime(2026, 11, 1, 10, 0, 5, tzinfo=UTC)
SENT = "2026-11-01T10:00:02Z"


class Collector:
    """Accepts Segment's tracking API and keeps the events, as an archive writes them."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []
        lines = self.lines

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                batch = json.loads(body)
                for message in batch["batch"]:
                    sent = message.pop("timestamp")
                    lines.append(
                        {
                            **message,
                            "originalTimestamp": sent,
                            "sentAt": batch["sentAt"],
                            "receivedAt": RECEIVED.isoformat(),
                        }
                    )
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b'{"success":true}')

            def log_message(self, *arguments: object) -> None:
                """Keep the test's output clean."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Stop accepting."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def collector() -> Iterator[Collector]:
    """Return a collector on a free port."""
    started = Collector()
    yield started
    started.stop()


@pytest.mark.parametrize("is_packed", [False, True], ids=["plain", "gzip"])
def test_events_of_the_python_library_are_loaded(tmp_path, collector, is_packed):
    """It sends `anonymousId: null` and `userId: null`, and its own time format."""
    client = Client("key", host=collector.url, gzip=is_packed, sync_mode=True)
    at = datetime(2026, 11, 1, 10, 0, 0, tzinfo=UTC)
    client.identify("u-1", {"email": "m@example.com", "address": {"country": "IR"}})
    client.track(
        user_id="u-1",
        event="Order Completed",
        properties={
            "order_id": "o-1",
            "total": 27.5,
            "products": [{"product_id": "p-1", "name": "قوری", "price": 19}],
        },
        timestamp=at,
        message_id="order",
    )
    client.page(
        anonymous_id="a-1", name="Home", properties={"url": "https://x.example"}
    )
    client.group("u-1", "company-1", {"name": "Example"})
    client.alias("a-1", "u-1")

    for line in collector.lines:
        line["sentAt"] = SENT if line["messageId"] == "order" else line["sentAt"]
    archive = Archive(tmp_path)
    archive.write("1.jsonl.gz", *collector.lines)
    result = archive.load_events()
    assert (result.received, result.loaded, result.bad_values) == (5, 5, 0)
    assert archive.rows("SELECT count(*) FROM unknown_keys") == [(0,)]
    found = archive.rows(
        "SELECT type, user_id, anonymous_id, previous_id, group_id, library_name, email "
        "FROM events ORDER BY type"
    )
    library = "analytics-python"
    assert found == [
        ("alias", "u-1", None, "a-1", None, library, None),
        ("group", "u-1", None, None, "company-1", library, None),
        ("identify", "u-1", None, None, None, library, "m@example.com"),
        ("page", None, "a-1", None, None, library, None),
        ("track", "u-1", None, None, None, library, None),
    ]
    # Sent two seconds after it happened by the device's clock, received at 10:00:05.
    assert archive.rows("SELECT event_at, total FROM events WHERE type = 'track'") == [
        (datetime(2026, 11, 1, 10, 0, 3, tzinfo=UTC), Decimal("27.5"))
    ]
    assert archive.rows(
        "SELECT message_id, line_number, name, price FROM event_products"
    ) == [("order", 1, "قوری", Decimal(19))]
