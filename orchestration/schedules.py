"""The two jobs, their schedules, and the sensor for new event files."""

import base64
import json
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from ingestion.settings import Settings, SettingsError, load_settings
from orchestration.extract_load import READ_ALL_TAG
from orchestration.instance import live_runs, prepare_home, reap_dead_runs

if TYPE_CHECKING:
    from dagster._core.definitions.unresolved_asset_job_definition import (
        UnresolvedAssetJobDefinition,
    )

JOB = "refresh_warehouse"
RECONCILE_JOB = "reconcile_warehouse"
# After midnight in any zone the day before is complete; vendors settle it within hours.
DAILY = "0 4 * * *"
# While nobody works, and with the night left before the next daily run.
WEEKLY = "0 23 * * 0"


def refresh_job() -> "UnresolvedAssetJobDefinition":
    """Return the one job: everything, in one process.

    A process per step would import dlt, dbt and Great Expectations once per step, which
    costs more than the steps.
    """
    return dg.define_asset_job(
        JOB,
        selection=dg.AssetSelection.all(),
        executor_def=dg.in_process_executor,
        config={"loggers": {"file": {}}},
        description="Load every vendor, check, build, check again, publish.",
    )


def reconcile_job() -> "UnresolvedAssetJobDefinition":
    """Return the job that reads everything again, not only what changed.

    It finds what no vendor reports as a change: records deleted for good, associations
    that changed alone, what a search index never showed.
    """
    return dg.define_asset_job(
        RECONCILE_JOB,
        selection=dg.AssetSelection.all(),
        executor_def=dg.in_process_executor,
        config={"loggers": {"file": {}}},
        tags={READ_ALL_TAG: "true"},
        description="Read every vendor whole, check, build, check again, publish.",
    )


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
    """Return the runs of either job that wait or work."""
    return [run for job in (JOB, RECONCILE_JOB) for run in live_runs(instance, job)]


def event_files_sensor(job: "UnresolvedAssetJobDefinition") -> dg.SensorDefinition:
    """Return the sensor that refreshes the warehouse when event files arrive."""

    @dg.sensor(
        name=f"{JOB}_on_event_files",
        job=job,
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def refresh_on_event_files(
        context: dg.SensorEvaluationContext,
    ) -> dg.SensorResult | dg.SkipReason:
        settings = load_settings()
        reap_dead_runs(context.instance, prepare_home(settings))
        if working_runs(context.instance):
            # The cursor stays: files that this run comes too late for trigger the next.
            return dg.SkipReason("A refresh is waiting or working.")
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
