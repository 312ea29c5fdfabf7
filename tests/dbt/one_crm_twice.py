"""The same hand-made deals, written once as HubSpot's data and once as Salesforce's."""

import json
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

START, QUALIFIED, WON, LOST = "Start", "Qualified", "Won", "Lost"
# Stage: (share, closed, won).
STAGES = {
    START: (0.1, False, False),
    QUALIFIED: (0.5, False, False),
    WON: (1.0, True, True),
    LOST: (0.0, True, False),
}
REPS = {"ada": "Ada Red", "ben": "Ben Blue"}
# One euro buys 1.25 dollars; a dollar costs 0.8 euros.
DOLLARS_PER_EURO, EUROS_PER_DOLLAR = 1.25, 0.8
RATE_DAYS = ("2026-02-02", "2026-02-09", "2026-02-16", "2026-02-23")


@dataclass(frozen=True)
class Deal:
    """A deal: (instant, value) of its stages, owners, close days and amounts."""

    name: str
    stages: tuple[tuple[str, str], ...]
    amount: float | None = 1000.0
    currency: str = "EUR"
    owners: tuple[tuple[str, str], ...] = ()
    closes: tuple[tuple[str, str], ...] = ()
    lost_reason: str | None = None
    is_deleted: bool = False

    @property
    def created(self) -> str:
        """Its first instant."""
        return self.stages[0][0]

    @property
    def all_owners(self) -> list[tuple[str, str]]:
        """Its owners, the first included."""
        return [(self.created, "ada"), *self.owners]

    @property
    def close_days(self) -> list[tuple[str, str]]:
        """When it was said to close on which day: a closing stage says its own."""
        said = [(at, at[:10]) for at, stage in self.stages if stage in (WON, LOST)]
        return sorted([(self.created, "2026-12-01"), *said, *self.closes])


DEALS = (
    Deal(
        "Won on the last evening of March",
        (
            ("2026-03-02T09:00:00Z", START),
            ("2026-03-10T09:00:00Z", QUALIFIED),
            ("2026-03-31T20:30:00Z", WON),
        ),
        amount=1234.56,
    ),
    Deal(
        "Lost in April",
        (("2026-03-03T09:00:00Z", START), ("2026-04-14T10:00:00Z", LOST)),
        lost_reason="Price",
    ),
    Deal(
        "Won, reopened, lost",
        (
            ("2026-01-12T09:00:00Z", START),
            ("2026-02-10T10:00:00Z", WON),
            ("2026-03-05T10:00:00Z", QUALIFIED),
            ("2026-04-15T10:00:00Z", LOST),
        ),
        amount=9000.0,
        lost_reason="Competitor",
    ),
    Deal(
        "Lost, reopened, won in dollars",
        (
            ("2025-11-03T09:00:00Z", START),
            ("2025-12-01T10:00:00Z", LOST),
            ("2026-01-15T10:00:00Z", QUALIFIED),
            ("2026-02-12T10:00:00Z", WON),
        ),
        amount=500.0,
        currency="USD",
    ),
    Deal(
        "Re-assigned on the morning of its close",
        (("2026-03-04T09:00:00Z", START), ("2026-03-20T13:00:00Z", WON)),
        owners=(("2026-03-20T07:00:00Z", "ben"),),
        amount=610.0,
    ),
    Deal(
        "Re-assigned an hour after its close",
        (("2026-03-05T09:00:00Z", START), ("2026-03-23T08:00:00Z", WON)),
        owners=(("2026-03-23T09:00:00Z", "ben"),),
        amount=620.0,
    ),
    Deal(
        "Close date put back by a week afterwards",
        (("2026-03-02T10:00:00Z", START), ("2026-04-02T09:00:00Z", WON)),
        closes=(("2026-04-03T09:00:00Z", "2026-03-27"),),
    ),
    Deal(
        "Won without amount",
        (("2026-03-06T09:00:00Z", START), ("2026-04-20T09:00:00Z", WON)),
        amount=None,
    ),
    Deal(
        "Won and deleted",
        (("2026-03-09T09:00:00Z", START), ("2026-04-21T09:00:00Z", WON)),
        amount=70_000.0,
        is_deleted=True,
    ),
    Deal("Open", (("2026-04-01T09:00:00Z", START),), amount=300.0),
)


def write_both(folder: Path) -> None:
    """Write the data directory."""
    folder.mkdir(parents=True)
    (folder / "sandbox.toml").write_text(
        "as_of = 2026-05-04T18:00:00Z\n"
        'reporting_timezone = "Europe/Berlin"\nbase_currency = "EUR"\n',
        "utf-8",
    )
    for vendor, files in (("hubspot", _hubspot()), ("salesforce", _salesforce())):
        for name, lines in files.items():
            path = folder / vendor / f"{name}.jsonl"
            path.parent.mkdir(exist_ok=True)
            path.write_text("".join(f"{json.dumps(one)}\n" for one in lines), "utf-8")


def _hubspot() -> dict[str, list[dict[str, Any]]]:
    created = "2024-01-01T00:00:00Z"
    stages = [
        {
            "id": name.lower(),
            "label": name,
            "displayOrder": order,
            "metadata": {"isClosed": str(closed).lower(), "probability": str(share)},
        }
        for order, (name, (share, closed, _)) in enumerate(STAGES.items())
    ]
    pipeline = {"id": "default", "label": "Sales", "displayOrder": 0, "stages": stages}
    return {
        "account_info": [
            {"portalId": 1, "timeZone": "Europe/Berlin", "companyCurrency": "EUR"}
        ],
        "pipelines": [pipeline],
        "owners": [
            {
                "id": owner,
                "email": f"{owner}@hubspot.example",
                "firstName": name.split()[0],
                "lastName": name.split()[1],
                "createdAt": created,
                "updatedAt": created,
                "archived": False,
                "teams": [{"id": "7", "name": "Team HubSpot", "primary": True}],
            }
            for owner, name in REPS.items()
        ],
        "currencies": [
            {
                "id": str(number),
                "fromCurrencyCode": "USD",
                "toCurrencyCode": "EUR",
                "conversionRate": EUROS_PER_DOLLAR,
                "effectiveAt": f"{day}T05:00:00Z",
            }
            for number, day in enumerate(RATE_DAYS, start=1)
        ],
        "deals": [_hubspot_deal(number, deal) for number, deal in enumerate(DEALS, 1)],
    }


def _hubspot_deal(number: int, deal: Deal) -> dict[str, Any]:
    # The close date is an instant: of a close its own, of a plan noon.
    closes = [
        (at, at if at[:10] == day and at != deal.created else f"{day}T11:00:00Z")
        for at, day in deal.close_days
    ]
    amount = "" if deal.amount is None else f"{deal.amount:.2f}"
    history = {
        "dealstage": [(at, stage.lower()) for at, stage in deal.stages],
        "hubspot_owner_id": deal.all_owners,
        "closedate": closes,
        "amount": [(deal.created, amount)],
    }
    changed = max(at for values in history.values() for at, _ in values)
    return {
        "id": str(number),
        "createdAt": deal.created,
        "updatedAt": changed,
        "archived": deal.is_deleted,
        "archivedAt": changed if deal.is_deleted else None,
        "properties": {
            "dealname": deal.name,
            "pipeline": "default",
            "deal_currency_code": deal.currency,
            "closed_lost_reason": deal.lost_reason,
            "createdate": deal.created,
            "hs_lastmodifieddate": changed,
            **{name: values[-1][1] for name, values in history.items()},
        },
        "propertiesWithHistory": {
            name: [{"value": value, "timestamp": at} for at, value in reversed(values)]
            for name, values in history.items()
        },
    }


def _salesforce() -> dict[str, list[dict[str, Any]]]:
    stamps = {
        "CreatedDate": "2024-01-01T00:00:00.000+0000",
        "LastModifiedDate": "2024-01-01T00:00:00.000+0000",
        "SystemModstamp": "2024-01-01T00:00:00.000+0000",
    }
    users = {owner: _id("005", number) for number, owner in enumerate(REPS, 1)}
    found: dict[str, list[dict[str, Any]]] = {
        "Organization": [
            {"Id": _id("00D", 1), "TimeZoneSidKey": "Europe/Berlin", **stamps}
        ],
        "UserRole": [{"Id": _id("00E", 1), "Name": "Team Salesforce", **stamps}],
        "User": [
            {
                "Id": users[owner],
                "Name": name,
                "Email": f"{owner}@salesforce.example",
                "UserRoleId": _id("00E", 1),
                "IsActive": True,
                **stamps,
            }
            for owner, name in REPS.items()
        ],
        "RecordType": [
            {
                "Id": _id("012", 1),
                "Name": "Sales",
                "SobjectType": "Opportunity",
                "IsActive": True,
                **stamps,
            }
        ],
        "OpportunityStage": [
            {
                "Id": _id("01J", order),
                "ApiName": name,
                "MasterLabel": name,
                "IsActive": True,
                "IsClosed": closed,
                "IsWon": won,
                "SortOrder": order,
                "DefaultProbability": share * 100,
                **stamps,
            }
            for order, (name, (share, closed, won)) in enumerate(STAGES.items(), 1)
        ],
        "CurrencyType": [
            {
                "Id": _id("01L", number),
                "IsoCode": code,
                "ConversionRate": rate,
                "IsCorporate": code == "EUR",
                **stamps,
            }
            for number, (code, rate) in enumerate(
                (("EUR", 1.0), ("USD", DOLLARS_PER_EURO)), 1
            )
        ],
        "DatedConversionRate": [
            {
                "Id": _id("04w", 1),
                "IsoCode": "USD",
                "ConversionRate": DOLLARS_PER_EURO,
                "StartDate": RATE_DAYS[0],
                "NextStartDate": "2026-03-02",
                **stamps,
            }
        ],
        "Opportunity": [],
        "OpportunityHistory": [],
        "OpportunityFieldHistory": [],
    }
    for number, deal in enumerate(DEALS, 1):
        found["Opportunity"].append(_opportunity(number, deal, users))
        found["OpportunityHistory"] += _history(number, deal)
        found["OpportunityFieldHistory"] += _tracked(number, deal, users)
    return found


def _opportunity(number: int, deal: Deal, users: dict[str, str]) -> dict[str, Any]:
    stage = deal.stages[-1][1]
    changes = [*deal.stages, *deal.all_owners, *deal.close_days]
    changed = _moment(max(at for at, _ in changes))
    return {
        "Id": _id("006", number),
        "IsDeleted": deal.is_deleted,
        "Name": deal.name,
        "RecordTypeId": _id("012", 1),
        "StageName": stage,
        "Amount": deal.amount,
        "Probability": STAGES[stage][0] * 100,
        "IsClosed": STAGES[stage][1],
        "IsWon": STAGES[stage][2],
        "CloseDate": deal.close_days[-1][1],
        "OwnerId": users[deal.all_owners[-1][1]],
        "CurrencyIsoCode": deal.currency,
        "LastStageChangeDate": _moment(deal.stages[-1][0]),
        "Loss_Reason__c": deal.lost_reason,
        "CreatedDate": _moment(deal.created),
        "LastModifiedDate": changed,
        "SystemModstamp": changed,
    }


def _history(number: int, deal: Deal) -> list[dict[str, Any]]:
    instants = sorted({at for at, _ in [*deal.stages, *deal.close_days]})
    return [
        {
            "Id": _id("008", number * 100 + position),
            "IsDeleted": deal.is_deleted,
            "OpportunityId": _id("006", number),
            "StageName": [stage for at, stage in deal.stages if at <= instant][-1],
            "CloseDate": [day for at, day in deal.close_days if at <= instant][-1],
            "Amount": deal.amount,
            "CreatedDate": _moment(instant),
            "SystemModstamp": _moment(instant),
        }
        for position, instant in enumerate(instants)
    ]


def _tracked(number: int, deal: Deal, users: dict[str, str]) -> list[dict[str, Any]]:
    """Return changes of the owner by id; in 15 characters, as old exports have them."""
    owners = deal.all_owners
    return [
        {
            "Id": _id("017", number * 100 + position),
            "IsDeleted": deal.is_deleted,
            "OpportunityId": _id("006", number),
            "Field": "Owner",
            "OldValue": users[old][:15],
            "NewValue": users[new][:15],
            "CreatedDate": _moment(at),
        }
        for position, ((_, old), (at, new)) in enumerate(pairwise(owners))
    ]


def _moment(text: str) -> str:
    return datetime.fromisoformat(text).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def _id(prefix: str, number: int) -> str:
    """Return an id whose only capitals are those of its prefix."""
    short = f"{prefix}{number:012d}"
    bits = sum(1 << place for place, one in enumerate(short[:5]) if one.isupper())
    return short + "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[bits] + "AA"
