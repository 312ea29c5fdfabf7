"""Campaigns with their members: trade shows, webinars, and what is no event.

Planted: a member whose lead was converted and who still names the lead; one that was
deleted; a newsletter campaign, which no event list may show; the counters of a campaign
are roll-ups, which change without touching SystemModstamp.
"""

import random
from datetime import date

from ingestion.sandbox.generator import calendar, vocabulary
from ingestion.sandbox.generator.calendar import DAY, HOUR
from ingestion.sandbox.generator.company import Company
from ingestion.sandbox.generator.dice import draw
from ingestion.sandbox.generator.salesforce.deals import contact_id
from ingestion.sandbox.generator.salesforce.people import lead_id
from ingestion.sandbox.generator.salesforce.records import record, sf_id
from ingestion.sandbox.generator.salesforce.setup import user_id

_TYPES = {"TRADE_SHOW": "Trade Show", "WEBINAR": "Webinar"}
_STATUSES = (("Registered", 2), ("Attended", 5), ("Cancelled", 1), ("No Show", 2))


def campaign_lines(company: Company) -> dict[str, list[dict]]:
    """Return the campaigns and their members."""
    rng = company.rng("salesforce/campaigns")
    found: dict[str, list[dict]] = {"Campaign": [], "CampaignMember": []}
    for number, (name, kind, first, last) in enumerate(vocabulary.TRADE_SHOWS, start=1):
        _add(rng, company, found, number, name, _TYPES[kind], first, last)
    number = len(vocabulary.TRADE_SHOWS) + 1
    for name, source, medium, _, first, last, _ in vocabulary.CAMPAIGNS:
        if medium == "email":
            _add(
                rng, company, found, number, f"{name} ({source})", "Email", first, last
            )
            number += 1
    # The first contact came as a lead; his member still names that.
    found["CampaignMember"][0] |= {
        "LeadId": lead_id(company.contacts[0]),
        "ContactId": None,
    }
    found["CampaignMember"][1]["IsDeleted"] = True
    return found


def _add(
    rng: random.Random,
    company: Company,
    found: dict[str, list[dict]],
    number: int,
    name: str,
    kind: str,
    first: str,
    last: str,
) -> None:
    """Add a campaign and its members."""
    start = calendar.day_start(date.fromisoformat(first)) + 9 * HOUR
    people = [person for person in company.contacts if person.created < start]
    chosen = rng.sample(people, min(len(people), 12 + company.size.contacts // 50))
    members = found["CampaignMember"]
    for person in chosen:
        status = draw(rng, _STATUSES) if kind != "Email" else "Sent"
        has_responded = status in ("Registered", "Attended")
        members.append(
            record(
                sf_id("00v", len(members) + 1),
                start - 10 * DAY,
                start + 2 * DAY,
                CampaignId=sf_id("701", number),
                LeadId=None,
                ContactId=contact_id(person),
                Status=status,
                HasResponded=has_responded,
                FirstRespondedDate=first if has_responded else None,
            )
        )
    found["Campaign"].append(
        record(
            sf_id("701", number),
            start - 60 * DAY,
            start + 3 * DAY,
            Name=name,
            ParentId=None,
            Type=kind,
            Status="Completed",
            StartDate=first,
            EndDate=last,
            BudgetedCost=float(rng.randrange(2, 20) * 1000),
            ActualCost=float(rng.randrange(2, 20) * 1000),
            ExpectedRevenue=None,
            NumberOfContacts=len(chosen),
            IsActive=False,
            OwnerId=user_id(company.reps[1]),
            CurrencyIsoCode="EUR",
        )
    )
