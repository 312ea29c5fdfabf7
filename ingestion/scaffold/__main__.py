"""`python -m ingestion.scaffold NAME=… ENTITIES=…`; `make vendor` calls it."""

import argparse
import sys
from pathlib import Path

from ingestion.scaffold.files import format_files, make_vendor
from ingestion.scaffold.plan import ScaffoldError, plan
from ingestion.settings import PROJECT_ROOT


def main(arguments: list[str] | None = None) -> int:
    """Make a vendor's files and say what comes next; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m ingestion.scaffold")
    parser.add_argument("wishes", nargs="*", metavar="NAME=… ENTITIES=…")
    parser.add_argument("--root", type=Path, default=PROJECT_ROOT)
    options = parser.parse_args(arguments)
    wishes = dict(wish.partition("=")[::2] for wish in options.wishes)
    entities = wishes.get("ENTITIES", "").replace(",", " ").split()
    try:
        planned = plan(wishes.get("NAME", ""), entities, options.root)
        made = make_vendor(planned, options.root)
    except ScaffoldError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    format_files(made, options.root)
    for path in made:
        sys.stdout.write(f"  {path.relative_to(options.root).as_posix()}\n")
    sys.stdout.write(planned.next_steps())
    return 0


if __name__ == "__main__":
    sys.exit(main())
