"""Opportunities that exist in every org, written out by hand: the planted truths.

The name says what a careless model gets wrong; ids and instants are the same at every
seed and size. Times are UTC; the company lives in Berlin.
"""

from dataclasses import dataclass
from datetime import date

from ingestion.sandbox.generator.calendar import at
from ingestion.sandbox.generator.company import Company, Rep
from ingestion.sandbox.generator.salesforce.deals import Deal
from ingestion.sandbox.generator.salesforce.setup import (
    LOST,
    NEW_BUSINESS,
    RENEWAL,
    WON,
)

Owner = tuple[str, int]
_START, _QUALIFIED, _PROPOSED, _NEGOTIATED = (
    "Prospecting",
    "Qualification",
    "Proposal/Quote",
    "Negotiation",
)


@dataclass(frozen=True)
class Scenario:
    """One opportunity: (instant, value) of its stages, close dates and owners.

    A stage that closes it sets the close date to its own day; `closes` come on top. An
    owner is the name of a team and the number of a rep in it.
    """

    name: str
    stages: tuple[tuple[str, str], ...]
    closes: tuple[tuple[str, str], ...] = ()
    owners: tuple[tuple[str, Owner], ...] = ()
    amount: int | None = 100_000
    currency: str = "EUR"
    country: str = "Germany"
    record_type: str = NEW_BUSINESS
    deleted: str = ""
    undeleted: str = ""


SCENARIOS = (
    Scenario(
        "Won on the evening of 31 March, still March in Berlin",
        (("2026-03-02T09:00:00Z", _START), ("2026-03-31T20:30:00Z", WON)),
        amount=123_456,
    ),
    Scenario(
        "Won, reopened, lost",
        (
            ("2026-01-12T09:00:00Z", _START),
            ("2026-02-10T10:00:00Z", WON),
            ("2026-03-05T10:00:00Z", _NEGOTIATED),
            ("2026-04-14T10:00:00Z", LOST),
        ),
        amount=900_000,
    ),
    Scenario(
        "Lost, reopened, won",
        (
            ("2025-11-03T09:00:00Z", _START),
            ("2025-12-01T10:00:00Z", LOST),
            ("2026-01-15T10:00:00Z", _QUALIFIED),
            ("2026-02-12T10:00:00Z", WON),
        ),
        amount=420_000,
    ),
    Scenario(
        "Won, reopened, still open",
        (
            ("2026-08-03T09:00:00Z", _START),
            ("2026-09-10T10:00:00Z", WON),
            ("2026-10-05T10:00:00Z", _NEGOTIATED),
        ),
        closes=(("2026-10-05T10:00:00Z", "2026-12-10"),),
        amount=510_000,
    ),
    Scenario(
        "Moved back and entered again",
        (
            ("2026-01-05T09:00:00Z", _START),
            ("2026-01-19T09:00:00Z", _QUALIFIED),
            ("2026-05-11T09:00:00Z", _PROPOSED),
            ("2026-05-18T09:00:00Z", _QUALIFIED),
            ("2026-06-02T09:00:00Z", _PROPOSED),
            ("2026-06-16T09:00:00Z", _NEGOTIATED),
            ("2026-06-30T09:00:00Z", WON),
        ),
        amount=303_030,
    ),
    Scenario(
        "Was proposed when that stage was still called Proposal",
        (
            ("2026-03-03T09:00:00Z", _START),
            ("2026-04-07T09:00:00Z", _PROPOSED),
            ("2026-05-19T09:00:00Z", WON),
        ),
        amount=777_700,
    ),
    Scenario(
        "Close date slipped from March over April to May",
        (
            ("2026-02-02T09:00:00Z", _START),
            ("2026-03-10T09:00:00Z", _QUALIFIED),
            ("2026-05-12T09:00:00Z", WON),
        ),
        closes=(
            ("2026-02-02T09:00:00Z", "2026-03-20"),
            ("2026-03-18T09:00:00Z", "2026-04-24"),
            ("2026-04-22T09:00:00Z", "2026-05-15"),
        ),
        amount=770_000,
    ),
    Scenario(
        "Won in June, close date put back into May afterwards",
        (("2026-04-06T09:00:00Z", _START), ("2026-06-02T09:00:00Z", WON)),
        closes=(("2026-06-03T09:00:00Z", "2026-05-29"),),
    ),
    Scenario(
        "Open and overdue since September",
        (("2026-07-06T09:00:00Z", _START), ("2026-07-20T09:00:00Z", _QUALIFIED)),
        closes=(("2026-07-06T09:00:00Z", "2026-09-15"),),
    ),
    Scenario(
        "Re-assigned on the morning of the day it was won",
        (("2026-06-01T09:00:00Z", _START), ("2026-07-10T09:00:00Z", WON)),
        owners=(("2026-07-10T06:00:00Z", ("UK & US Sales", 0)),),
        amount=610_000,
    ),
    Scenario(
        "Re-assigned two hours after it was won",
        (("2026-06-02T09:00:00Z", _START), ("2026-07-13T08:00:00Z", WON)),
        owners=(("2026-07-13T10:30:00Z", ("Iran Sales", 0)),),
        amount=620_000,
    ),
    Scenario(
        "Open, owned by the user who was deactivated",
        (("2026-04-07T09:00:00Z", _START), ("2026-05-27T09:00:00Z", _QUALIFIED)),
        owners=(("2026-04-07T09:00:00Z", ("DACH Sales", 0)),),
        closes=(("2026-05-27T09:00:00Z", "2026-12-18"),),
    ),
    Scenario(
        "Won without amount",
        (("2026-05-04T09:00:00Z", _START), ("2026-05-20T10:00:00Z", WON)),
        amount=None,
    ),
    Scenario(
        "Won with amount zero",
        (("2026-05-05T09:00:00Z", _START), ("2026-05-21T10:00:00Z", WON)),
        amount=0,
    ),
    Scenario(
        "Won in pounds while no new rate began",
        (("2026-01-20T09:00:00Z", _START), ("2026-02-20T09:00:00Z", WON)),
        currency="GBP",
        country="United Kingdom",
        amount=500_000,
    ),
    Scenario(
        "Won in lira",
        (("2026-01-21T09:00:00Z", _START), ("2026-02-20T10:00:00Z", WON)),
        currency="TRY",
        country="Turkey",
        amount=25_000_000,
    ),
    Scenario(
        "Renewed",
        (
            ("2026-08-04T09:00:00Z", "Renewal Due"),
            ("2026-08-18T09:00:00Z", _PROPOSED),
            ("2026-09-09T09:00:00Z", WON),
        ),
        record_type=RENEWAL,
        amount=150_050,
    ),
    Scenario(
        "Won and deleted",
        (("2026-03-04T09:00:00Z", _START), ("2026-04-16T09:00:00Z", WON)),
        amount=7_000_000,
        deleted="2026-11-10T12:00:00Z",
    ),
    Scenario(
        "Won, deleted by mistake and undeleted",
        (("2026-03-05T09:00:00Z", _START), ("2026-04-17T09:00:00Z", WON)),
        amount=432_100,
        deleted="2026-11-11T12:00:00Z",
        undeleted="2026-11-11T13:00:00Z",
    ),
    Scenario(
        "Closed as won, dated into the future",
        (("2026-10-07T09:00:00Z", _START), ("2026-11-12T09:00:00Z", WON)),
        closes=(("2026-11-12T09:30:00Z", "2026-12-15"),),
        amount=190_000,
    ),
    Scenario(
        "Won on the last day of the history",
        (("2026-11-02T09:00:00Z", _START), ("2026-11-18T09:00:00Z", WON)),
        amount=260_000,
    ),
)


def planted_deals(company: Company) -> list[Deal]:
    """Return the hand-written opportunities."""
    return [
        _deal(company, number, one) for number, one in enumerate(SCENARIOS, start=1)
    ]


def _rep(company: Company, owner: Owner) -> Rep:
    team_name, position = owner
    return [rep for rep in company.reps if rep.team_name == team_name][position]


def _deal(company: Company, number: int, scenario: Scenario) -> Deal:
    account = next(
        (one for one in company.accounts if one.country == scenario.country), None
    )
    deal = Deal(number, scenario.name, account, scenario.currency, scenario.record_type)
    created = at(scenario.stages[0][0])
    for text, stage in scenario.stages:
        deal.stages.append((at(text), stage))
        if stage in (WON, LOST):
            deal.close_dates.append((at(text), date.fromisoformat(text[:10])))
    for text, day in scenario.closes:
        deal.close_dates.append((at(text), date.fromisoformat(day)))
    if not deal.close_dates or min(deal.close_dates)[0] > created:
        deal.close_dates.append((created, deal.close_dates[0][1]))
    deal.close_dates.sort(key=lambda change: change[0])
    deal.amounts.append((created, scenario.amount))
    deal.owners.append((created, _rep(company, ("DACH Sales", 1))))
    for text, owner in scenario.owners:
        if at(text) == created:
            deal.owners.clear()
        deal.owners.append((at(text), _rep(company, owner)))
    deal.deleted_at = at(scenario.deleted) if scenario.deleted else None
    deal.undeleted_at = at(scenario.undeleted) if scenario.undeleted else None
    return deal
