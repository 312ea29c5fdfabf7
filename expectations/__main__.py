"""`python -m expectations raw|kpis`: run the suites without the orchestration."""

import argparse
import sys

from expectations.results import Status
from expectations.runner import WarehouseMissingError, check_kpis, check_raw
from ingestion.settings import SettingsError, load_settings
from ingestion.warehouse import WarehouseError


def main(arguments: list[str] | None = None) -> int:
    """Run the suites of one layer and return 1 if something blocking did not pass."""
    parser = argparse.ArgumentParser(prog="python -m expectations", description=__doc__)
    parser.add_argument("layer", choices=["raw", "kpis"])
    parser.add_argument("vendor", nargs="*", help="raw only: these vendors")
    chosen = parser.parse_args(arguments)
    try:
        settings = load_settings()
        if chosen.layer == "raw":
            results = check_raw(settings, chosen.vendor or None)
        else:
            results = check_kpis(settings)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except (WarehouseMissingError, WarehouseError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for result in results:
        sys.stdout.write(f"{result}\n")
    passed = sum(result.status is Status.passed for result in results)
    sys.stdout.write(f"{passed} of {len(results)} tables passed\n")
    return 1 if any(result.is_blocking for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
