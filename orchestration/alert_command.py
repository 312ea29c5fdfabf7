"""`python -m orchestration alerts`: tell the channels now, or try them.

For a deployment without Dagster's daemon, after each run; and for setting channels up.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import dagster as dg

from ingestion.settings import Settings
from orchestration.alerts import open_problems, review, send_test
from orchestration.channels import channels
from orchestration.digest import send
from orchestration.graph import DbtGraph
from orchestration.instance import prepare_home
from orchestration.manifest import applied, dbt_environment, read_manifest


def tell(settings: Settings) -> list[str]:
    """Look and tell once; return what could not be delivered."""
    if not channels(settings):
        return []
    prepare_home(settings)
    graph = DbtGraph.of(read_manifest(settings))
    with applied(dbt_environment(settings)), dg.DagsterInstance.get() as instance:
        return review(settings, instance, graph)


def main(settings: Settings, arguments: Sequence[str]) -> int:
    """Run the command; 1 means that a channel did not take its message."""
    parser = argparse.ArgumentParser(prog="python -m orchestration alerts")
    parser.add_argument("--test", action="store_true", help="send a test message")
    parser.add_argument("--digest", action="store_true", help="send the digest now")
    chosen = parser.parse_args(arguments)
    names = [*channels(settings)]
    if not names:
        sys.stderr.write(
            "No channel is set. Set ALERT_WEBHOOK_URL, ALERT_SLACK_URL or "
            "ALERT_SMTP_URL; .env.example says how.\n"
        )
        return 2
    if chosen.test:
        outcome = send_test(settings)
        for name, failure in outcome.items():
            sys.stdout.write(f"{name}: {failure or 'took the test message'}\n")
        return 1 if any(outcome.values()) else 0
    failures = tell(settings)
    if chosen.digest:
        now = datetime.now(ZoneInfo(settings.reporting_timezone))
        failures += send(settings, open_problems(settings), now)
    for failure in failures:
        sys.stderr.write(f"{failure}\n")
    for problem in open_problems(settings).values():
        sys.stdout.write(f"{problem.severity}: {problem.title} ({problem.link})\n")
    return 1 if failures else 0
