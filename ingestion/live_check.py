"""Try one vendor without loading it: `python -m ingestion.live_check VENDOR`.

Credentials, permissions and clock are tried on the vendor itself (in sandbox mode on the
sandbox): each table of its source is read for its first rows. Nothing is stored.

Exit codes: 0 a load would get every table; 1 it would not, and the remarks say why; 2
the command line or a setting is wrong.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ingestion.probe import Finding, Probe, probing
from ingestion.settings import Settings, SettingsError, load_settings
from ingestion.vendors import known_vendors, source_module

# Signed tokens and cursors by time suffer from more.
MOST_SKEW_SECONDS = 60
# Whoever waits at the terminal should hear of a dead vendor within seconds.
_QUICK = {"RUNTIME__REQUEST_MAX_ATTEMPTS": "3", "RUNTIME__REQUEST_MAX_RETRY_DELAY": "5"}
_MARKS = {
    "readable": "[green]✓[/] readable",
    "empty": "[green]✓[/] empty",
    "skipped": "[yellow]–[/] skipped",
    "not asked": "[yellow]–[/] not asked",
    "not permitted": "[red]✗[/] not permitted",
    "failed": "[red]✗[/] failed",
}


def main(arguments: list[str] | None = None) -> int:
    """Try the vendor that the command line names, and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m ingestion.live_check",
        description="Try a vendor's credentials, permissions and clock; store nothing.",
    )
    parser.add_argument("vendor", help=f"one of {', '.join(known_vendors())}")
    vendor = parser.parse_args(arguments).vendor
    console = Console(highlight=False)
    try:
        settings = load_settings()
        if vendor not in known_vendors():
            message = (
                f"There is no vendor {vendor!r}. Known: {', '.join(known_vendors())}."
            )
            raise SettingsError(message)
        with console.status(f"Asking {vendor}"):
            probe = try_vendor(vendor, settings)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    _print(console, vendor, settings, probe)
    return 0 if all(finding.is_good for finding in probe.findings) else 1


def try_vendor(vendor: str, settings: Settings) -> Probe:
    """Read the first rows of every table of the vendor and say what was found.

    Raises:
        SettingsError: a setting is missing or wrong, or the sandbox cannot be started.
    """
    # dlt takes half a second to import; a wrong setting is told before.
    from dlt.common.configuration.exceptions import ConfigurationException

    from ingestion.load import LoadError, missing_setting, source_environment
    from ingestion.rest import ApiError

    probe = Probe()
    with _nothing_kept(settings):
        try:
            with source_environment(settings, [vendor]):
                _try_tables(vendor, settings, probe)
        except ConfigurationException as error:
            raise SettingsError(missing_setting(vendor, error)) from None
        except (ApiError, LoadError) as error:
            # Before any table: the source could not even be made.
            raise SettingsError(str(error)) from None
    return probe


@contextmanager
def _nothing_kept(settings: Settings) -> Generator[None]:
    """Give dlt a directory that is thrown away, and little patience."""
    from ingestion import warehouse

    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="live-check-") as folder:
        for name, value in _QUICK.items():
            os.environ.setdefault(name, value)
        os.environ["DLT_DATA_DIR"] = folder
        warehouse.configure_dlt(settings)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def _try_tables(vendor: str, settings: Settings, probe: Probe) -> None:
    module = source_module(vendor)
    source = module.source(settings)
    if look := getattr(module, "look", None):
        probe.findings.extend(look(settings))
        return
    token = probing.set(probe)
    try:
        for resource in source.resources.values():
            for _ in resource:
                pass
    finally:
        probing.reset(token)


def _print(console: Console, vendor: str, settings: Settings, probe: Probe) -> None:
    where = ", ".join(probe.addresses) or "nobody was reached"
    console.print(f"[bold]{vendor}[/], {settings.sources}: {escape(where)}")
    if settings.sources == "sandbox":
        console.print(
            "[yellow]This is the sandbox[/]: set SOURCES=live to try the vendor itself."
        )
    if probe.seconds_ahead is not None:
        console.print(_clock(probe.seconds_ahead))
    printed = Table("table", "found", "remark", box=None, pad_edge=False)
    for finding, remark in zip(probe.findings, _said_once(probe.findings), strict=True):
        printed.add_row(escape(finding.table), _MARKS[finding.state], escape(remark))
    console.print(printed)
    if any(finding.state == "not asked" for finding in probe.findings):
        console.print("Not asked: what to ask for follows from the tables above.")
    bad = sum(not finding.is_good for finding in probe.findings)
    result = f"{bad} of {len(probe.findings)} tables would not" if bad else "All would"
    console.print(f"{result} be loaded. Nothing was stored.")


def _clock(seconds_ahead: float) -> str:
    seconds = round(abs(seconds_ahead))
    if seconds <= MOST_SKEW_SECONDS:
        return f"[green]✓[/] clocks agree within {max(seconds, 1)} s"
    side = "behind" if seconds_ahead > 0 else "ahead of"
    return (
        f"[yellow]! this machine's clock is {seconds:,} s {side} the vendor's[/]: tokens "
        "that are signed with the time may be refused, and changes may be asked for too "
        "early or too late. Let the machine keep its clock by NTP."
    )


def _said_once(findings: list[Finding]) -> Iterator[str]:
    """Yield the remarks; one that was made before only says of which table."""
    first: dict[str, str] = {}
    for finding in findings:
        if finding.remark in first:
            yield f"as {first[finding.remark]}"
        else:
            if finding.remark:
                first[finding.remark] = finding.table
            yield finding.remark


if __name__ == "__main__":
    sys.exit(main())
