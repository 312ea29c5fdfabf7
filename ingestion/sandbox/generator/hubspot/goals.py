"""Targets per owner and month, exchange rates, and the account itself.

Planted: one rep has no meetings target in September 2026 (missing is not zero); a
target was raised for one month only; someone who joined later has no earlier ones; in
October 2026 two teams have a target of their own beside those of their reps.
"""

from datetime import timedelta

from ingestion.sandbox.generator import calendar, vocabulary
from ingestion.sandbox.generator.calendar import DAY, at, iso
from ingestion.sandbox.generator.company import Company
from ingestion.sandbox.generator.hubspot.records import PORTAL_ID, crm_object

MISSING_TARGET = (1, "2026-09")


def goal_lines(company: Company) -> list[dict]:
    """Return a meetings target and a revenue target per owner and month."""
    rng = company.rng("hubspot/goals")
    lines: list[dict] = []
    for position, rep in enumerate(company.reps):
        meetings = rng.randrange(2, 7) * max(1, company.size.activities // 2500)
        revenue = rng.randrange(8, 30) * 1000
        for month in calendar.months():
            if not rep.works_on(month):
                continue
            key = (position, month.isoformat()[:7])
            raised = 5 if key == (2, "2026-05") else 0
            if key != MISSING_TARGET:
                _add(
                    lines,
                    rep.owner_id,
                    month.isoformat(),
                    "0-47",
                    f"{meetings + raised}.00",
                )
            _add(lines, rep.owner_id, month.isoformat(), "0-3", f"{revenue}.00")
    teams = {name: team_id for name, (team_id, _, _) in vocabulary.TEAMS.items()}
    _add(lines, teams["Iran Sales"], "2026-10-01", "0-47", "31.00", is_team=True)
    _add(lines, teams["Turkey Sales"], "2026-10-01", "0-3", "50000.00", is_team=True)
    return lines


def _add(
    lines: list[dict],
    assignee: str,
    month: str,
    object_type: str,
    target: str,
    *,
    is_team: bool = False,
) -> None:
    """Add one target; its bounds are UTC month bounds, as HubSpot writes them."""
    start = at(f"{month}T00:00:00+00:00")
    first_of_next = (calendar.utc_day(start) + timedelta(days=32)).replace(day=1)
    is_meetings = object_type == "0-47"
    created = start - 40 * DAY
    properties: dict[str, str | None] = {
        "hs_goal_name": f"{'Meetings booked' if is_meetings else 'Revenue'} {month[:4]}",
        "hs_goal_type": "meetings_booked" if is_meetings else "revenue",
        "hs_milestone": "monthly",
        "hs_target_amount": target,
        "hs_start_datetime": iso(start).replace(".000Z", "Z"),
        "hs_end_datetime": iso(at(f"{first_of_next}T00:00:00+00:00") - 1),
        "hs_group_correlation_uuid": f"40499cb1-d8e7-495d-a1c7-0{assignee:0>11}",
        "hubspot_owner_id": None if is_team else assignee,
        "hs_assignee_team_id": assignee if is_team else None,
        "hs_kpi_object_type_id": object_type,
        "hs_kpi_metric_type": "COUNT" if is_meetings else "SUM",
        "hs_goal_target_currency_code": None if is_meetings else "EUR",
        "hs_createdate": iso(created),
        "hs_lastmodifieddate": iso(created),
    }
    goal_id = str(87_504_600_000 + 7 * len(lines))
    lines.append(crm_object(goal_id, properties, created, created))


def currency_lines(company: Company) -> list[dict]:
    """Return the exchange rates with the days they became effective."""
    lines = []
    for number, (currency, rates) in enumerate(company.rates.items()):
        for week, (effective, rate) in enumerate(rates):
            lines.append(
                {
                    "id": str(500_000 + number * 1000 + week),
                    "fromCurrencyCode": currency,
                    "toCurrencyCode": "EUR",
                    "conversionRate": rate,
                    "effectiveAt": iso(effective),
                    "visibleInUI": True,
                    "createdAt": iso(effective),
                    "updatedAt": iso(effective),
                }
            )
    return lines


def account_lines() -> list[dict]:
    """Return the account's details."""
    return [
        {
            "portalId": PORTAL_ID,
            "timeZone": calendar.ZONE,
            "companyCurrency": "EUR",
            "additionalCurrencies": ["USD", "GBP", "TRY"],
            "utcOffset": "+01:00",
            "utcOffsetMilliseconds": 3_600_000,
            "dataHostingLocation": "eu1",
            "uiDomain": "app-eu1.hubspot.com",
            "accountType": "STANDARD",
        }
    ]
