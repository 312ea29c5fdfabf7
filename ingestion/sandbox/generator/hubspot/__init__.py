"""HubSpot's part of the sandbox company: one file per collection of its API.

Modules are one per subject; each says in its docstring what it plants. Planted here:
nothing. Deals come first, because activities and line items refer to them.
"""

from collections.abc import Iterator
from pathlib import Path

from ingestion.sandbox.generator import calendar
from ingestion.sandbox.generator.company import Company
from ingestion.sandbox.generator.hubspot import goals, marketing, people
from ingestion.sandbox.generator.hubspot.activities import Diary, activity_lines
from ingestion.sandbox.generator.hubspot.deal_walk import random_deals
from ingestion.sandbox.generator.hubspot.deals import deal_line, line_item_lines
from ingestion.sandbox.generator.hubspot.definitions import property_lines
from ingestion.sandbox.generator.hubspot.pipelines import pipeline_lines
from ingestion.sandbox.generator.hubspot.planted_activities import plant_activities
from ingestion.sandbox.generator.hubspot.planted_deals import planted_deals
from ingestion.sandbox.generator.hubspot.records import Links
from ingestion.sandbox.generator.writing import write_lines


def write(company: Company, folder: Path) -> None:
    """Write the CRM of the company into a folder."""
    links = Links()
    for name, lines in _objects(company, links):
        write_lines(folder / f"{name}.jsonl", lines)
        write_lines(folder / f"properties_{name}.jsonl", property_lines(lines))
    events, participations = marketing.event_lines(company)
    plain = {
        "owners": people.owner_lines(company),
        "teams": people.team_lines(company),
        "pipelines": pipeline_lines(),
        "account_info": goals.account_lines(),
        "currencies": goals.currency_lines(company),
        "marketing_events": events,
        "marketing_event_participations": participations,
        "marketing_emails": marketing.email_lines(company),
    }
    for name, lines in plain.items():
        write_lines(folder / f"{name}.jsonl", lines)
    for (from_type, to_type), results in links.results().items():
        write_lines(folder / f"associations_{from_type}_{to_type}.jsonl", results)


def _objects(company: Company, links: Links) -> Iterator[tuple[str, list[dict]]]:
    """Yield the CRM objects per type, each type by id; one type is held at a time."""
    deals = planted_deals(company) + random_deals(company)
    diary = Diary(company, company.rng("hubspot/activities"), deals)
    plant_activities(company, diary)
    for day in calendar.working_days(diary.rng, company.size.activities):
        diary.draw(day)
    yield "line_items", line_item_lines(deals, links)
    yield "contacts", people.contact_lines(company, links)
    yield "companies", people.company_lines(company)
    yield "deals", [deal_line(company, deal, links) for deal in deals]
    yield "products", people.product_lines(company)
    yield from activity_lines(diary.activities, links).items()
    yield "goal_targets", goals.goal_lines(company)
