"""What every step needs from its run."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from ingestion.settings import load_settings
from orchestration.instance import hold_run, prepare_home, process_tags
from orchestration.writer import only_writer

RUN_LOCK = "run_lock"


@dg.resource(description="Marks the run as alive and as the warehouse's one writer.")
def run_lock(context: dg.InitResourceContext) -> Iterator[None]:
    """Take the run's lock, say on the run which process works on it, and wait for it.

    Steps run in the process of the run, so this happens once, before the first step and
    before any wait for a pool. What it waits for is the end of another run: its steps
    and those of this one must not take turns.
    """
    run, settings = context.run, load_settings()
    is_persistent = context.instance is not None and context.instance.is_persistent
    if run is not None and is_persistent:
        hold_run(prepare_home(settings), run.run_id)
        if not process_tags().items() <= run.tags.items():
            context.instance.add_run_tags(run.run_id, process_tags())
    who = f"run {run.run_id} ({run.job_name})" if run else "a run"

    def waits_for(other: str) -> None:
        if context.log:
            context.log.info(f"Waiting for {other} to end.")

    with only_writer(settings, f"{who}, process {os.getpid()}", waits_for):
        yield


class _RunLog(logging.Handler):
    """Appends to a file without holding it open: Dagster never closes a logger."""

    def __init__(self, path: Path) -> None:
        super().__init__(logging.INFO)
        self._path = path
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{self.format(record)}\n")


def _file_logger(context: dg.InitLoggerContext) -> logging.Logger:
    """Return a logger that writes one file per run and nothing to the terminal."""
    folder = load_settings().warehouse_dir / "logs"
    logger = logging.Logger(f"run {context.run_id}", logging.INFO)  # noqa: LOG001
    logger.addHandler(_RunLog(folder / f"{context.run_id or 'dagster'}.log"))
    return logger


file_logger = dg.LoggerDefinition(
    _file_logger, description="The run's log as a file below <warehouse_dir>/logs."
)
