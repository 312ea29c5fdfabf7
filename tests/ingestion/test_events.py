"""Event files become typed events, once each, and nothing of them vanishes uncounted."""

import gzip
import hashlib
import json
import os
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from ingestion.load import LoadError

from .event_archive import RECEIVED, Archive, event, order


@pytest.fixture
def archive(tmp_path) -> Archive:
    """Return an empty archive with a warehouse of its own."""
    return Archive(tmp_path)


def test_the_first_received_copy_of_a_message_stays(archive):
    """SDKs send whole batches again; a later copy must not replace or double it."""
    later, earlier = "2026-11-01T10:00:09Z", "2026-11-01T10:00:01Z"
    archive.write(
        "a.jsonl",
        event("m1", receivedAt=later, event="late"),
        event("m2"),
        event("m1", receivedAt=earlier, event="early"),
    )
    archive.write("b.jsonl.gz", event("m1", receivedAt=later, event="late, other file"))
    result = archive.load_events()
    assert (result.received, result.loaded, result.duplicates) == (4, 2, 2)
    assert archive.rows("SELECT event, source_file FROM events ORDER BY 1") == [
        ("Test", "a.jsonl"),
        ("early", "a.jsonl"),
    ]


def test_copies_of_one_instant_are_decided_by_the_file(archive):
    """A tie that is broken by chance would give two runs two warehouses."""
    for name in ("c.jsonl", "a.jsonl", "b.jsonl"):
        archive.write(name, event("m1", event=f"of {name}"))
    archive.load()
    assert archive.rows("SELECT event FROM events") == [("of a.jsonl",)]


def test_an_event_that_is_loaded_is_not_loaded_again(archive):
    """A replayed file, or one that has grown, repeats what an earlier load brought."""
    archive.write("a.jsonl", event("m1"), order("m2", [{"sku": "s"}]))
    archive.load()
    archive.write("a.jsonl", event("m1"), order("m2", [{"sku": "s"}]), event("m3"))
    archive.write("replay/b.jsonl.gz", order("m2", [{"sku": "s"}, {"sku": "t"}]))
    result = archive.load_events()
    assert (result.received, result.loaded, result.duplicates) == (4, 1, 3)
    assert archive.ids() == ["m1", "m2", "m3"]
    products = archive.rows("SELECT message_id, line_number, sku FROM event_products")
    assert products == [("m2", 1, "s")]


def test_a_run_without_new_files_reads_none(archive):
    """Reading all files at every run costs hours as the archive grows."""
    path = archive.write("a.jsonl", event("m1"))
    archive.load()
    unchanged = path.stat()
    path.write_bytes(b"x" * unchanged.st_size)
    os.utime(path, ns=(unchanged.st_atime_ns, unchanged.st_mtime_ns))
    assert archive.load_events().received == 0
    assert archive.rows("SELECT file, row_count FROM files") == [("a.jsonl", 1)]


def test_files_are_found_in_any_layout(archive):
    """Segment, RudderStack and hand-made exports lay files out differently."""
    names = [
        "segment-logs/src1/1795305600000/1795305600123.gz",
        "rudder-logs/src1/2026-11-01/1.src1.uuid.json.gz",
        "plain.jsonl",
        "with space [1]*.jsonl.gz",
    ]
    for number, name in enumerate(names):
        archive.write(name, event(f"m{number}"))
    archive.write(".hidden.jsonl", event("hidden"))
    archive.write("readme.txt", b"not an event file")
    archive.load()
    found = archive.rows("SELECT source_file, message_id FROM events ORDER BY 2")
    assert found == [(name, f"m{number}") for number, name in enumerate(names)]


def test_lines_that_are_no_events_are_quarantined_where_they_stand(archive):
    """A broken line must neither stop the file nor vanish."""
    archive.write(
        "a.jsonl.gz",
        event("m1"),
        b'{"type":"track","messageId":"cut',
        b"",
        b"[1, 2]",
        event("m2", type=None),
        event("m3", type="of the future"),
        {"name": "a contact", "type": "contact"},
        b'{"type":"page","messageId":"\xff\xfe"}',
        {"type": "page", "messageId": "m4"},
        event("m5"),
    )
    result = archive.load_events()
    assert (result.received, result.loaded, result.quarantined) == (9, 3, 6)
    assert archive.ids() == ["m1", "m3", "m5"]
    found = archive.rows(
        "SELECT reason, raw_value, table_name, source_file FROM quarantine ORDER BY 1"
    )
    no_time = "no usable receivedAt, timestamp, sentAt or originalTimestamp"
    assert [row[0] for row in found] == [
        "line 2: not JSON",
        "line 4: not a JSON object",
        "line 5: no type: not an event",
        "line 7: unknown type and no messageId: not an event",
        "line 8: not JSON",
        f"line 9: {no_time}",
    ]
    assert found[0][1:] == ('{"type":"track","messageId":"cut', "events", "a.jsonl.gz")
    assert found[1][1] == "[1, 2]"


def test_a_file_without_any_event_is_one_row_of_quarantine(archive):
    """A stray export must not fill the quarantine with its every line."""
    archive.write("contacts.jsonl", *({"id": n, "name": "n"} for n in range(30)))
    archive.write("a.jsonl", event("m1"))
    result = archive.load_events()
    assert (result.received, result.loaded, result.quarantined) == (31, 1, 30)
    assert ("line 1: no line of this file is an event", "contacts.jsonl") in (
        archive.rows("SELECT reason, source_file FROM quarantine")
    )


def test_a_folder_of_other_files_is_refused_by_name(archive):
    """An EVENTS_URL at the wrong folder must not look like a shop without visitors."""
    archive.write("orders.csv", b"id,total")
    with pytest.raises(LoadError, match=r"EVENTS_URL=.*archive holds no event file"):
        archive.load()


def test_a_missing_folder_is_refused_by_name(archive):
    """A typing mistake in EVENTS_URL must name the variable."""
    with pytest.raises(LoadError, match=r"EVENTS_URL=.*nowhere is not a folder"):
        archive.load(events_url=str(archive.folder / "nowhere"))


def test_an_empty_folder_makes_empty_tables(archive):
    """The models read the tables before the first event has come."""
    assert archive.load_events().received == 0
    for table in ("events", "event_products", "files", "unknown_keys", "quarantine"):
        assert archive.rows(f"SELECT count(*) FROM {table}") == [(0,)]


def test_a_value_of_the_wrong_type_is_quarantined_and_its_event_stays(archive):
    """One vendor release that sends `price: "n/a"` must not cost the orders."""
    archive.write(
        "a.jsonl",
        order(
            "m1",
            [
                {"sku": "s", "price": "19.00", "quantity": 2},
                {"sku": "t", "price": "1,234.50", "quantity": "two"},
            ],
            total="27.50",
            tax="abc",
            shipping="",
            discount=True,
            revenue=22.5,
            subtotal=None,
        ),
        event("m2", sentAt="yesterday", properties="not an object"),
    )
    result = archive.load()
    assert {table.table: table.bad_values for table in result.tables} == {
        "events": 4,
        "event_products": 2,
    }
    amounts = "total, revenue, tax, shipping, discount, subtotal"
    assert archive.rows(f"SELECT {amounts} FROM events WHERE message_id = 'm1'") == [
        (Decimal("27.5"), Decimal("22.5"), None, None, None, None)
    ]
    lines = archive.rows("SELECT price, quantity FROM event_products ORDER BY sku")
    assert lines == [(Decimal(19), Decimal(2)), (None, None)]
    found = archive.rows(
        "SELECT table_name, record_id, field_name, raw_value FROM quarantine "
        "ORDER BY ALL"
    )
    assert found == [
        ("event_products", "m1", "price", "1,234.50"),
        ("event_products", "m1", "quantity", "two"),
        ("events", "m1", "properties.discount", "true"),
        ("events", "m1", "properties.tax", "abc"),
        ("events", "m2", "properties", '"not an object"'),
        ("events", "m2", "sentAt", "yesterday"),
    ]


def test_products_and_properties_encoded_twice_are_decoded(archive):
    """Tag managers send arrays as text; the order's lines are in there."""
    products = json.dumps([{"sku": "s", "price": 1}])
    archive.write(
        "a.jsonl",
        order("m1", products),
        event(
            "m2",
            event="Order Completed",
            properties=json.dumps({"order_id": "o2", "products": [{"sku": "t"}]}),
        ),
    )
    result = archive.load_events()
    assert result.bad_values == 0
    found = archive.rows("SELECT message_id, sku FROM event_products ORDER BY 1")
    assert found == [("m1", "s"), ("m2", "t")]
    assert archive.rows("SELECT order_id FROM events ORDER BY 1") == [
        ("o-m1",),
        ("o2",),
    ]


def test_products_are_kept_for_orders_checkouts_and_carts_only(archive):
    """Lists that were merely seen would outnumber all others."""
    names = ["Order Completed", "checkout started", "Cart Viewed", "Completed Order"]
    seen = ["Product List Viewed", None]
    archive.write(
        "a.jsonl",
        *(
            event(f"m{n}", event=name, properties={"products": [{"sku": "s"}]})
            for n, name in enumerate([*names, *seen])
        ),
    )
    archive.load()
    found = archive.rows("SELECT message_id FROM event_products ORDER BY 1")
    assert [row[0] for row in found] == ["m0", "m1", "m2", "m3"]
    assert archive.rows("SELECT count(products) FROM events") == [(6,)]


def test_unknown_keys_are_counted_with_a_sample(archive):
    """A sender's new key is lost silently otherwise: no column holds it."""
    archive.write(
        "a.jsonl",
        event("m1", loyalty={"tier": "gold"}, context={"ip": "::1", "ab_test": 7}),
        event("m2", loyalty=None),
    )
    archive.load()
    found = archive.rows(
        "SELECT key_path, occurrence_count, examined_count, sample_value, "
        "first_seen_file FROM unknown_keys ORDER BY 1"
    )
    assert found == [
        ("context.ab_test", 1, 2, "7", "a.jsonl"),
        ("loyalty", 2, 2, '{"tier": "gold"}', "a.jsonl"),
    ]


@pytest.mark.parametrize(
    ("times", "expected", "is_clamped"),
    [
        (
            # The device is 1 h fast; the event happened 5 s before it was sent.
            {
                "originalTimestamp": "2026-11-01T11:00:00Z",
                "sentAt": "2026-11-01T11:00:05Z",
                "timestamp": "2026-11-01T09:59:00Z",
            },
            "2026-11-01T09:59:55",
            False,
        ),
        (
            # Offline for two days with a right clock.
            {
                "originalTimestamp": "2026-10-30T10:00:00Z",
                "sentAt": "2026-11-01T10:00:00+00:00",
            },
            "2026-10-30T10:00:00",
            False,
        ),
        ({"originalTimestamp": "2026-10-30T10:00:00Z"}, "2026-11-01T10:00:00", False),
        ({"timestamp": "2026-11-01T13:29:00+03:30"}, "2026-11-01T09:59:00", False),
        ({}, "2026-11-01T10:00:00", False),
        ({"timestamp": "2026-11-01T10:05:00Z"}, "2026-11-01T10:05:00", False),
        ({"timestamp": "2031-01-01T00:00:00Z"}, "2026-11-01T10:05:00", True),
        ({"timestamp": "2026-10-02T10:00:00Z"}, "2026-10-02T10:00:00", False),
        ({"timestamp": "1970-01-01T00:00:00Z"}, "2026-10-02T10:00:00", True),
    ],
    ids=[
        "fast clock",
        "offline queue",
        "sentAt missing",
        "timestamp with offset",
        "only receivedAt",
        "five minutes ahead",
        "years ahead",
        "thirty days late",
        "clock never set",
    ],
)
def test_the_time_of_an_event_is_corrected(archive, times, expected, is_clamped):
    """Devices' clocks are wrong; both of their times are wrong by the same."""
    archive.write("a.jsonl", event("m1", **times))
    archive.load()
    found = archive.rows("SELECT event_at, is_clock_clamped, received_date FROM events")
    at = datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert found == [(at, is_clamped, date(2026, 11, 1))]


def test_an_event_without_receivedat_takes_the_next_best_time(archive):
    """A collector that writes no receivedAt must not lose all of its events."""
    line = event("m1", timestamp="2026-11-01T09:00:00Z", receivedAt="soon")
    archive.write("a.jsonl", line)
    assert archive.load_events().bad_values == 1
    at = datetime(2026, 11, 1, 9, tzinfo=UTC)
    assert archive.rows("SELECT received_at, event_at FROM events") == [(at, at)]


def test_ids_that_mean_none_are_null(archive):
    """A thousand visitors called "undefined" would become one customer."""
    placeholders = ["", "null", "undefined", "0", 0, None, "Undefined ", " "]
    archive.write(
        "a.jsonl",
        *(
            event(f"m{n}", userId=value, anonymousId=value)
            for n, value in enumerate(placeholders)
        ),
        event("m8", userId=17, anonymousId="a-1"),
    )
    archive.load()
    found = archive.rows(
        "SELECT user_id, anonymous_id, count(*) FROM events GROUP BY ALL ORDER BY ALL"
    )
    assert found == [("17", "a-1", 1), (None, None, 8)]


def test_a_line_without_message_id_is_told_apart_by_its_text(archive):
    """Server-side senders leave messageId out; equal lines are one event."""
    first, second = event(None, event="a"), event("undefined", event="b")
    archive.write("a.jsonl", first, second, first, event("undefined", event="c"))
    result = archive.load_events()
    assert (result.loaded, result.duplicates) == (3, 1)
    digest = hashlib.md5(json.dumps(first).encode()).hexdigest()
    assert archive.rows("SELECT message_id FROM events WHERE event = 'a'") == [
        (digest,)
    ]


def test_persian_text_and_emoji_arrive_unchanged(archive):
    """Names in any script go through gzip, JSON escapes and DuckDB."""
    name = "قوری چای «ناصری» 🫖"
    archive.write(
        "فروشگاه.jsonl.gz",
        order("m1", [{"name": name, "category": "آشپزخانه"}], coupon="نوروز"),
        json.dumps(event("m2", event=name), ensure_ascii=False).encode(),
    )
    archive.load()
    found = archive.rows("SELECT name, category FROM event_products")
    assert found == [(name, "آشپزخانه")]
    assert archive.rows(
        "SELECT event, source_file FROM events WHERE coupon IS NULL"
    ) == [(name, "فروشگاه.jsonl.gz")]
    assert archive.rows("SELECT coupon FROM events WHERE message_id='m1'") == [
        ("نوروز",)
    ]


def test_a_truncated_gzip_keeps_its_whole_lines(archive):
    """An upload that broke off must not lose the other files, nor its own lines."""
    archive.write("good.jsonl.gz", event("m1"))
    lines = [event(f"t{n:04d}", properties={"n": n}) for n in range(2_000)]
    broken = archive.write("torn.jsonl.gz", *lines)
    whole = broken.read_bytes()
    broken.write_bytes(whole[: len(whole) // 2])
    result = archive.load_events()
    assert result.quarantined == 1
    assert 1 < result.loaded < 2_001
    found = archive.rows("SELECT reason, source_file, field_name FROM quarantine")
    ends = "damaged file: the gzip stream ends before its end marker"
    assert sorted(found) == [
        (ends, None, "torn.jsonl.gz"),
        (f"line {result.loaded}: not JSON", "torn.jsonl.gz", None),
    ]
    complete = archive.rows("SELECT file, is_complete FROM files ORDER BY 1")
    assert complete == [("good.jsonl.gz", True), ("torn.jsonl.gz", False)]

    assert archive.load_events().received == 0
    broken.write_bytes(whole)
    assert archive.load_events().loaded == 2_001 - result.loaded
    assert len(archive.ids()) == 2_001


def test_a_gzip_torn_between_two_lines_is_noticed(archive):
    """DuckDB takes such a file for a whole one; its later lines would be missed."""
    packed = gzip.compress(json.dumps(event("m1")).encode() + b"\n")
    torn = gzip.compress(json.dumps(event("m2")).encode() + b"\n")[:20]
    (archive.folder / "a.jsonl.gz").write_bytes(packed + torn)
    assert archive.load_events().loaded == 1
    assert archive.rows("SELECT is_complete FROM files") == [(False,)]


def test_several_gzips_in_one_file_are_read(archive):
    """Log shippers append compressed blocks to one file."""
    packed = [gzip.compress(json.dumps(event(m)).encode() + b"\n") for m in ("a", "b")]
    (archive.folder / "a.jsonl.gz").write_bytes(b"".join(packed))
    (archive.folder / "empty.jsonl.gz").write_bytes(b"")
    assert archive.load_events().loaded == 2
    found = archive.rows("SELECT file, row_count, is_complete FROM files ORDER BY 1")
    assert found == [("a.jsonl.gz", 2, True), ("empty.jsonl.gz", 0, True)]


def test_a_file_that_is_no_gzip_is_quarantined(archive):
    """An HTML error page saved as .gz must not stop the load."""
    (archive.folder / "page.gz").write_bytes(b"<html>403</html>")
    archive.write("a.jsonl", event("m1"))
    assert archive.load_events().loaded == 1
    (file, reason) = archive.rows("SELECT field_name, reason FROM quarantine")[0]
    assert file == "page.gz"
    assert reason.startswith("damaged file: the gzip stream is broken")


def test_a_line_longer_than_duckdb_reads_is_quarantined(archive):
    """One runaway event must not cost the file that it is in."""
    huge = event("huge", properties={"text": "x" * (40 * 1024 * 1024)})
    archive.write("a.jsonl", event("m1"), huge, event("m2"))
    result = archive.load_events()
    assert (result.received, result.loaded, result.quarantined) == (3, 2, 1)
    (reason, raw) = archive.rows("SELECT reason, raw_value FROM quarantine")[0]
    assert reason == "line 2: longer than 16777216 bytes"
    assert '"messageId": "huge"' in raw


def test_events_before_the_first_day_of_interest_are_counted_as_skipped(archive):
    """START_DATE keeps years of history out, but not out of the account."""
    archive.write(
        "a.jsonl", event("m1", receivedAt="2025-12-31T23:59:59Z"), event("m2")
    )
    result = archive.load_events(start_date=date(2026, 1, 1))
    assert (result.received, result.loaded, result.skipped) == (2, 1, 1)


def test_wrong_structures_do_not_cost_the_event(archive):
    """`context: "web"` or a list for traits happens; the rest of the line is fine."""
    archive.write(
        "a.jsonl",
        event("m1", context="web", traits=[1], event={"name": "x"}, channel=3),
        event("m2", context={"page": "home"}, properties={"products": {"sku": "s"}}),
        event("m3", properties={"order_id": {"id": 1}, "total": 12345678901234}),
    )
    result = archive.load_events()
    assert (result.loaded, result.bad_values) == (3, 3)
    assert archive.rows("SELECT event, channel, order_id FROM events ORDER BY ALL") == [
        ("Test", None, '{"id":1}'),
        ("Test", None, None),
        ('{"name":"x"}', "3", None),
    ]


def test_where_a_country_and_an_email_come_from(archive):
    """The event's own country beats the visitor's; traits beat properties for e-mail."""
    address = {"address": {"country": "DE"}}
    archive.write(
        "a.jsonl",
        event("m1", properties={"country": "AT", "email": "p@example.com"}),
        event(
            "m2",
            properties={"country": "AT", "email": "p@example.com"},
            context={"traits": address},
            traits={"email": "t@example.com"},
        ),
        event("m3", context={"traits": address}, traits={"address": {"country": "IR"}}),
        event("m4", type="identify", traits={"address": {"country": "IR"}}),
    )
    archive.load()
    found = archive.rows("SELECT country, email FROM events ORDER BY message_id")
    assert found == [
        ("AT", "p@example.com"),
        ("AT", "t@example.com"),
        ("DE", None),
        ("IR", None),
    ]


def test_remote_files_are_copied_and_read_once(archive):
    """A bucket is listed, its new files copied below the landing folder and read."""
    import fsspec

    memory = fsspec.filesystem("memory")
    url = "memory://bucket/events"
    line = json.dumps(event("m1")).encode()
    memory.pipe("/bucket/events/2026/11/a.jsonl", line + b"\n")
    assert archive.load_events(events_url=url).loaded == 1
    assert archive.load_events(events_url=url).received == 0
    memory.pipe("/bucket/events/b.jsonl", json.dumps(event("m2")).encode())
    assert archive.load_events(events_url=url).loaded == 1
    found = archive.rows("SELECT message_id, source_file FROM events ORDER BY 1")
    assert found == [("m1", "2026/11/a.jsonl"), ("m2", "b.jsonl")]
    memory.rm("/bucket", recursive=True)


def test_a_backlog_is_spooled_in_a_file(archive, monkeypatch):
    """Years of history do not fit into memory."""
    from ingestion.sources import _event_lines

    monkeypatch.setattr(_event_lines, "MOST_IN_MEMORY", 1)
    archive.write("a.jsonl", order("m1", [{"sku": "s"}]), event("m2"), event("m2"))
    result = archive.load_events()
    assert (result.loaded, result.duplicates) == (2, 1)
    archive.write("b.jsonl", event("m3"), event("m2"))
    assert archive.load_events().loaded == 1
    assert archive.ids() == ["m1", "m2", "m3"]


def test_no_event_passes_python_as_text_of_sql(archive, monkeypatch):
    """The default `insert_values` of dlt is forty times slower; only models may be used."""
    from ingestion import warehouse

    formats = {}
    refuse = warehouse.refuse_slow_jobs

    def look(pipeline):
        for load_id in pipeline.list_normalized_load_packages():
            for job in pipeline.get_load_package_info(load_id).jobs["new_jobs"]:
                table = job.job_file_info.table_name
                formats[table] = job.job_file_info.file_format
        refuse(pipeline)

    monkeypatch.setattr(warehouse, "refuse_slow_jobs", look)
    archive.write("a.jsonl", order("m1", [{"sku": "s"}]), event("m2", new=1))
    archive.load()
    assert formats.pop("_dlt_pipeline_state") == "insert_values"
    assert formats == {
        "events": "model",
        "event_products": "model",
        "files": "parquet",
        "unknown_keys": "parquet",
        "quarantine": "parquet",
        "extraction_counts": "parquet",
    }


def test_every_received_line_is_in_the_account_of_its_load(archive):
    """The account is stored beside the data, load by load."""
    archive.write("a.jsonl", event("m1"), event("m1"), b"nonsense", event("m2"))
    archive.load()
    archive.write("b.jsonl", event("m2"), event("m3", receivedAt=RECEIVED))
    archive.load()
    found = archive.rows(
        "SELECT received_count, loaded_count, duplicate_count, quarantined_count, "
        "skipped_count, is_balanced FROM load_reconciliation "
        "WHERE table_name = 'events' ORDER BY load_id"
    )
    assert found == [(4, 2, 1, 1, 0, True), (2, 1, 1, 0, 0, True)]
