"""Dagster's home, and the runs in it that are dead without having said so.

Every run holds a lock on a file of its own for as long as its process lives. The kernel
frees it at any death, kill -9 and a lost machine included, so a run that is called
started but whose lock is free is dead: it is marked failed and its pool slots are freed.
Pids alone would not do: they are handed out again, in containers always the same ones.
"""

import fcntl
import os
import socket
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import dagster as dg
from dagster._core.storage.dagster_run import DagsterRun

from ingestion.settings import Settings

CONFIG = Path(__file__).with_name("dagster.yaml")
# In the environment: Dagster then stores in PostgreSQL. The file names it, no more.
POSTGRES = "DAGSTER_POSTGRES_URL"
_POSTGRES_STORAGE = f"""
storage:
  postgres:
    postgres_url:
      env: {POSTGRES}
"""
PID_TAG, HOST_TAG = "warehouse/pid", "warehouse/host"
# A process that starts a run takes its lock within seconds; Dagster itself gives a run
# this long to start (dagster.yaml, start_timeout_seconds).
START_SECONDS = 180
ALIVE = (
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
)
# Open files, by run id: closing one would free its lock.
_held: dict[str, IO[str]] = {}


def prepare_home(settings: Settings) -> Path:
    """Make Dagster's home with the project's dagster.yaml in it and return it.

    Without that file there would be no pool limit, and two writers would meet.
    """
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    wanted = CONFIG.read_text("utf-8")
    if os.environ.get(POSTGRES):
        wanted += _POSTGRES_STORAGE
    placed = home / "dagster.yaml"
    if not placed.is_file() or placed.read_text("utf-8") != wanted:
        fresh = home / f".dagster.yaml.{os.getpid()}"
        fresh.write_text(wanted, "utf-8")
        fresh.replace(placed)
    return home


def process_tags() -> dict[str, str]:
    """Return the tags that say which process works on a run."""
    return {PID_TAG: str(os.getpid()), HOST_TAG: socket.gethostname()}


def hold_run(home: Path, run_id: str) -> None:
    """Hold the run's lock until this process ends, however it ends."""
    if run_id in _held:
        return
    path = _lock_path(home, run_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Locked before it has its name: whoever finds the file finds it locked.
    fresh = path.with_name(f".{run_id}.{os.getpid()}")
    file = fresh.open("w")
    fcntl.flock(file, fcntl.LOCK_EX)
    fresh.replace(path)
    _held[run_id] = file


def reap_dead_runs(instance: dg.DagsterInstance, home: Path) -> list[str]:
    """End the runs whose process is gone, free their pool slots, return their ids."""
    reaped = []
    for record in instance.get_run_records(dg.RunsFilter(statuses=[*ALIVE])):
        run = record.dagster_run
        started_at = record.start_time or record.create_timestamp.timestamp()
        if not _is_dead(home, run, started_at):
            continue
        process = run.tags.get(PID_TAG, "unknown")
        host = run.tags.get(HOST_TAG, "unknown")
        instance.report_run_failed(
            run, f"The process of this run (pid {process} on {host}) is gone."
        )
        reaped.append(run.run_id)
    for path in (home / "run_locks").glob("[!.]*"):
        run = instance.get_run_by_id(path.name)
        if (run is None or run.is_finished) and path.name not in _held:
            path.unlink(missing_ok=True)
    # Slots and claims of a run outlive it when it was killed while it held or awaited
    # them, however it was then marked.
    for run_id in instance.event_log_storage.get_concurrency_run_ids():
        run = instance.get_run_by_id(run_id)
        if run is None or run.is_finished:
            instance.event_log_storage.free_concurrency_slots_for_run(run_id)
    return reaped


def live_runs(
    instance: dg.DagsterInstance, job_name: str | None = None
) -> Sequence[DagsterRun]:
    """Return the runs, of one job or all, that wait or work; `reap_dead_runs` first."""
    return instance.get_runs(
        dg.RunsFilter(
            job_name=job_name,
            statuses=[*ALIVE, dg.DagsterRunStatus.QUEUED],
        )
    )


def _lock_path(home: Path, run_id: str) -> Path:
    return home / "run_locks" / run_id


def _is_dead(home: Path, run: DagsterRun, started_at: float) -> bool:
    path = _lock_path(home, run.run_id)
    if not path.exists():
        return time.time() - started_at > START_SECONDS
    with path.open("r") as file:
        return _takes_lock(file)


def _takes_lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
