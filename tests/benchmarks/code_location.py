"""What it costs to import the code location: each Dagster process pays it once."""

from tests.benchmarks.measure import Options, Table, cost_of, median


def run(options: Options) -> Table:
    """Measure imports in processes of their own."""
    costs = {
        name: median([cost_of(["-c", code]) for _ in range(options.rounds)])
        for name, code in {
            "python": "pass",
            "ingestion.load": "import ingestion.load",
            "dagster": "import dagster",
            "orchestration.definitions": "import orchestration.definitions",
        }.items()
    }
    dagster = costs["dagster"].cpu
    return Table(
        f"Imports, median of {options.rounds}",
        ["import", "CPU-s", "wall s", "peak GB", "x dagster"],
        [
            [
                name,
                f"{cost.cpu:.2f}",
                f"{cost.wall:.1f}",
                f"{cost.peak_gb:.2f}",
                f"{cost.cpu / dagster:.2f}",
            ]
            for name, cost in costs.items()
        ],
    )
