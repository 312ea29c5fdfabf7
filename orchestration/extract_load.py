"""One step per vendor: everything the vendor has, into raw_<vendor>."""

import logging
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import dagster as dg

from ingestion.settings import load_settings
from orchestration import audit, progress
from orchestration.graph import DbtGraph
from orchestration.resources import RUN_LOCK

if TYPE_CHECKING:
    from ingestion.days import Days
    from ingestion.load import LoadResult

POOL = "warehouse_writer"
# On a run: its vendors are read whole.
READ_ALL_TAG = "warehouse/read_all"
# The vendors' clients retry single requests for minutes; this is for what outlasts them.
RETRIES = dg.RetryPolicy(max_retries=2, delay=10, backoff=dg.Backoff.EXPONENTIAL)


def vendor_assets(vendor: str, graph: DbtGraph) -> dg.AssetsDefinition:
    """Return the step that loads the vendor, its assets named like the dbt sources."""
    tables = graph.raw_tables(vendor)
    descriptions = {
        source["name"]: source.get("description") or None
        for source in graph.sources.values()
        if source["source_name"] == vendor
    }

    @dg.multi_asset(
        name=f"load_{vendor}",
        specs=[
            dg.AssetSpec(
                [vendor, table],
                description=descriptions[table],
                group_name=f"raw_{vendor}",
                kinds={"dlt", "duckdb"},
                metadata={
                    "dagster/relation_identifier": f"raw_{vendor}.{table}",
                    "file": f"ingestion/sources/{vendor}.py",
                },
            )
            for table in tables
        ],
        pool=POOL,
        retry_policy=RETRIES,
        required_resource_keys={RUN_LOCK},
    )
    def load_tables(
        context: dg.AssetExecutionContext,
    ) -> Iterator[dg.MaterializeResult]:
        yield from _load(context, vendor, tables)

    return load_tables


def _load(
    context: dg.AssetExecutionContext, vendor: str, tables: list[str]
) -> Iterator[dg.MaterializeResult]:
    audit.reset(load_settings(), audit.RAW, audit.BEGUN, audit.BUILT)
    read_all = context.run.tags.get(READ_ALL_TAG) == "true"
    result = load(context.log, vendor, read_all=read_all)
    for table, metadata in table_metadata(result, tables):
        yield dg.MaterializeResult(asset_key=[vendor, table], metadata=metadata)


def load(
    log: logging.Logger,
    vendor: str,
    *,
    read_all: bool = False,
    days: "Days | None" = None,
) -> "LoadResult":
    """Load a vendor, telling whoever listens how far it is.

    Args:
        log: the run's log.
        vendor: the vendor id.
        read_all: read everything again.
        days: read these days again instead of what changed.

    Raises:
        dg.Failure: the vendor did not load; it allows retries where that may help.
    """
    from ingestion.load import LoadError, load_vendor
    from ingestion.load import Progress as LoadProgress
    from ingestion.settings import SettingsError

    def heard(seen: LoadProgress) -> None:
        progress.report(
            progress.Progress(
                f"load {vendor}",
                f"raw_{vendor}.{seen.table}",
                seen.rows,
                seen.seconds,
                seen.is_finished,
            )
        )

    options = {"days": days} if days else {}
    try:
        ensure_company()
        result = load_vendor(
            vendor, load_settings(), heard, read_all=read_all, **options
        )
    except SettingsError as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    except LoadError as error:
        # A LoadError with a cause comes from the vendor or the network and may pass;
        # one without is about our own settings or counts and will not.
        may_pass = error.__cause__ is not None
        raise dg.Failure(str(error), allow_retries=may_pass) from error
    log.info(f"{vendor}: received {result.received:,}, loaded {result.loaded:,} rows")
    return result


def table_metadata(
    result: "LoadResult", tables: Iterable[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what Dagster is told of each of the vendor's tables."""
    found = {table.table: table for table in result.tables}
    for table in tables:
        metadata: dict[str, Any] = {"load_id": result.load_id}
        if counts := found.get(table):
            metadata |= {
                "received": counts.received,
                "loaded": counts.loaded,
                "duplicates": counts.duplicates,
                "quarantined": counts.quarantined,
                "skipped": counts.skipped,
                "bad_values": counts.bad_values,
                "seconds": round(counts.seconds, 3),
            }
        yield table, metadata


def ensure_company() -> None:
    """Generate the sandbox's data where this run is served by it and lacks it."""
    settings = load_settings()
    if settings.sources == "sandbox":
        from ingestion.sandbox.generator import ensure_company as generate

        generate(settings)
