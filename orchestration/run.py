"""`make run` and its like: a job in this process, and what was found.

The run is an ordinary one of Dagster's persistent instance: its page shows it.
"""

import logging
import os
import sys
import time
import uuid
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import dagster as dg
from rich.console import Console
from rich.markup import escape

from ingestion.settings import Settings
from ingestion.vendors import used_vendors
from orchestration.alert_command import tell
from orchestration.event_store import quicken
from orchestration.headline import print_headline
from orchestration.instance import (
    PID_TAG,
    hold_run,
    prepare_home,
    process_tags,
    reap_dead_runs,
)
from orchestration.manifest import applied, dbt_environment, ensure_manifest
from orchestration.progress import listening
from orchestration.publish import published_version
from orchestration.schedules import JOB, working_runs
from orchestration.terminal import RunProgress

# What shells report for a command that was ended by Ctrl-C.
INTERRUPTED = 130
# So that the page lists the run under the job of this code location.
_LOCATION_TAG = {".dagster/repository": "__repository__@warehouse"}


def refresh(
    settings: Settings, job: str = JOB, days: tuple[date, date] | None = None
) -> int:
    """Run a job, print progress and KPIs, return the exit code.

    Args:
        settings: the run's settings.
        job: the job, by default the whole refresh.
        days: the first and last partition of a partitioned job.
    """
    quicken()
    with _terminal() as console, applied(dbt_environment(settings)):
        started = time.perf_counter()
        used_vendors(settings)
        if "events" in used_vendors(settings):
            settings.events_location()
        home = prepare_home(settings)
        console.print(
            f"[bold]Refreshing[/] {settings.warehouse_path} as of "
            f"{settings.as_of_at:%Y-%m-%d %H:%M} UTC, sources: {settings.sources}",
            soft_wrap=True,
        )
        if problem := _why_not(settings, home):
            console.print(f"[red]✗[/] {escape(problem)}", soft_wrap=True)
            return 1
        with console.status("Reading the dbt project"):
            ensure_manifest(settings)
        with console.status("Looking for the company's data"):
            _prepare_sources(settings)
        result = _execute(console, home, job, days)
        for failure in tell(settings):
            console.print(f"[yellow]![/] {escape(failure)}", soft_wrap=True)
        if not result.success:
            return _print_failures(console, settings, result)
        seconds = time.perf_counter() - started
        print_headline(console, settings, seconds, result.run_id)
        return 0


@contextmanager
def _terminal() -> Generator[Console]:
    """Give a console on the real output: Dagster redirects it during steps."""
    sys.stdout.flush()
    with os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8") as output:
        yield Console(file=output, highlight=False)


def _why_not(settings: Settings, home: Path) -> str:
    """Return what keeps a run from starting, '' where nothing does."""
    from orchestration.expect import warehouse_holder

    with dg.DagsterInstance.get() as instance:
        for run_id in reap_dead_runs(instance, home):
            logging.getLogger(__name__).info("run %s was dead", run_id)
        working = working_runs(instance)
    if working:
        pid = working[0].tags.get(PID_TAG, "unknown")
        return (
            f"Run {working[0].run_id} (process {pid}) is refreshing this warehouse. "
            f"Wait for it, or end it: kill {pid}"
        )
    return warehouse_holder(settings)


def _prepare_sources(settings: Settings) -> None:
    from orchestration.extract_load import ensure_company

    ensure_company()


def _execute(
    console: Console, home: Path, job: str, days: tuple[date, date] | None
) -> dg.ExecuteInProcessResult:
    # What libraries warn about is for their logs; the terminal is for the run's own.
    warnings.simplefilter("ignore")
    logging.getLogger().addHandler(logging.NullHandler())
    from orchestration.definitions import definitions

    progress = RunProgress(console)
    # Held before Dagster knows of the run: killed at any moment, it is seen to be dead.
    run_id = str(uuid.uuid4())
    hold_run(home, run_id)
    with dg.DagsterInstance.get() as instance, progress, listening(progress.hear):
        return definitions.get_job_def(job).execute_in_process(
            instance=instance,
            raise_on_error=False,
            run_id=run_id,
            # A job with partitions takes its own configuration for one of them only.
            run_config={"loggers": {"file": {}}},
            tags={**process_tags(), **_LOCATION_TAG, **range_tags(days)},
        )


def range_tags(days: tuple[date, date] | None) -> dict[str, str]:
    """Return the tags by which a run knows its partitions."""
    if days is None:
        return {}
    return {
        "dagster/asset_partition_range_start": days[0].isoformat(),
        "dagster/asset_partition_range_end": days[1].isoformat(),
    }


def _print_failures(
    console: Console, settings: Settings, result: dg.ExecuteInProcessResult
) -> int:
    """Name what failed, where, and what to do, each thing once; return the exit code."""
    failures, code = [], 1
    for event in result.all_node_events:
        if event.is_step_failure:
            where = event.step_key or JOB
            error = event.step_failure_data.error
            user = event.step_failure_data.user_failure_data
            if error and error.cls_name == "DagsterAssetCheckFailedError":
                continue  # the checks below say it themselves
            if error and error.cls_name == "DagsterExecutionInterruptedError":
                failures.append((where, "interrupted"))
                code = INTERRUPTED
                continue
            said = (user.description if user else "") or (
                error.message if error else ""
            )
            failures.append((where, said or ""))
    for check in result.get_asset_check_evaluations():
        if not check.passed and check.severity is dg.AssetCheckSeverity.ERROR:
            where = check.asset_key.to_user_string()
            failures.append((where, check.description or ""))
    _print_causes(console, failures or [(JOB, "the run failed before its first step")])
    kept = published_version(settings)
    state = f"Version {kept} stays published." if kept else "Nothing is published."
    log = settings.warehouse_dir / "logs" / f"{result.run_id}.log"
    console.print(f"{state} The run's log: {log}", soft_wrap=True)
    return code


def _print_causes(console: Console, failures: list[tuple[str, str]]) -> None:
    """Print each cause once, with the first places that it hit."""
    places: dict[str, list[str]] = {}
    for where, text in failures:
        places.setdefault(text.strip(), []).append(where)
    for text, hit in places.items():
        shown = ", ".join(hit[:3]) + (f" and {len(hit) - 3} more" if hit[3:] else "")
        console.print(f"[red]✗ {shown}[/]: {escape(text)}", soft_wrap=True)
