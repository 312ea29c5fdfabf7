"""Deals that exist in every company, written out by hand: the planted truths.

Each scenario names what a careless model gets wrong. The deal's name is the scenario's,
its id is the same at every seed and size. Times are UTC; the company lives in Berlin.
"""

from dataclasses import dataclass

from ingestion.sandbox.generator.hubspot.pipelines import (
    DELETED_STAGE,
    RENEWALS,
    SALES,
    Pipeline,
)

UNKNOWN_OWNER = "40000001"
_START, _QUALIFIED, _SHOWN, _CONTRACT = (s.stage_id for s in SALES.open_stages)
WON, LOST = SALES.won.stage_id, SALES.lost.stage_id
_DUE, _PROPOSED = (s.stage_id for s in RENEWALS.open_stages)
RENEWED = RENEWALS.won.stage_id


@dataclass(frozen=True)
class Scenario:
    """One deal: what happened when.

    `stages` holds (instant, stage id); `changes` further (property, instant, value);
    an owner is written as the name of a team and the number of a rep within it, or as
    the id of somebody whom the CRM does not list.
    """

    name: str
    stages: tuple[tuple[str, str], ...]
    close: str = ""
    amount: str | None = "1000.00"
    currency: str = "EUR"
    country: str | None = "Germany"
    owner: tuple[str, int] | str | None = ("DACH Sales", 1)
    changes: tuple[tuple[str, str, str | tuple[str, int]], ...] = ()
    pipeline: Pipeline = SALES
    traits: tuple[str, ...] = ()


SCENARIOS = (
    # The UTC day and month of a closing are not the Berlin ones.
    Scenario(
        "Won 00:30 on 1 April in Berlin, 31 March in UTC",
        (("2026-03-02T09:00:00Z", _START), ("2026-03-31T22:30:00Z", WON)),
        amount="1234.56",
    ),
    Scenario(
        "Won 00:30 on 1 November in Berlin, 31 October in UTC",
        (("2025-10-01T08:00:00Z", _START), ("2025-10-31T23:30:00Z", WON)),
        amount="2345.67",
    ),
    Scenario(
        "Won at New Year in Berlin, in the old year in UTC",
        (("2025-12-01T08:00:00Z", _START), ("2025-12-31T23:15:00Z", WON)),
        amount="3456.78",
    ),
    # Days to close counts calendar days: 23 and 25 hours are one day each.
    Scenario(
        "Created before the short day, won after it",
        (("2026-03-28T22:30:00Z", _START), ("2026-03-29T22:30:00Z", WON)),
    ),
    Scenario(
        "Created before the long day, won in its repeated hour",
        (("2025-10-25T20:00:00Z", _START), ("2025-10-26T01:30:00Z", WON)),
    ),
    # A reopened deal counts by its last closing only; its history stays.
    Scenario(
        "Won, reopened, lost",
        (
            ("2026-01-12T09:00:00Z", _START),
            ("2026-02-10T10:00:00Z", WON),
            ("2026-03-05T10:00:00Z", _CONTRACT),
            ("2026-04-14T10:00:00Z", LOST),
        ),
        amount="9000.00",
    ),
    Scenario(
        "Lost, reopened, won",
        (
            ("2025-11-03T09:00:00Z", _START),
            ("2025-12-01T10:00:00Z", LOST),
            ("2026-01-15T10:00:00Z", _QUALIFIED),
            ("2026-02-12T10:00:00Z", WON),
        ),
        amount="4200.00",
    ),
    Scenario(
        "Won, reopened, still open",
        (
            ("2026-08-03T09:00:00Z", _START),
            ("2026-09-10T10:00:00Z", WON),
            ("2026-10-05T10:00:00Z", _CONTRACT),
        ),
        close="2026-12-10T11:00:00Z",
        amount="5100.00",
    ),
    # Unknown is not zero: both are won, only one has a known value.
    Scenario(
        "Won without amount",
        (("2026-05-04T09:00:00Z", _START), ("2026-05-20T10:00:00Z", WON)),
        amount=None,
    ),
    Scenario(
        "Won with amount zero",
        (("2026-05-05T09:00:00Z", _START), ("2026-05-21T10:00:00Z", WON)),
        amount="0",
    ),
    Scenario(
        "Won with a cleared amount",
        (("2026-05-06T09:00:00Z", _START), ("2026-05-22T10:00:00Z", WON)),
        changes=(("amount", "2026-05-22T11:00:00Z", ""),),
    ),
    Scenario(
        "Lost with text as amount",
        (("2026-05-07T09:00:00Z", _START), ("2026-05-25T10:00:00Z", LOST)),
        amount="N/A",
    ),
    # The close date slips twice: due in March and in April, won in May.
    Scenario(
        "Slipped from March over April to May",
        (
            ("2026-02-02T09:00:00Z", _START),
            ("2026-03-10T09:00:00Z", _QUALIFIED),
            ("2026-05-12T09:00:00Z", WON),
        ),
        changes=(
            ("closedate", "2026-02-02T09:00:00Z", "2026-03-20T11:00:00Z"),
            ("closedate", "2026-03-18T09:00:00Z", "2026-04-24T10:00:00Z"),
            ("closedate", "2026-04-22T09:00:00Z", "2026-05-15T10:00:00Z"),
        ),
        amount="7700.00",
    ),
    Scenario(
        "Won in June, close date put back into May afterwards",
        (("2026-04-06T09:00:00Z", _START), ("2026-06-02T09:00:00Z", WON)),
        changes=(("closedate", "2026-06-03T09:00:00Z", "2026-05-29T10:00:00Z"),),
    ),
    Scenario(
        "Open and overdue since September",
        (("2026-07-06T09:00:00Z", _START), ("2026-07-20T09:00:00Z", _QUALIFIED)),
        close="2026-09-15T10:00:00Z",
    ),
    # The owner at the closing gets the deal, not the owner of today.
    Scenario(
        "Owner of another team closes",
        (
            ("2026-06-01T09:00:00Z", _START),
            ("2026-06-20T09:00:00Z", _SHOWN),
            ("2026-07-10T09:00:00Z", WON),
        ),
        changes=(("hubspot_owner_id", "2026-06-21T09:00:00Z", ("UK & US Sales", 0)),),
        amount="6100.00",
    ),
    Scenario(
        "Owner changed after the closing",
        (("2026-06-02T09:00:00Z", _START), ("2026-07-13T09:00:00Z", WON)),
        changes=(("hubspot_owner_id", "2026-08-03T09:00:00Z", ("Iran Sales", 0)),),
        amount="6200.00",
    ),
    Scenario(
        "Closed by the owner who left",
        (("2026-04-07T09:00:00Z", _START), ("2026-05-27T09:00:00Z", WON)),
        owner=("DACH Sales", 0),
        amount="6300.00",
    ),
    Scenario(
        "Moved from Renewals to Sales on the way",
        (
            ("2026-03-03T09:00:00Z", _DUE),
            ("2026-03-23T09:00:00Z", _PROPOSED),
            ("2026-04-09T09:00:00Z", _SHOWN),
            ("2026-05-18T09:00:00Z", WON),
        ),
        pipeline=RENEWALS,
        amount="8800.00",
    ),
    Scenario(
        "In stage closedwon, which is open in Renewals",
        (("2026-09-01T09:00:00Z", _DUE), ("2026-10-12T09:00:00Z", _PROPOSED)),
        close="2026-12-01T11:00:00Z",
        pipeline=RENEWALS,
        amount="990.00",
    ),
    Scenario(
        "Renewed",
        (
            ("2026-08-04T09:00:00Z", _DUE),
            ("2026-08-18T09:00:00Z", _PROPOSED),
            ("2026-09-09T09:00:00Z", RENEWED),
        ),
        pipeline=RENEWALS,
        amount="1500.50",
    ),
    Scenario(
        "Backward and entered again",
        (
            ("2026-01-05T09:00:00Z", _START),
            ("2026-01-19T09:00:00Z", _QUALIFIED),
            ("2026-02-02T09:00:00Z", _SHOWN),
            ("2026-02-16T09:00:00Z", _QUALIFIED),
            ("2026-03-02T09:00:00Z", _SHOWN),
            ("2026-03-16T09:00:00Z", _CONTRACT),
            ("2026-03-30T09:00:00Z", WON),
        ),
        amount="3030.30",
    ),
    Scenario(
        "Skipped two stages",
        (
            ("2026-02-03T09:00:00Z", _START),
            ("2026-02-24T09:00:00Z", _CONTRACT),
            ("2026-03-06T09:00:00Z", WON),
        ),
    ),
    Scenario(
        "Was in a stage that was deleted",
        (
            ("2025-01-08T09:00:00Z", _START),
            ("2025-01-22T09:00:00Z", DELETED_STAGE),
            ("2025-02-12T09:00:00Z", LOST),
        ),
    ),
    # No GBP rate within seven days: counted, never converted by 1.0.
    Scenario(
        "Won in pounds while there is no rate",
        (("2026-01-20T09:00:00Z", _START), ("2026-02-20T09:00:00Z", WON)),
        currency="GBP",
        country="United Kingdom",
        owner=("UK & US Sales", 0),
        amount="5000.00",
    ),
    Scenario(
        "Won in lira",
        (("2026-01-21T09:00:00Z", _START), ("2026-02-20T10:00:00Z", WON)),
        currency="TRY",
        country="Turkey",
        owner=("Turkey Sales", 0),
        amount="250000.00",
    ),
    Scenario(
        "Won in dollars",
        (("2026-01-22T09:00:00Z", _START), ("2026-02-20T11:00:00Z", WON)),
        currency="USD",
        country="United States",
        owner=("UK & US Sales", 1),
        amount="12500.00",
    ),
    # Records that do not count, or count under another id.
    Scenario(
        "Won and archived",
        (("2026-03-04T09:00:00Z", _START), ("2026-04-16T09:00:00Z", WON)),
        amount="70000.00",
        traits=("archived",),
    ),
    Scenario(
        "Merged from two deals",
        (("2026-03-05T09:00:00Z", _START), ("2026-04-17T09:00:00Z", WON)),
        amount="4321.00",
        traits=("merged",),
    ),
    Scenario(
        "Linked to a company and a contact that were merged away",
        (("2026-03-06T09:00:00Z", _START), ("2026-04-20T09:00:00Z", WON)),
        amount="1111.00",
        traits=("stale_links",),
    ),
    Scenario(
        "Nobody's deal, of no company",
        (("2026-03-09T09:00:00Z", _START), ("2026-04-21T09:00:00Z", WON)),
        country=None,
        owner=None,
        amount="2222.00",
    ),
    Scenario(
        "Won before it was created",
        (("2026-05-11T09:00:00Z", _START), ("2026-05-11T09:05:00Z", WON)),
        changes=(("closedate", "2026-05-11T09:06:00Z", "2026-05-04T09:00:00Z"),),
        amount="1750.00",
    ),
    Scenario(
        "Open without a close date",
        (("2026-10-06T09:00:00Z", _START),),
        amount="1800.00",
    ),
    Scenario(
        "Won, dated into the future",
        (("2026-10-07T09:00:00Z", _START), ("2026-11-12T09:00:00Z", WON)),
        changes=(("closedate", "2026-11-12T09:30:00Z", "2026-12-15T11:00:00Z"),),
        amount="1900.00",
    ),
    Scenario(
        "Open in a stage that was deleted",
        (("2026-09-03T09:00:00Z", _START), ("2026-09-24T09:00:00Z", DELETED_STAGE)),
        close="2026-12-18T11:00:00Z",
        amount="2050.00",
    ),
    Scenario(
        "Owned by somebody the CRM does not list",
        (("2026-03-10T09:00:00Z", _START), ("2026-04-22T09:00:00Z", WON)),
        owner=UNKNOWN_OWNER,
        amount="2150.00",
    ),
    Scenario(
        "Won without a currency",
        (("2026-03-11T09:00:00Z", _START), ("2026-04-23T09:00:00Z", WON)),
        currency="",
        amount="2250.00",
    ),
    Scenario(
        "Won on the last day of the history",
        (("2026-11-02T09:00:00Z", _START), ("2026-11-18T09:00:00Z", WON)),
        amount="2600.00",
    ),
)
