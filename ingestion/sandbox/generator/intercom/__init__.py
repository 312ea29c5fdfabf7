"""Intercom's part of the sandbox company: one file per collection of its API.

The teammates are the support agents on the payroll, the contacts are people of the
company, mostly shop users. Modules say in their docstrings what they plant.
"""

from pathlib import Path

from ingestion.sandbox.generator import calendar
from ingestion.sandbox.generator.company import Company
from ingestion.sandbox.generator.intercom import directory
from ingestion.sandbox.generator.intercom.desk import Desk
from ingestion.sandbox.generator.intercom.planted import (
    DELETED,
    planted_conversations,
)
from ingestion.sandbox.generator.intercom.walk import random_conversation
from ingestion.sandbox.generator.writing import write_lines

MOST_CONVERSATIONS = 10_000


def write(company: Company, folder: Path) -> None:
    """Write the helpdesk of the company into a folder."""
    rng = company.rng("intercom/conversations")
    desk = Desk(company, company.rng("intercom/desk"))
    count = min(company.size.contacts * 3 // 4, MOST_CONVERSATIONS)
    conversations = planted_conversations(desk)
    for number, day in enumerate(calendar.working_days(rng, count)):
        conversations.append(random_conversation(rng, desk, number, day))
    collections = {
        "conversations": (thread.line() for thread in conversations),
        "deleted_conversations": DELETED,
        "contacts": directory.contact_lines(desk),
        "companies": directory.company_lines(desk),
        "admins": directory.admin_lines(desk),
        "teams": directory.team_lines(desk),
        "tags": directory.tag_lines(),
        "office_hours_schedules": directory.SCHEDULES,
        "office_hours_exceptions": directory.EXCEPTIONS,
        "workspaces": directory.WORKSPACES,
    }
    for name, lines in collections.items():
        write_lines(folder / f"{name}.jsonl", lines)
