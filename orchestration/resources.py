"""What every step needs from its run."""

import logging

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


def _file_logger(context: dg.InitLoggerContext) -> logging.Logger:
    """Return a logger that writes one file per run and nothing to the terminal."""
    folder = load_settings().warehouse_dir / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(
        folder / f"{context.run_id or 'dagster'}.log", delay=True
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger = logging.Logger(f"run {context.run_id}", logging.INFO)  # noqa: LOG001
    logger.addHandler(handler)
    return logger


file_logger = dg.LoggerDefinition(
    _file_logger, description="The run's log as a file below <warehouse_dir>/logs."
)
