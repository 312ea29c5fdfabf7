"""Measure the speed promises as ratios within one run: `python -m tests.benchmarks`."""

import argparse
import importlib

from rich.console import Console
from rich.table import Table as Printed

from ingestion.settings import load_settings
from tests.benchmarks.measure import Options, Table

# One module each with a function `run(options)` that returns a `Table`.
BENCHMARKS = (
    "events",
    "api_objects",
    "identities",
    "tickets",
    "code_location",
    "no_change",
    "orchestration",
    "sessions",
)


def main() -> None:
    """Run the benchmarks that the command line names and print their tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument(
        "names", nargs="*", metavar="name", help=f"of {', '.join(BENCHMARKS)}"
    )
    parser.add_argument("--rows", type=int, default=1_000_000, help="events to load")
    parser.add_argument(
        "--rounds", type=int, default=3, help="repeats; the median counts"
    )
    parser.add_argument("--size", default="large", help="sandbox size of whole runs")
    given = parser.parse_args()
    if unknown := set(given.names) - set(BENCHMARKS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    folder = load_settings().warehouse_dir / "benchmarks"
    options = Options(folder, given.rows, given.rounds, given.size)
    console = Console()
    for name in given.names or BENCHMARKS:
        module = importlib.import_module(f"tests.benchmarks.{name}")
        console.print(_printed(module.run(options)))


def _printed(table: Table) -> Printed:
    printed = Printed(
        title=table.title, caption="\n".join(table.remarks), caption_justify="left"
    )
    for number, column in enumerate(table.columns):
        printed.add_column(column, justify="right" if number else "left")
    for row in table.rows:
        printed.add_row(*row)
    return printed


if __name__ == "__main__":
    main()
