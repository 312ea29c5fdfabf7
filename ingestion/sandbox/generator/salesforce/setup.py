"""How the org is set up: itself, users, roles, stages, record types.

Planted: the stage "Proposal" was renamed "Proposal/Quote" in May 2026 (histories keep
the old text); a deactivated user still owns open opportunities; a user of automation
that nobody is.
"""

from ingestion.sandbox.generator import calendar, vocabulary
from ingestion.sandbox.generator.calendar import DAY, at, day_start
from ingestion.sandbox.generator.company import Company, Rep
from ingestion.sandbox.generator.salesforce.records import (
    INTEGRATION_USER,
    record,
    sf_id,
)

NEW_BUSINESS = sf_id("012", 1)
RENEWAL = sf_id("012", 2)
RECORD_TYPES = {NEW_BUSINESS: "New Business", RENEWAL: "Renewal"}
# Stage: (probability, closed, won, forecast category); the org has one list.
STAGES = {
    "Prospecting": (10, False, False, "Pipeline"),
    "Qualification": (20, False, False, "Pipeline"),
    "Renewal Due": (50, False, False, "BestCase"),
    "Proposal/Quote": (60, False, False, "BestCase"),
    "Negotiation": (80, False, False, "Commit"),
    "Closed Won": (100, True, True, "Closed"),
    "Closed Lost": (0, True, False, "Omitted"),
}
FORMER_STAGE, RENAMED_STAGE = "Proposal", "Proposal/Quote"
RENAMED_AT = at("2026-05-04T07:00:00Z")
OPEN_STAGES = {
    NEW_BUSINESS: ("Prospecting", "Qualification", "Proposal/Quote", "Negotiation"),
    RENEWAL: ("Renewal Due", "Proposal/Quote"),
}
WON, LOST = "Closed Won", "Closed Lost"
FOUNDED = at("2024-02-01T09:00:00Z")


def user_id(rep: Rep) -> str:
    """Return the id of a rep's user."""
    return sf_id("005", rep.user_id)


def organization_lines() -> list[dict]:
    """Return the org itself."""
    return [
        record(
            sf_id("00D", 1),
            FOUNDED,
            FOUNDED,
            is_deleted=None,
            Name="Zafran Trading GmbH",
            OrganizationType="Enterprise Edition",
            InstanceName="DEU62",
            TimeZoneSidKey=calendar.ZONE,
            DefaultLocaleSidKey="de_DE",
            LanguageLocaleKey="en_US",
            IsSandbox=False,
        )
    ]


def role_lines() -> list[dict]:
    """Return the roles: one per team, below the head of sales."""
    head = sf_id("00E", 1)
    names = {head: "Head of Sales"} | {role_id(name): name for name in vocabulary.TEAMS}
    return [
        {
            "Id": identifier,
            "Name": name,
            "DeveloperName": "".join(one for one in name if one.isalnum()),
            "ParentRoleId": None if identifier == head else head,
            "LastModifiedDate": "2024-02-01T09:00:00.000+0000",
            "LastModifiedById": INTEGRATION_USER,
            "SystemModstamp": "2024-02-01T09:00:00.000+0000",
        }
        for identifier, name in names.items()
    ]


def role_id(team_name: str) -> str:
    """Return the id of a team's role."""
    return sf_id("00E", int(vocabulary.TEAMS[team_name][0]))


def user_lines(company: Company) -> list[dict]:
    """Return the users: reps, departed ones included, and the integration's own."""
    lines = [
        _user(
            INTEGRATION_USER,
            "Integration",
            "User",
            "api@zafran.example",
            None,
            FOUNDED,
        )
    ]
    for rep in company.reps:
        joined = day_start(rep.joined)
        changed = joined + 9 * DAY if rep.left is None else day_start(rep.left)
        lines.append(
            _user(
                user_id(rep),
                rep.first_name,
                rep.last_name,
                rep.email,
                role_id(rep.team_name),
                joined,
                changed,
                is_active=rep.left is None,
            )
        )
    return lines


def _user(
    identifier: str,
    first_name: str,
    last_name: str,
    email: str,
    role: str | None,
    created: int,
    changed: int = 0,
    *,
    is_active: bool = True,
) -> dict:
    return record(
        identifier,
        created,
        changed,
        is_deleted=None,
        Username=f"{email}.crm",
        Email=email,
        FirstName=first_name,
        LastName=last_name,
        Name=f"{first_name} {last_name}",
        UserRoleId=role,
        ManagerId=None,
        ProfileId=sf_id("00e", 1),
        Department="Sales" if role else None,
        Division=None,
        TimeZoneSidKey=calendar.ZONE,
        UserType="Standard",
        IsActive=is_active,
    )


def record_type_lines() -> list[dict]:
    """Return the record types of opportunities: what the org calls its pipelines."""
    return [
        record(
            identifier,
            FOUNDED,
            FOUNDED,
            is_deleted=None,
            Name=name,
            DeveloperName=name.replace(" ", "_"),
            SobjectType="Opportunity",
            IsActive=True,
        )
        for identifier, name in RECORD_TYPES.items()
    ]


def stage_lines() -> list[dict]:
    """Return the stages as they are called today."""
    lines = []
    for order, (name, (probability, closed, won, category)) in enumerate(
        STAGES.items(), start=1
    ):
        changed = RENAMED_AT if name == RENAMED_STAGE else FOUNDED
        lines.append(
            record(
                sf_id("01J", order),
                FOUNDED,
                changed,
                is_deleted=None,
                ApiName=name,
                MasterLabel=name,
                ForecastCategoryName=category,
                DefaultProbability=float(probability),
                SortOrder=order,
                IsActive=True,
                IsClosed=closed,
                IsWon=won,
            )
        )
    return lines
