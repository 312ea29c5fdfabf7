"""`python -m tests.chaos`: spoiled answers and event lines through the real sources."""

import argparse
import logging
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ingestion.sandbox.generator import ensure_company
from ingestion.sandbox.server.vendors import served_vendors
from ingestion.settings import load_settings
from tests.ingestion.conftest import Server

from .fuzz import (
    Outcome,
    event_lines,
    fuzz_api,
    fuzz_events,
    small_copy,
    without_waiting,
)


def main() -> int:
    """Fuzz until enough inputs were tried; return 1 if anything was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("-n", type=int, default=10_000, help="spoiled inputs")
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--vendors", nargs="*", default=[*served_vendors(), "events"])
    parser.add_argument(
        "--minutes", type=float, default=600, help="no round after so long"
    )
    parser.add_argument("--company", type=Path, help="the directory of a company")
    given = parser.parse_args()
    settings = load_settings().model_copy(update={"sandbox_size": "small"})
    if given.company is None:
        ensure_company(settings)
    company = given.company or settings.sandbox_dir
    folder = settings.warehouse_dir / "fuzz"
    data = small_copy(company, folder / "data")
    lines = event_lines(company)
    logging.disable(logging.WARNING)
    totals = {vendor: Outcome(vendor) for vendor in given.vendors}
    server, seed, started = Server(), given.seed, time.monotonic()
    with without_waiting(folder / "dlt"):
        while (
            sum(one.inputs for one in totals.values()) < given.n
            and time.monotonic() - started < 60 * given.minutes
        ):
            for vendor, total in totals.items():
                if vendor == "events":
                    found = fuzz_events(lines, folder / vendor, seed)
                else:
                    found = fuzz_api(vendor, data, server, folder / vendor, seed)
                total.add(found)
            seed += 1
            sys.stderr.write(
                f"seed {seed}: {sum(one.inputs for one in totals.values()):,} inputs\n"
            )
    server.stop()
    _print(list(totals.values()))
    return 1 if any(one.findings for one in totals.values()) else 0


def _print(outcomes: list[Outcome]) -> None:
    names = ("inputs", "received", "loaded", "quarantined", "bad_values")
    ends = ("green", "red", "unforeseen", "hang", "crash")
    table = Table("source", *names, *ends, "findings")
    for one in outcomes:
        figures = [f"{getattr(one, name):,}" for name in names]
        figures += [f"{one.ends[end]:,}" for end in ends]
        table.add_row(one.vendor, *figures, str(len(one.findings)))
    console = Console(width=140)
    console.print(table)
    for one in outcomes:
        for text in [*one.findings, *one.unforeseen]:
            console.print(text, soft_wrap=True, markup=False)


if __name__ == "__main__":
    sys.exit(main())
