"""The jobs, their schedules, and the sensor for new event files.

Everything here is triggered by an edge: a time, or files that were not there before. A
trigger that stays on while something is wrong would start runs for ever.
"""

import base64
import json
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from ingestion.settings import Settings, SettingsError, load_settings
from ingestion.vendors import asks_for_changes
from orchestration.backfill import DAYS
from orchestration.extract_load import READ_ALL_TAG
from orchestration.graph import DbtGraph
from orchestration.instance import live_runs, prepare_home, reap_dead_runs
from orchestration.light_run import light_job

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import (
        UnresolvedAssetJobDefinition,
    )

JOB = "refresh_warehouse"
RECONCILE_JOB = "reconcile_warehouse"
CHANGES_JOB = "refresh_changes"
EVENTS_JOB = "refresh_events"
EVENTS = "events"
# One run at a time leaves the queue: dagster.yaml limits the tag.
WRITER = {"warehouse/writer": "true"}
# After midnight in any zone the day before is complete; vendors settle it within hours.
DAILY = "0 4 * * *"
# While nobody works, and with the night left before the next daily run.
WEEKLY = "0 23 * * 0"
# Half past: the daily run starts at a full hour.
HOURLY = "30 * * * *"
# An event is in the KPIs two minutes after its file has landed: this, a few seconds in
# the queue, and the run itself.
SENSOR_SECONDS = 30


# Days are read again on purpose only.
_EVERYTHING = dg.AssetSelection.all() - dg.AssetSelection.groups(DAYS)


def refresh_job() -> "UnresolvedAssetJobDefinition":
    """Return the one job: everything, in one process.

    A process per step would import dlt, dbt and Great Expectations once per step, which
    costs more than the steps.
    """
    return dg.define_asset_job(
        JOB,
        selection=_EVERYTHING,
        executor_def=dg.in_process_executor,
        config={"loggers": {"file": {}}},
        tags=WRITER,
        description="Load every vendor, check, build, check again, publish.",
    )


def reconcile_job() -> "UnresolvedAssetJobDefinition":
    """Return the job that reads everything again, not only what changed.

    It finds what no vendor reports as a change: records deleted for good, associations
    that changed alone, what a search index never showed.
    """
    return dg.define_asset_job(
        RECONCILE_JOB,
        selection=_EVERYTHING,
        executor_def=dg.in_process_executor,
        config={"loggers": {"file": {}}},
        tags={READ_ALL_TAG: "true", **WRITER},
        description="Read every vendor whole, check, build, check again, publish.",
    )


def light_jobs(vendors: Sequence[str], graph: DbtGraph) -> list[dg.JobDefinition]:
    """Return the jobs that load some vendors and build only what is new."""
    jobs = [
        light_job(
            CHANGES_JOB,
            graph,
            lambda: [vendor for vendor in vendors if asks_for_changes(vendor)],
            "Load the vendors that tell what changed, build what reads it, publish.",
            WRITER,
        )
    ]
    if EVENTS in vendors:
        jobs.append(
            light_job(
                EVENTS_JOB,
                graph,
                lambda: [EVENTS],
                "Load new event files, build what reads them, publish.",
                WRITER,
            )
        )
    return jobs


def hourly_schedule(job: dg.JobDefinition, settings: Settings) -> dg.ScheduleDefinition:
    """Return the schedule that brings in changes once an hour."""

    @dg.schedule(
        name=f"{CHANGES_JOB}_hourly",
        job=job,
        cron_schedule=HOURLY,
        execution_timezone=settings.reporting_timezone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def refresh_hourly(
        context: dg.ScheduleEvaluationContext,
    ) -> dg.RunRequest | dg.SkipReason:
        reap_dead_runs(context.instance, prepare_home(load_settings()))
        if working_runs(context.instance):
            return dg.SkipReason("A run is waiting or working; the next hour will do.")
        return dg.RunRequest()

    return refresh_hourly


def daily_schedule(
    job: "UnresolvedAssetJobDefinition", settings: Settings
) -> dg.ScheduleDefinition:
    """Return the schedule that refreshes the warehouse once a day."""

    @dg.schedule(
        name=f"{JOB}_daily",
        job=job,
        cron_schedule=DAILY,
        execution_timezone=settings.reporting_timezone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def refresh_daily(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        # What was killed since must not hold the slot that this run needs.
        reap_dead_runs(context.instance, prepare_home(load_settings()))
        return dg.RunRequest()

    return refresh_daily


def weekly_schedule(
    job: "UnresolvedAssetJobDefinition", settings: Settings
) -> dg.ScheduleDefinition:
    """Return the schedule that reconciles the warehouse once a week."""

    @dg.schedule(
        name=f"{RECONCILE_JOB}_weekly",
        job=job,
        cron_schedule=WEEKLY,
        execution_timezone=settings.reporting_timezone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def reconcile_weekly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        reap_dead_runs(context.instance, prepare_home(load_settings()))
        return dg.RunRequest()

    return reconcile_weekly


def working_runs(instance: dg.DagsterInstance) -> list[dg.DagsterRun]:
    """Return the runs that wait or work, of whatever job: each writes."""
    return [*live_runs(instance)]


def event_files_sensor(job: dg.JobDefinition) -> dg.SensorDefinition:
    """Return the sensor that starts a light run when event files arrive."""

    @dg.sensor(
        name=f"{EVENTS_JOB}_on_event_files",
        job=job,
        minimum_interval_seconds=SENSOR_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def refresh_on_event_files(
        context: dg.SensorEvaluationContext,
    ) -> dg.SensorResult | dg.SkipReason:
        settings = load_settings()
        reap_dead_runs(context.instance, prepare_home(settings))
        if working_runs(context.instance):
            # The cursor stays: files that this run comes too late for trigger the next.
            return dg.SkipReason("A run is waiting or working.")
        location = settings.events_location()
        try:
            files = event_file_versions(settings)
        except SettingsError as error:
            # The page shows it; the next run, by hand or by schedule, fails with it.
            return dg.SkipReason(str(error))
        if context.cursor is None:
            return dg.SensorResult(
                skip_reason=f"First look at {location}: {len(files)} files.",
                cursor=to_cursor(files),
            )
        known = from_cursor(context.cursor)
        new = [name for name in files if known.get(name) != files[name]]
        if not new:
            return dg.SkipReason(f"No new file among {len(files)} in {location}.")
        cursor = to_cursor(files)
        request = dg.RunRequest(
            run_key=f"{len(files)}-{zlib.crc32(cursor.encode()):08x}",
            tags={"warehouse/new_event_files": str(len(new))},
        )
        return dg.SensorResult(run_requests=[request], cursor=cursor)

    return refresh_on_event_files


def event_file_versions(settings: Settings) -> dict[str, str]:
    """Return the event files with what changes when they do, {} without a folder.

    Raises:
        SettingsError: the location cannot be listed, or holds no event file but others.
    """
    from ingestion.sources._event_files import list_event_files

    location = settings.events_location()
    # The folder of a new deployment exists from its first file on.
    if "://" not in location and not Path(location).is_dir():
        return {}
    files = list_event_files(location, settings.landing_dir)
    return {file.name: file.version for file in files}


def to_cursor(files: dict[str, str]) -> str:
    """Pack a listing: a hundred thousand names of one pattern take little."""
    return base64.b64encode(zlib.compress(json.dumps(files).encode())).decode()


def from_cursor(cursor: str) -> dict[str, str]:
    """Unpack a listing; one that cannot be read is as good as an empty folder."""
    try:
        return json.loads(zlib.decompress(base64.b64decode(cursor)))
    except (ValueError, zlib.error):
        return {}
