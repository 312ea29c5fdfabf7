"""Load vendors from a shell: `python -m ingestion [vendor …]`.

Exit codes: 0 everything loaded and accounted for; 1 something did not load, one line
each on standard error; 2 the command line or a setting is wrong.
"""

import argparse
import sys

from ingestion.settings import Settings, SettingsError, load_settings


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ingestion",
        description="Load vendors into the warehouse and account for every record.",
    )
    parser.add_argument(
        "vendors", nargs="*", metavar="vendor", help="default: all of the vendors map"
    )
    parser.add_argument(
        "--all-records",
        action="store_true",
        help="read everything again, not only what changed (for a weekly schedule)",
    )
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Load, and return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        settings = load_settings()
        vendors = _chosen(options.vendors, settings)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return _load(settings, vendors, read_all=options.all_records)


def _chosen(named: list[str], settings: Settings) -> list[str]:
    from ingestion.vendors import used_vendors

    used = used_vendors(settings)
    if unused := [vendor for vendor in named if vendor not in used]:
        message = (
            f"{', '.join(unused)}: not in the vendors map, which names "
            f"{', '.join(used)}. Add it to vars.vendors in dbt_project/dbt_project.yml "
            "or to VENDORS."
        )
        raise SettingsError(message)
    return named or used


def _load(settings: Settings, vendors: list[str], *, read_all: bool) -> int:
    # dlt takes half a second to import; a wrong setting is told before.
    from ingestion.load import LoadError, Progress, load_all

    def show(progress: Progress) -> None:
        if progress.is_finished:
            sys.stdout.write(
                f"{progress.vendor:<10} {progress.table:<32} "
                f"{progress.rows:>10,} rows {progress.seconds:>7.1f} s\n"
            )
            sys.stdout.flush()

    try:
        results = load_all(settings, vendors, show, read_all=read_all)
    except (LoadError, SettingsError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for result in results:
        sys.stdout.write(
            f"{result.vendor}: {result.received:,} records received, "
            f"{result.loaded:,} loaded in {result.seconds:.1f} s"
            f"{_remarks(result.quarantined, result.bad_values, result.vendor)}\n"
        )
    return 0


def _remarks(rows: int, values: int, vendor: str) -> str:
    if not rows and not values:
        return ""
    return f"; quarantined {rows:,} rows, {values:,} values: raw_{vendor}.quarantine"


if __name__ == "__main__":
    sys.exit(main())
