"""A run killed at any moment blocks nothing."""

import os
import signal
import subprocess
import sys

import dagster as dg
import pytest
from dagster._core.test_utils import create_run_for_test

from ingestion.settings import PROJECT_ROOT
from orchestration.instance import (
    HOST_TAG,
    PID_TAG,
    hold_run,
    live_runs,
    prepare_home,
    process_tags,
    reap_dead_runs,
)

# A run as Dagster leaves it when its process is killed within a step: started, its
# lock held, its pool slot taken.
WORKER = """
import sys
import dagster as dg
from dagster._core.test_utils import create_run_for_test
from ingestion.settings import load_settings
from orchestration.instance import hold_run, prepare_home, process_tags
home = prepare_home(load_settings())
instance = dg.DagsterInstance.get()
run = create_run_for_test(
    instance, job_name="refresh_warehouse", status=dg.DagsterRunStatus.STARTED,
    tags=process_tags(),
)
hold_run(home, run.run_id)
instance.event_log_storage.initialize_concurrency_limit_to_default("warehouse_writer")
instance.event_log_storage.claim_concurrency_slot(
    "warehouse_writer", run.run_id, "dbt_build"
)
print(run.run_id, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def worker(instance):
    """Start a process that works on a run; yield it with the run's id."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", WORKER],
        env={**os.environ, "PYTHONPATH": str(PROJECT_ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    run_id = process.stdout.readline().strip()
    yield process, run_id
    if process.poll() is None:
        process.kill()
    process.communicate()


def claimed(instance) -> int:
    """Return how many slots of the pool are taken."""
    pool = instance.event_log_storage.get_concurrency_info("warehouse_writer")
    return pool.active_slot_count


def test_a_killed_run_is_marked_failed_and_its_slot_is_free(
    instance, worker, settings, definitions, stage
):
    """The next run would wait for the dead one's slot, without end or message."""
    process, run_id = worker
    assert claimed(instance) == 1
    process.send_signal(signal.SIGKILL)
    process.wait()

    assert reap_dead_runs(instance, settings.dagster_home) == [run_id]
    run = instance.get_run_by_id(run_id)
    assert run.status is dg.DagsterRunStatus.FAILURE
    assert run.tags[PID_TAG] == str(process.pid)
    assert claimed(instance) == 0
    assert live_runs(instance, "refresh_warehouse") == []

    job = definitions.get_job_def("refresh_warehouse")
    result = job.execute_in_process(instance=instance)
    assert result.success
    tags = instance.get_run_by_id(result.run_id).tags
    assert {PID_TAG: tags[PID_TAG], HOST_TAG: tags[HOST_TAG]} == process_tags()


def test_a_working_run_is_left_alone(instance, worker, settings):
    """A long run would be declared dead, and a second writer would start beside it."""
    _, run_id = worker
    assert reap_dead_runs(instance, settings.dagster_home) == []
    assert claimed(instance) == 1
    assert [r.run_id for r in live_runs(instance, "refresh_warehouse")] == [run_id]


def test_a_run_that_never_took_its_lock_is_dead_after_the_time_to_start(
    instance, settings, monkeypatch
):
    """A run killed within its first second would stay started for ever."""
    run = create_run_for_test(instance, status=dg.DagsterRunStatus.STARTED)
    assert reap_dead_runs(instance, settings.dagster_home) == []
    monkeypatch.setattr("orchestration.instance.START_SECONDS", -1)
    assert reap_dead_runs(instance, settings.dagster_home) == [run.run_id]


def test_a_run_killed_before_it_started_is_dead_at_once(instance, settings):
    """`make run` would refuse to start because of a run that never did."""
    run = create_run_for_test(instance, job_name="refresh_warehouse")
    assert live_runs(instance, "refresh_warehouse")
    locks = settings.dagster_home / "run_locks"
    locks.mkdir()
    (locks / run.run_id).touch()
    assert reap_dead_runs(instance, settings.dagster_home) == [run.run_id]
    assert live_runs(instance, "refresh_warehouse") == []


def test_slots_of_a_run_that_has_ended_are_freed(instance, settings):
    """Dagster frees them a minute later, and only while its daemon runs."""
    run = create_run_for_test(instance, status=dg.DagsterRunStatus.FAILURE)
    storage = instance.event_log_storage
    storage.initialize_concurrency_limit_to_default("warehouse_writer")
    storage.claim_concurrency_slot("warehouse_writer", run.run_id, "dbt_build")
    assert claimed(instance) == 1
    reap_dead_runs(instance, settings.dagster_home)
    assert claimed(instance) == 0


def test_a_lock_is_held_until_the_process_ends(settings):
    """A run would look dead between its last step and its last event."""
    home = prepare_home(settings)
    hold_run(home, "a-run")
    hold_run(home, "a-run")
    assert (home / "run_locks" / "a-run").is_file()


def test_the_home_gets_the_projects_configuration(settings):
    """Without dagster.yaml there is no pool limit, and two writers meet."""
    home = prepare_home(settings)
    placed = home / "dagster.yaml"
    assert "granularity: op" in placed.read_text()
    placed.write_text("edited")
    prepare_home(settings)
    assert "granularity: op" in placed.read_text()
