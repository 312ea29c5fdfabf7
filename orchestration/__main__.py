"""The project's commands: `python -m orchestration --help` lists them."""

import argparse
import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from ingestion.settings import PROJECT_ROOT, Settings, SettingsError, load_settings
from orchestration.manifest import DBT, ManifestError, dbt_environment, ensure_manifest

_WORKSPACE = ("-w", "workspace.yaml")
# What a shell needs beyond what it has: the run's settings, and where dbt finds things.
_EXPORTED = ("DBT_PROJECT_DIR", "DBT_PROFILES_DIR", "DBT_TARGET_PATH", "DBT_LOG_PATH")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 2 means that the settings are wrong, 1 that it failed."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    try:
        settings = load_settings()
        # What follows these is theirs, options included.
        if arguments and arguments[0] in _WITH_ARGUMENTS:
            return _WITH_ARGUMENTS[arguments[0]](settings, arguments[1:])
        given = _parser().parse_args(arguments)
        return _COMMANDS[given.command](settings, given)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except ManifestError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m orchestration")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="refresh the warehouse and print the headline KPIs")
    commands.add_parser(
        "changes",
        help="load the vendors that tell what changed, build only what is new",
    )
    commands.add_parser("events", help="load new event files, build only what is new")
    backfill = commands.add_parser(
        "backfill", help="read days of a vendor again: backfill events 2026-01-01"
    )
    backfill.add_argument("vendor")
    backfill.add_argument("first", type=date.fromisoformat, metavar="from")
    backfill.add_argument(
        "last", type=date.fromisoformat, metavar="to", nargs="?", help="default: from"
    )
    commands.add_parser("dagster", help="open Dagster's page on the same warehouse")
    commands.add_parser(
        "dbt", help="run dbt with the run's settings: dbt build -s kpis"
    )
    commands.add_parser("env", help="print the run's settings as shell exports")
    commands.add_parser("prepare", help="parse the dbt project if it has changed")
    commands.add_parser("alerts", help="tell what is wrong; --test tries the channels")
    commands.add_parser("webserver", help="Dagster's page alone, for a service")
    commands.add_parser("daemon", help="Dagster's schedules and sensors, for a service")
    commands.add_parser("backup", help="backup take FOLDER, backup restore BACKUP")
    commands.add_parser("tidy", help="remove old logs and runs")
    commands.add_parser("trace", help="the way of a KPI: trace kpi_deals.won_count")
    commands.add_parser("erase", help="mask a person everywhere: erase EMAIL --confirm")
    commands.add_parser("why", help="what moved a KPI: why kpi_deals.won_count 2026-10")
    return parser


def _run(settings: Settings, given: argparse.Namespace) -> int:
    from orchestration import schedules
    from orchestration.run import refresh

    jobs = {
        "run": schedules.JOB,
        "changes": schedules.CHANGES_JOB,
        "events": schedules.EVENTS_JOB,
    }
    if given.command == "events":
        _require_vendor(settings, "events", ["events"])
    return refresh(settings, jobs[given.command])


def _backfill(settings: Settings, given: argparse.Namespace) -> int:
    from ingestion.vendors import takes_days, used_vendors
    from orchestration.backfill import backfill_job_name
    from orchestration.run import refresh

    possible = [vendor for vendor in used_vendors(settings) if takes_days(vendor)]
    _require_vendor(settings, given.vendor, possible)
    days = given.first, given.last or given.first
    if days[0] > days[1]:
        message = f"{days[0]} to {days[1]}: the first day is after the last."
        raise SettingsError(message)
    return refresh(settings, backfill_job_name(given.vendor), days)


def _require_vendor(settings: Settings, vendor: str, possible: list[str]) -> None:
    from ingestion.vendors import used_vendors

    if vendor not in used_vendors(settings):
        message = f"{vendor} is not in the vendors map (vars.vendors, or VENDORS)."
        raise SettingsError(message)
    if vendor not in possible:
        message = (
            f"{vendor} cannot be asked for days; {', '.join(possible)} can. Read it "
            f"whole instead: python -m ingestion {vendor} --all-records, then make run."
        )
        raise SettingsError(message)


def _dbt(settings: Settings, arguments: list[str]) -> int:
    settings.warehouse_dir.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [*DBT, *arguments],
        env=dbt_environment(settings),
        check=False,
    )
    return done.returncode


def _dagster(settings: Settings, arguments: list[str]) -> int:
    return _serve(settings, ["-m", "dagster", "dev", *_WORKSPACE, *arguments])


def _webserver(settings: Settings, arguments: list[str]) -> int:
    return _serve(settings, ["-m", "dagster_webserver", *_WORKSPACE, *arguments])


def _daemon(settings: Settings, arguments: list[str]) -> int:
    start = "from dagster._daemon.cli import main; main()"
    return _serve(settings, ["-c", start, "run", *_WORKSPACE, *arguments])


def _serve(settings: Settings, command: list[str]) -> int:
    """Become one of Dagster's programs, on the project's own instance."""
    import dagster as dg

    from orchestration.instance import prepare_home, reap_dead_runs
    from orchestration.manifest import applied

    ensure_manifest(settings)
    environment = dbt_environment(settings)
    home = prepare_home(settings)
    with applied(environment), dg.DagsterInstance.get() as instance:
        reap_dead_runs(instance, home)
    os.chdir(PROJECT_ROOT)
    # In place of this process: Ctrl-C then reaches Dagster, which stops its children.
    os.execve(sys.executable, [sys.executable, *command], environment)


def _env(settings: Settings, _: argparse.Namespace) -> int:
    environment = dbt_environment(settings)
    for name in [*settings.environment(), *_EXPORTED]:
        sys.stdout.write(f"export {name}={shlex.quote(environment[name])}\n")
    return 0


def _prepare(settings: Settings, _: argparse.Namespace) -> int:
    ensure_manifest(settings)
    return 0


def _alerts(settings: Settings, arguments: list[str]) -> int:
    from orchestration.alert_command import main as alerts

    return alerts(settings, arguments)


def _trace(settings: Settings, arguments: list[str]) -> int:
    from orchestration.lineage import LineageError
    from orchestration.trace import UnknownNameError, trace

    try:
        return trace(settings, " ".join(arguments).strip())
    except (UnknownNameError, LineageError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _why(settings: Settings, arguments: list[str]) -> int:
    from orchestration.lineage import LineageError
    from orchestration.trace import UnknownNameError
    from orchestration.why import why

    kpi, period = [*arguments, "", ""][:2]
    try:
        return why(settings, kpi.strip(), period)
    except (UnknownNameError, LineageError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _erase(settings: Settings, arguments: list[str]) -> int:
    from orchestration.erase import erase
    from orchestration.lineage import LineageError
    from orchestration.person import ErasureRefusedError

    wanted = [each for each in arguments if each != "--confirm"]
    try:
        return erase(
            settings, " ".join(wanted).strip(), is_confirmed="--confirm" in arguments
        )
    except (ErasureRefusedError, LineageError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _backup(settings: Settings, arguments: list[str]) -> int:
    from orchestration.backup import BackupError, backup, restore

    action, *folders = arguments or [""]
    if action not in ("take", "restore") or len(folders) != 1 or not folders[0]:
        sys.stderr.write("Write: backup take FOLDER, or backup restore BACKUP\n")
        return 2
    folder = Path(folders[0]).expanduser().resolve()
    try:
        if action == "restore":
            restore(settings, folder)
        else:
            sys.stdout.write(f"{backup(settings, folder)}\n")
    except BackupError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _tidy(settings: Settings, _: argparse.Namespace) -> int:
    import dagster as dg

    from orchestration.instance import prepare_home
    from orchestration.manifest import applied
    from orchestration.retention import tidy

    prepare_home(settings)
    with applied(dbt_environment(settings)), dg.DagsterInstance.get() as instance:
        logs, runs = tidy(settings, instance)
    sys.stdout.write(f"Removed {logs} logs and {runs} runs.\n")
    return 0


_WITH_ARGUMENTS = {
    "dbt": _dbt,
    "dagster": _dagster,
    "alerts": _alerts,
    "webserver": _webserver,
    "daemon": _daemon,
    "backup": _backup,
    "trace": _trace,
    "why": _why,
    "erase": _erase,
}
_COMMANDS = {
    "run": _run,
    "changes": _run,
    "events": _run,
    "backfill": _backfill,
    "env": _env,
    "prepare": _prepare,
    "tidy": _tidy,
}

if __name__ == "__main__":
    sys.exit(main())
