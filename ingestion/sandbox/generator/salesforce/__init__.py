"""Salesforce's part of the sandbox company: one file per SObject.

The company's accounts, people, sales people and products are the same as everywhere;
its opportunities are an org's own. Modules are one per subject; each says in its
docstring what it plants. Planted here: an opportunity that was purged from the recycle
bin and stands in the delete log only.
"""

from collections.abc import Iterable
from pathlib import Path

from ingestion.sandbox.generator.company import Company
from ingestion.sandbox.generator.salesforce import deals, money, people, setup
from ingestion.sandbox.generator.salesforce.activities import Diary
from ingestion.sandbox.generator.salesforce.campaigns import campaign_lines
from ingestion.sandbox.generator.salesforce.records import sf_id
from ingestion.sandbox.generator.salesforce.scenarios import planted_deals
from ingestion.sandbox.generator.salesforce.walk import Walk
from ingestion.sandbox.generator.writing import write_lines

PURGED_OPPORTUNITY = sf_id("006", 90)


def write(company: Company, folder: Path) -> None:
    """Write the org of the company into a folder."""
    found = planted_deals(company) + Walk(company).deals()
    write_lines(folder / "Opportunity.jsonl", map(deals.deal_line, found))
    write_lines(folder / "OpportunityHistory.jsonl", _history(found))
    write_lines(folder / "OpportunityFieldHistory.jsonl", _field_history(found))
    for name, of_deal in (
        ("OpportunityLineItem", deals.line_item_lines),
        ("OpportunityContactRole", deals.role_lines),
    ):
        lines = (line for deal in found for line in of_deal(deal))
        write_lines(folder / f"{name}.jsonl", lines)
    small = {
        "Organization": setup.organization_lines(),
        "User": setup.user_lines(company),
        "UserRole": setup.role_lines(),
        "RecordType": setup.record_type_lines(),
        "OpportunityStage": setup.stage_lines(),
        "CurrencyType": money.currency_lines(company),
        "DatedConversionRate": money.dated_rate_lines(company),
        "DeletedRecords": [
            {
                "sobject": "Opportunity",
                "id": PURGED_OPPORTUNITY,
                "deletedDate": "2026-11-17T09:00:00.000+0000",
            }
        ],
        **money.product_lines(company),
        **money.quota_lines(company),
        **campaign_lines(company),
        "Account": people.account_lines(company),
        "Contact": people.contact_lines(company),
        "Lead": people.lead_lines(company),
        **Diary(company, found).write(),
    }
    for name, lines in small.items():
        write_lines(folder / f"{name}.jsonl", lines)


def _history(found: list[deals.Deal]) -> Iterable[dict]:
    number = 1
    for deal in found:
        lines = deals.history_lines(deal, number)
        number += len(lines)
        yield from lines


def _field_history(found: list[deals.Deal]) -> Iterable[dict]:
    number = 1
    for deal in found:
        lines = deals.field_history_lines(deal, number)
        number += len(lines)
        yield from lines
