"""What every step needs from its run."""

import logging
from pathlib import Path

import dagster as dg

from ingestion.settings import load_settings
from orchestration.instance import hold_run, prepare_home, process_tags

RUN_LOCK = "run_lock"


@dg.resource(description="Marks the run as alive for as long as its process lives.")
def run_lock(context: dg.InitResourceContext) -> None:
    """Take the run's lock and say on the run which process works on it.

    Steps run in the process of the run, so this happens once, before the first step and
    before any wait for a pool.
    """
    run = context.run
    if run is None or context.instance is None or not context.instance.is_persistent:
        return
    hold_run(prepare_home(load_settings()), run.run_id)
    if not process_tags().items() <= run.tags.items():
        context.instance.add_run_tags(run.run_id, process_tags())


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
