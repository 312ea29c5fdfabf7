"""CSV files that people drop: surveys, hiring costs, targets, offline spend, rates.

Any number of files below FILES_URL, by name: hr_surveys/responses.csv (or any other file
there), hiring_costs.csv, recruiting.csv, targets.csv, offline_spend.csv,
channel_costs.csv, fx_rates.csv, campaign_calendar.csv, regions.csv, ledger.csv; also
as targets_2026.csv or targets/2026.csv. Their columns are those of `_files_tables`.

Read are UTF-8 and UTF-16, separated by comma, semicolon, tab or bar, with Persian
digits, Jalali days, Excel's day numbers and decimal commas. A file that changed is read
again and replaces what it had; one that is gone takes its rows with it. Where most of
the lines of a file, or of a table's files, are gone, they stay until a load with
BELIEVE_DELETIONS=true. A row that cannot be read is in `quarantine` with its file and
line; a file that cannot be read fails the load after everything else is stored, and
keeps its former rows.
"""

from collections.abc import Iterable

import dlt
from dlt.extract import DltResource

from ingestion.extraction import Extraction
from ingestion.settings import Settings
from ingestion.sources._files_drop import Drop
from ingestion.sources._files_tables import FILE_TABLES, SOURCE_FILES

__all__ = ["ASKS_FOR_CHANGES", "source"]

ASKS_FOR_CHANGES = True


@dlt.source(name="files", max_table_nesting=0)
def source(
    settings: Settings, skip: str = "", read_all: bool = False
) -> Iterable[DltResource]:
    """Return the resources of the dropped files, one per table of `raw_files`.

    Args:
        settings: where the files are, and the time zone of times without one.
        skip: tables (comma-separated) whose files are not read.
        read_all: read also the files that did not change.
    """
    extraction = Extraction("files", settings, skip=skip, read_all=read_all)
    drop = Drop(settings, extraction)
    for table in FILE_TABLES:
        yield extraction.resource(table.raw, lambda table=table: drop.rows(table))
    yield extraction.resource(SOURCE_FILES, drop.source_files)
    yield from extraction.closing_resources()
