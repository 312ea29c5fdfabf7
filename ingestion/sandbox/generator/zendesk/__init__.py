"""Zendesk's part of the sandbox company: tickets and what happened to them.

Modules say in their docstrings what they plant. A ticket's metric set and its metric
events are computed from its history, so that they agree. Audits are not written: the
sandbox shows a ticket's events as its audits.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from ingestion.sandbox.generator.company import Company
from ingestion.sandbox.generator.writing import write_lines
from ingestion.sandbox.generator.zendesk import records
from ingestion.sandbox.generator.zendesk.desk import Desk
from ingestion.sandbox.generator.zendesk.lives import random_lives
from ingestion.sandbox.generator.zendesk.planted import Planting
from ingestion.sandbox.generator.zendesk.tickets import Ledger
from ingestion.sandbox.generator.zendesk.working_hours import (
    holiday_lines,
    schedule_lines,
)


def write(company: Company, folder: Path) -> None:
    """Write the help desk of the company into a folder."""
    desk = Desk(company)
    count = company.size.activities // 4
    lives = [*Planting(desk).lives(), *random_lives(desk, count)]
    ledger = Ledger(lives)
    folder.mkdir(parents=True, exist_ok=True)
    # Line by line: 30,000 tickets have half a million metric events.
    for name, lines in ledger.files().items():
        _write(folder / f"{name}.jsonl", lines)
    plain = {
        "users": records.user_lines(desk),
        "organizations": records.organization_lines(desk),
        "groups": records.group_lines(),
        "group_memberships": records.membership_lines(desk),
        "brands": records.brand_lines(),
        "ticket_fields": records.field_lines(),
        "sla_policies": records.policy_lines(),
        "schedules": schedule_lines(),
        "schedule_holidays": holiday_lines(),
    }
    for name, lines in plain.items():
        write_lines(folder / f"{name}.jsonl", lines)


def _write(path: Path, lines: Iterable[dict[str, Any]]) -> None:
    def written() -> Iterator[bytes]:
        for line in lines:
            yield orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)

    with path.open("wb") as file:
        file.writelines(written())
