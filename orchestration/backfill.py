"""Days read again: one partitioned asset per vendor that can be asked for days.

Whatever the range, it is one run (`make backfill`, or the partitions of the asset on
Dagster's page): the days are read in parts that replace what they had, so nothing is
counted twice, and then everything that reads them is built, checked and published. A
range that was cut short goes on behind its last finished part when it is asked for
again.
"""

import json
from collections.abc import Iterator
from datetime import date, timedelta

import dagster as dg

from ingestion.days import Days
from ingestion.settings import Settings, load_settings
from ingestion.vendors import takes_days
from orchestration.extract_load import POOL, RETRIES, load, table_metadata
from orchestration.graph import DbtGraph
from orchestration.light_run import log_built, refresh_changed
from orchestration.resources import RUN_LOCK

DAYS = "days"
# Older events and figures of ads are nowhere kept.
FIRST_DAY = date(2010, 1, 1)
# A part is one load: what a crash costs at most, and what is held in memory.
PART_DAYS = 31
_DAY = timedelta(days=1)


def backfill_job_name(vendor: str) -> str:
    """Return the name of the job that reads days of the vendor again."""
    return f"backfill_{vendor}"


def days_assets(vendors: list[str], graph: DbtGraph) -> list[dg.AssetsDefinition]:
    """Return the partitioned asset of each vendor that can be asked for days."""
    return [days_asset(vendor, graph) for vendor in vendors if takes_days(vendor)]


def days_asset(vendor: str, graph: DbtGraph) -> dg.AssetsDefinition:
    """Return the asset whose partitions are the vendor's days."""
    settings = load_settings()

    @dg.asset(
        key=[DAYS, vendor],
        partitions_def=dg.DailyPartitionsDefinition(
            max(settings.start_date, FIRST_DAY).isoformat(),
            timezone=settings.reporting_timezone,
            end_offset=1,
        ),
        backfill_policy=dg.BackfillPolicy.single_run(),
        group_name=DAYS,
        kinds={"dlt", "duckdb"},
        description=f"Days of {vendor} that were read again on purpose. Every run loads "
        "new days by itself: a day that is missing here is not missing in the warehouse.",
        pool=POOL,
        retry_policy=RETRIES,
        required_resource_keys={RUN_LOCK},
    )
    def read_days(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        keys = sorted(context.partition_keys)
        days = date.fromisoformat(keys[0]), date.fromisoformat(keys[-1])
        loaded = 0

        def read() -> None:
            nonlocal loaded
            loaded = _read(context, graph, vendor, days)

        refresh_changed(context, graph, [vendor], read, full_refresh=True)
        return dg.MaterializeResult(metadata={"dagster/row_count": loaded})

    return read_days


def backfill_jobs(vendors: list[str]) -> list:
    """Return the job of each vendor that can be asked for days."""
    return [
        dg.define_asset_job(
            backfill_job_name(vendor),
            selection=dg.AssetSelection.assets([DAYS, vendor]),
            executor_def=dg.in_process_executor,
            config={"loggers": {"file": {}}},
            tags={"warehouse/writer": "true"},
            description=f"Read days of {vendor} again, build what reads them, publish.",
        )
        for vendor in vendors
        if takes_days(vendor)
    ]


def _read(
    context: dg.AssetExecutionContext, graph: DbtGraph, vendor: str, days: Days
) -> int:
    """Load the days part by part, those that are not done; return the rows loaded."""
    from ingestion.load import source_environment

    settings, loaded = load_settings(), 0
    name = f"{vendor} {days[0]}/{days[1]}"
    done = _Done(settings, name)
    with source_environment(settings, [vendor]):
        for part in parts(days, after=done.until):
            result = load(context.log, vendor, days=part)
            loaded += result.loaded
            done.note(part[1])
            for table, metadata in table_metadata(result, graph.raw_tables(vendor)):
                log_built(context, [vendor, table], metadata)
            context.log.info(f"{vendor}: read {part[0]} to {part[1]}")
    done.forget()
    return loaded


def parts(days: Days, *, after: date | None = None) -> Iterator[Days]:
    """Yield the days in parts, without those up to and including `after`."""
    start, last = days
    while start <= last:
        end = min(start + (PART_DAYS - 1) * _DAY, last)
        if after is None or end > after:
            yield start, end
        start = end + _DAY


class _Done:
    """Up to where a range has been read; it is on disk as soon as it is noted."""

    def __init__(self, settings: Settings, name: str) -> None:
        self._path = settings.warehouse_dir / "backfills.json"
        self._name = name

    @property
    def until(self) -> date | None:
        """The last day that was read, None before the first part."""
        day = self._read().get(self._name)
        return date.fromisoformat(day) if day else None

    def note(self, day: date) -> None:
        """Note that everything up to the day was loaded."""
        self._write({**self._read(), self._name: day.isoformat()})

    def forget(self) -> None:
        """Forget the range: asked for once more, it is read once more."""
        known = self._read()
        known.pop(self._name, None)
        self._write(known)

    def _read(self) -> dict[str, str]:
        if not self._path.is_file():
            return {}
        return json.loads(self._path.read_text("utf-8"))

    def _write(self, known: dict[str, str]) -> None:
        fresh = self._path.with_suffix(".tmp")
        fresh.write_text(json.dumps(known), "utf-8")
        fresh.replace(self._path)
