"""What is kept how long: old logs and old runs go, published versions go by number.

Published versions are limited where they are made (`publish.KEPT_VERSIONS`), dlt's
packages too (`ingestion.warehouse.KEPT_PACKAGES`), ticks by dagster.yaml.
"""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from ingestion.settings import Settings

if TYPE_CHECKING:
    import dagster as dg

KEPT_LOG_DAYS = 30
KEPT_RUN_DAYS = 90
# At once; the next call goes on.
_MOST_RUNS = 500


def tidy(settings: Settings, instance: "dg.DagsterInstance") -> tuple[int, int]:
    """Remove old logs and finished runs; return how many of each."""
    return _old_logs(settings.warehouse_dir / "logs"), _old_runs(instance)


def _old_logs(folder: Path) -> int:
    oldest = time.time() - KEPT_LOG_DAYS * 86_400
    found = [
        path
        for path in folder.glob("*")
        if path.is_file() and path.stat().st_mtime < oldest
    ]
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)


def _old_runs(instance: "dg.DagsterInstance") -> int:
    import dagster as dg

    before = datetime.now(UTC) - timedelta(days=KEPT_RUN_DAYS)
    records = instance.get_run_records(
        dg.RunsFilter(created_before=before), limit=_MOST_RUNS, ascending=True
    )
    done = [each.dagster_run for each in records if each.dagster_run.is_finished]
    for run in done:
        instance.delete_run(run.run_id)
    return len(done)
