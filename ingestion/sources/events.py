"""Website, app and shop events: the raw archive of Segment or RudderStack.

Files of one JSON event per line (`*.jsonl`, `*.gz`), any layout below EVENTS_URL. Only
files that are new or changed are read; `files` lists those loaded. An event is loaded
once, told apart by its messageId: of several copies the first received stays.

DuckDB reads the files straight into typed rows (`ingestion.lane`). What is no event goes
to `quarantine`, a value of the wrong type too while its event stays; keys that no column
holds are counted in `unknown_keys`.
"""

from collections.abc import Iterable

import dlt
from dlt.extract import DltResource

from ingestion.days import days_of
from ingestion.lane import lane_resource
from ingestion.probe import Finding
from ingestion.records import RawTable
from ingestion.settings import Settings
from ingestion.sources._event_columns import EVENT_COLUMNS, PRODUCT_COLUMNS
from ingestion.sources._event_extraction import EventExtraction
from ingestion.sources._event_files import list_event_files, read_first_byte

__all__ = ["ASKS_FOR_CHANGES", "look", "source"]

ASKS_FOR_CHANGES = True

FILES = RawTable(
    "files",
    {
        "file": "text",
        "size": "bigint",
        "version": "text",
        "modified_at": "timestamp",
        "row_count": "bigint",
        "is_complete": "bool",
    },
    key=("file",),
)
UNKNOWN_KEYS = RawTable(
    "unknown_keys",
    {
        "extraction_id": "text",
        "key_path": "text",
        "occurrence_count": "bigint",
        "examined_count": "bigint",
        "sample_value": "text",
        "first_seen_file": "text",
    },
    key=("extraction_id", "key_path"),
)


@dlt.source(name="events", max_table_nesting=0)
def source(
    settings: Settings, read_all: bool = False, days: str = ""
) -> Iterable[DltResource]:
    """Return the resources of the event archive, one per table of `raw_events`.

    Args:
        settings: where the files and the warehouse are, and the first day of interest.
        read_all: read also the files that were read before.
        days: make the rows received on these days (2026-01-01/2026-01-31) anew from
            the files that they came from.
    """
    extraction = EventExtraction(
        settings, read_all=read_all, again=days_of("events", days)
    )
    for table, columns in (
        ("events", EVENT_COLUMNS),
        ("event_products", PRODUCT_COLUMNS),
    ):
        yield lane_resource(
            table,
            columns,
            lambda table=table: extraction.models(table),
            extraction.folder,
        )
    yield FILES.resource(extraction.rows(FILES, EventExtraction.files))
    yield UNKNOWN_KEYS.resource(
        extraction.rows(UNKNOWN_KEYS, EventExtraction.unknown_keys)
    )
    yield from extraction.counts.resources()


def look(settings: Settings) -> Iterable[Finding]:
    """Yield what a live check says: whether the files can be listed and read.

    Raises:
        SettingsError: the location is none, or holds files but no event file.
    """
    location = settings.events_location()
    files = list_event_files(location, settings.landing_dir / "events" / "files")
    if not files:
        yield Finding("events", "empty", f"there is no file in {location}")
        return
    newest = max(files, key=lambda file: str(file.modified_at or ""))
    written = (
        f" of {newest.modified_at:%Y-%m-%d %H:%M} UTC" if newest.modified_at else ""
    )
    remark = f"{len(files):,} files in {location}, the newest {newest.name}{written}"
    try:
        read_first_byte(location, newest)
    except OSError as error:
        reason = f"{newest.name} cannot be read ({type(error).__name__}: {error})"
        yield Finding("events", "not permitted", f"{remark}; {reason}")
    else:
        yield Finding("events", "readable", remark)
