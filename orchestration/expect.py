"""Expectations as asset checks: blocking on raw tables, warning on KPIs.

One step per layer, so that Great Expectations is imported once in a run. The checks of
a KPI block too, in the sense that publishing waits for them, but they only ever warn.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import dagster as dg

from expectations.results import Severity, Status, TableResult
from ingestion.settings import Settings, load_settings
from orchestration import audit, progress
from orchestration.extract_load import POOL
from orchestration.graph import RAW_CHECK, DbtGraph
from orchestration.resources import RUN_LOCK

PLAUSIBILITY_CHECK = "plausibility"


def raw_checks(vendors: Sequence[str], graph: DbtGraph) -> dg.AssetChecksDefinition:
    """Return the blocking checks of every raw table that dbt reads."""

    @dg.multi_asset_check(
        name="check_raw",
        specs=[
            dg.AssetCheckSpec(
                RAW_CHECK,
                asset=[vendor, table],
                blocking=True,
                description=f"expectations/sources/{vendor}.py, and the row count "
                "against load_reconciliation",
            )
            for vendor in vendors
            for table in graph.raw_tables(vendor)
        ],
        pool=POOL,
        required_resource_keys={RUN_LOCK},
    )
    def check_raw(
        context: dg.AssetCheckExecutionContext,
    ) -> Iterator[dg.AssetCheckResult]:
        from expectations.runner import check_raw as run

        settings = load_settings()
        audit.reset(settings, audit.RAW)
        results, could_not_run = results_of(lambda: run(settings, vendors))
        wanted = {
            (f"raw_{vendor}", table): dg.AssetKey([vendor, table])
            for vendor in vendors
            for table in graph.raw_tables(vendor)
        }
        yield from as_checks(context.log, "check raw", wanted, results, could_not_run)
        blocking = [result for result in results if result.is_blocking]
        unseen = [r for r in blocking if (r.schema, r.table) not in wanted]
        if unseen:
            # A table that dbt does not read is no asset; it blocks all the same.
            raise dg.Failure("\n".join(map(str, unseen)), allow_retries=False)
        if not blocking and not could_not_run:
            audit.note(settings, **{audit.RAW: context.run.run_id})

    return check_raw


def kpi_checks(graph: DbtGraph) -> dg.AssetChecksDefinition | None:
    """Return the warning checks of every KPI table, None where there is no KPI."""
    tables = graph.tables_in("kpis")
    if not tables:
        return None

    @dg.multi_asset_check(
        name="check_kpis",
        specs=[
            dg.AssetCheckSpec(
                PLAUSIBILITY_CHECK,
                asset=["kpis", table],
                blocking=True,
                description="expectations/kpis; a warning never stops publishing",
            )
            for table in tables
        ],
        pool=POOL,
        required_resource_keys={RUN_LOCK},
    )
    def check_kpis(
        context: dg.AssetCheckExecutionContext,
    ) -> Iterator[dg.AssetCheckResult]:
        from expectations.runner import check_kpis as run

        settings = load_settings()
        results, could_not_run = results_of(lambda: run(settings))
        wanted = {("kpis", table): dg.AssetKey(["kpis", table]) for table in tables}
        yield from as_checks(
            context.log, "check kpis", wanted, results, could_not_run, only_warns=True
        )

    return check_kpis


def results_of(run: Callable[[], list[TableResult]]) -> tuple[list[TableResult], str]:
    """Return the results, or why there are none: what did not run has not passed."""
    try:
        return run(), ""
    except Exception as error:  # noqa: BLE001 - reported on every check
        return [], f"could not run: {error}"


def as_checks(
    log: logging.Logger,
    step: str,
    wanted: dict[tuple[str, str], dg.AssetKey],
    results: Sequence[TableResult],
    could_not_run: str,
    *,
    only_warns: bool = False,
) -> Iterator[dg.AssetCheckResult]:
    """Yield one check per wanted table, and tell whoever listens what has not passed.

    Args:
        log: the run's log.
        step: the name of the work for listeners.
        wanted: the asset of each table, by schema and name.
        results: what was found.
        could_not_run: why there are no results, '' where there are.
        only_warns: whether nothing of it stops a run.
    """
    found = {(result.schema, result.table): result for result in results}
    for place, asset_key in wanted.items():
        result = found.get(place)
        if result is None and not could_not_run:
            # dbt reads or builds it, but the warehouse does not have it.
            message = f"could not run: there is no table {'.'.join(place)}"
        else:
            message = could_not_run
        check = _as_check(result, asset_key, message, only_warns=only_warns)
        if result is None or result.not_passed:
            log.warning(message or str(result))
            notes = [message] if result is None else map(str, result.not_passed)
            for note in notes:
                seen = progress.Progress(
                    step, ".".join(place), is_finished=True, note=note
                )
                progress.report(seen)
        yield check


def _as_check(
    result: TableResult | None,
    asset_key: dg.AssetKey,
    could_not_run: str,
    *,
    only_warns: bool,
) -> dg.AssetCheckResult:
    name = PLAUSIBILITY_CHECK if only_warns else RAW_CHECK
    if result is None:
        severity = dg.AssetCheckSeverity.WARN if only_warns else _ERROR
        return dg.AssetCheckResult(
            check_name=name,
            asset_key=asset_key,
            passed=False,
            severity=severity,
            description=could_not_run,
            metadata={"status": Status.error.value},
        )
    is_blocking = result.is_blocking and not only_warns
    return dg.AssetCheckResult(
        check_name=name,
        asset_key=asset_key,
        passed=not result.not_passed,
        severity=_ERROR if is_blocking else dg.AssetCheckSeverity.WARN,
        description=str(result),
        metadata=_metadata(result),
    )


_ERROR = dg.AssetCheckSeverity.ERROR


def _metadata(result: TableResult) -> dict[str, Any]:
    metadata: dict[str, Any] = {
        "status": result.status.value,
        "checked_rows": result.checked_rows,
        "expectations": len(result.results),
        "could_not_run": sum(r.status is Status.error for r in result.results),
    }
    if result.not_passed:
        lines = ["| expectation | status | severity | unexpected | such as |"]
        lines.append("| --- | --- | --- | --- | --- |")
        for each in result.not_passed:
            such_as = ", ".join(each.samples) or each.message
            cells = (
                each.name,
                each.status.value,
                Severity(each.severity).value,
                "" if each.unexpected_count is None else f"{each.unexpected_count:,}",
                such_as.replace("|", "\\|"),
            )
            lines.append(f"| {' | '.join(cells)} |")
        metadata["not_passed"] = dg.MetadataValue.md("\n".join(lines))
    return metadata


def warehouse_holder(settings: Settings) -> str:
    """Return who holds the warehouse's build file, '' where nobody does."""
    from ingestion.warehouse import WarehouseError, connect

    try:
        with connect(settings):
            return ""
    except WarehouseError as error:
        return str(error)
