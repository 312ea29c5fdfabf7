"""A whole run that finds nothing new, against the run that built the warehouse."""

import shutil

from tests.benchmarks.measure import Cost, Options, Table, cost_of

# What every run pays before it looks at any data: the imports, and the start of the
# sandbox's process in a live company's place.
START = """
import orchestration.definitions, orchestration.headline, orchestration.run
import ingestion.load, ingestion.sources.events, ingestion.sources.hubspot
import dlt.destinations, dlt.destinations.impl.duckdb.duck, dlt.pipeline.pipeline
import pandas  # DuckDB imports it where a parameter is bound
from ingestion.sandbox.process import running_sandbox
from ingestion.settings import load_settings
with running_sandbox(load_settings()):
    pass
"""


def run(options: Options) -> Table:
    """Run the warehouse twice at the size; generating the company is not counted."""
    folder = options.folder / f"no_change-{options.size}"
    environment = {
        "WAREHOUSE_DIR": str(folder),
        "SANDBOX_SIZE": options.size,
        "SOURCES": "sandbox",
    }
    shutil.rmtree(folder, ignore_errors=True)
    cost_of(["-m", "ingestion.sandbox", "generate"], **environment)
    refresh = ["-m", "orchestration", "run"]
    first = cost_of(refresh, **environment)
    again = cost_of(refresh, **environment)
    start = cost_of(["-c", START], **environment)
    beyond = Cost(again.cpu - start.cpu, again.wall - start.wall, again.peak_gb)
    return Table(
        f"Whole runs at size {options.size}",
        ["run", "CPU-s", "wall s", "peak GB", "share"],
        [
            _row("first run", first, first),
            _row("nothing new", again, first),
            _row("  of it: processes and imports", start, first),
            _row("  of it: beyond that", beyond, first),
        ],
    )


def _row(name: str, cost: Cost, whole: Cost) -> list[str]:
    share = f"{cost.cpu / whole.cpu:.3f}"
    return [name, f"{cost.cpu:.1f}", f"{cost.wall:.0f}", f"{cost.peak_gb:.2f}", share]
