"""A whole run that finds nothing new, against the run that built the warehouse."""

import shutil

from tests.benchmarks.measure import Options, Table, cost_of


def run(options: Options) -> Table:
    """Run the warehouse twice at the size; generating the company is not counted."""
    folder = options.folder / f"no_change-{options.size}"
    environment = {
        "WAREHOUSE_DIR": str(folder),
        "SANDBOX_SIZE": options.size,
        "SOURCES": "sandbox",
    }
    for written in ("warehouse.duckdb", "dlt", "landing", "published", "dagster"):
        shutil.rmtree(folder / written, ignore_errors=True)
        (folder / written).unlink(missing_ok=True)
    cost_of(["-m", "ingestion.sandbox", "generate"], **environment)
    costs = {
        name: cost_of(["-m", "orchestration", "run"], **environment)
        for name in ("first run", "nothing new")
    }
    first = costs["first run"].cpu
    return Table(
        f"Whole runs at size {options.size}",
        ["run", "CPU-s", "wall s", "peak GB", "share"],
        [
            [
                name,
                f"{cost.cpu:.1f}",
                f"{cost.wall:.0f}",
                f"{cost.peak_gb:.2f}",
                f"{cost.cpu / first:.2f}",
            ]
            for name, cost in costs.items()
        ],
    )
