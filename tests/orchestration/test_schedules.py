"""When a run starts by itself: daily, weekly, and when event files arrive."""

import os
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.test_utils import create_run_for_test

from orchestration.schedules import event_file_versions, from_cursor, to_cursor


@pytest.fixture
def landing(settings, tmp_path: Path) -> Path:
    """Return the folder that the sensor looks at, with one file in it."""
    folder = tmp_path / "events"
    (folder / "day=1").mkdir(parents=True)
    (folder / "day=1" / "a.jsonl.gz").write_bytes(b"1")
    return folder


@pytest.fixture
def tick(definitions, instance):
    """Return a function that lets the sensor look once, from a cursor."""
    sensor = definitions.get_sensor_def("refresh_events_on_event_files")

    def look(cursor: str | None = None):
        context = dg.build_sensor_context(
            instance=instance,
            cursor=cursor,
            definitions=definitions,
        )
        return sensor.evaluate_tick(context)

    return look


def test_the_first_look_only_remembers(tick, landing):
    """A new installation would load everything twice: by hand and by the sensor."""
    found = tick()
    assert found.run_requests == []
    assert list(from_cursor(found.cursor)) == ["day=1/a.jsonl.gz"]


def test_a_new_file_starts_one_run(tick, landing):
    """New orders would wait for the night."""
    cursor = tick().cursor
    (landing / "day=2").mkdir()
    (landing / "day=2" / "b.jsonl.gz").write_bytes(b"2")
    found = tick(cursor)
    assert len(found.run_requests) == 1
    assert found.run_requests[0].tags["warehouse/new_event_files"] == "1"
    assert tick(found.cursor).run_requests == []


def test_no_change_a_lost_file_and_a_stray_file_start_nothing(tick, landing):
    """Each empty start costs a minute of a machine."""
    cursor = tick().cursor
    assert tick(cursor).run_requests == []
    (landing / "notes.txt").write_text("not an event file")
    assert tick(cursor).run_requests == []
    (landing / "day=1" / "a.jsonl.gz").unlink()
    assert tick(cursor).run_requests == []


def test_a_file_that_arrives_during_a_run_starts_the_next(tick, landing, instance):
    """The working run may have listed the folder before the file came."""
    cursor = tick().cursor
    (landing / "late.jsonl").write_bytes(b"3")
    run = create_run_for_test(
        instance, job_name="refresh_events", status=dg.DagsterRunStatus.STARTED
    )
    waiting = tick(cursor)
    assert waiting.run_requests == []
    assert waiting.cursor in (None, cursor)
    instance.report_run_failed(run)
    assert len(tick(cursor).run_requests) == 1


def test_an_empty_or_missing_folder_is_no_error(settings, tmp_path: Path):
    """The folder of a new deployment exists from its first file on."""
    assert event_file_versions(settings) == {}
    (tmp_path / "events").mkdir()
    assert event_file_versions(settings) == {}


def test_the_sensor_sees_the_files_that_a_load_reads(settings, landing):
    """A file of another kind would start a run that loads nothing, again and again."""
    for name in ("b.ndjson", "c.json", "_SUCCESS", ".d.jsonl"):
        (landing / name).write_bytes(b"1")
    assert list(event_file_versions(settings)) == ["b.ndjson", "day=1/a.jsonl.gz"]


def test_a_file_that_was_written_again_starts_a_run(tick, landing):
    """A corrected file of the same length would never be loaded."""
    cursor = tick().cursor
    os.utime(landing / "day=1" / "a.jsonl.gz", (1, 1))
    assert len(tick(cursor).run_requests) == 1


def test_a_cursor_survives_packing_and_damage():
    """A cursor of an older version must not stop the sensor for good."""
    files = {"a.jsonl": "1", "نام.jsonl": "2"}
    assert from_cursor(to_cursor(files)) == files
    assert from_cursor("not a cursor") == {}


def test_the_schedule_runs_daily_in_the_reporting_time_zone(definitions, instance):
    """A day of the reporting zone must be over when its numbers are made."""
    schedule = definitions.get_schedule_def("refresh_warehouse_daily")
    assert schedule.cron_schedule == "0 4 * * *"
    assert schedule.execution_timezone == "Europe/Berlin"
    context = dg.build_schedule_context(
        instance, repository_def=definitions.get_repository_def()
    )
    assert len(schedule.evaluate_tick(context).run_requests) == 1


def test_the_week_ends_with_everything_read_again(definitions, stage, instance):
    """What was deleted for good, or changed without a mark, would never be noticed."""
    schedule = definitions.get_schedule_def("reconcile_warehouse_weekly")
    assert schedule.cron_schedule == "0 23 * * 0"
    assert schedule.execution_timezone == "Europe/Berlin"
    context = dg.build_schedule_context(
        instance, repository_def=definitions.get_repository_def()
    )
    (request,) = schedule.evaluate_tick(context).run_requests
    job = definitions.get_job_def(schedule.job_name)
    tags = {**job.tags, **request.tags}
    result = job.execute_in_process(instance=instance, tags=tags)
    assert result.success
    assert stage.seen == ["load all", "check raw", "dbt", "check kpis"]
    assert stage.settings.published_path.is_file()


def test_files_wait_for_a_run_of_either_job(tick, landing, instance):
    """Two runs would fight for the warehouse, and the second would fail."""
    cursor = tick().cursor
    (landing / "late.jsonl").write_bytes(b"3")
    run = create_run_for_test(
        instance, job_name="reconcile_warehouse", status=dg.DagsterRunStatus.STARTED
    )
    assert tick(cursor).run_requests == []
    instance.report_run_failed(run)
    assert len(tick(cursor).run_requests) == 1


def test_files_that_cannot_be_loaded_start_no_second_run(tick, landing, instance):
    """A sensor that fires while something is wrong starts a run a minute, for ever."""
    cursor = tick().cursor
    (landing / "broken.jsonl").write_bytes(b"3")
    found = tick(cursor)
    run = create_run_for_test(instance, job_name="refresh_events")
    instance.report_run_failed(run)
    assert tick(found.cursor).run_requests == []
