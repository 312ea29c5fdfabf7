"""Contacts, companies, teammates, teams, tags and office hours.

Planted: the contact of person 3 swallowed a lead (see `planted`); the contact of
person 41 marked our mail as spam. The office is open Monday to Friday 9 to 18 and
Saturday 10 to 14 in Berlin, closed every 25 December and on 3 October 2026.
"""

from typing import Any

from ingestion.sandbox.generator import calendar, vocabulary
from ingestion.sandbox.generator.calendar import HOUR, at
from ingestion.sandbox.generator.company import Person
from ingestion.sandbox.generator.intercom import planted
from ingestion.sandbox.generator.intercom.desk import (
    TAGS,
    TEAMS,
    Desk,
    admin_id,
    company_id,
    contact_id,
    seconds,
    team_id,
)
from ingestion.sandbox.generator.intercom.thread import tag

_MADE = seconds(at("2024-10-01T08:00:00+00:00"))
WORKSPACES: list[dict[str, Any]] = [
    {
        "type": "app",
        "id_code": "zafran01",
        "name": "Zafran",
        "created_at": _MADE,
        "timezone": calendar.ZONE,
        "region": "EU",
    }
]
SCHEDULES: list[dict[str, Any]] = [
    {
        "type": "office_hours_schedule",
        "id": "1201",
        "name": "Support hours",
        "time_zone_name": calendar.ZONE,
        "time_intervals": [
            {
                "start_minute": day * 1440 + start * 60,
                "end_minute": day * 1440 + end * 60,
                "day_of_week": day,
            }
            for day, start, end in (*((day, 9, 18) for day in range(5)), (5, 10, 14))
        ],
        "twenty_four_seven": False,
        "created_at": _MADE,
        "updated_at": _MADE,
    }
]
EXCEPTIONS: list[dict[str, Any]] = [
    {
        "type": "office_hours_exception",
        "id": str(identifier),
        "office_hours_schedule_id": "1201",
        "exception_date": day,
        "exception_type": "closed",
        "name": name,
        "time_intervals": None,
        "recurring_annually": recurring,
        "created_at": _MADE,
        "updated_at": _MADE,
    }
    for identifier, day, name, recurring in (
        (31, "2024-12-25", "Christmas Day", True),
        (32, "2026-10-03", "German Unity Day", False),
    )
]


def contact_lines(desk: Desk) -> list[dict[str, Any]]:
    """Return the people who wrote, as contacts."""
    people = sorted(desk.requesters.values(), key=lambda person: person.number)
    return [_contact(person) for person in people]


def _contact(person: Person) -> dict[str, Any]:
    created = max(person.created, calendar.AS_OF - 800 * calendar.DAY)
    merges = []
    updated = created
    if person.number == planted.MERGED_INTO_PERSON:
        updated = at(planted.MERGED_AT)
        merges = [
            {
                "type": "merge_history",
                "source_contact_id": planted.MERGED_CONTACT,
                "source_contact_role": "lead",
                "merged_at": seconds(updated),
            }
        ]
    companies = [company_id(person.account)] if person.account else []
    zone, locale, *_ = vocabulary.COUNTRIES[person.country]
    return {
        "type": "contact",
        "id": contact_id(person),
        "external_id": person.user_id,
        "workspace_id": "zafran01",
        "role": "user" if person.user_id or merges else "lead",
        "email": person.email,
        "email_domain": person.email.rpartition("@")[2].lower(),
        "phone": None,
        "name": f"{person.first_name} {person.last_name}",
        "owner_id": None,
        "has_hard_bounced": False,
        "marked_email_as_spam": person.number == 41,
        "unsubscribed_from_emails": person.number % 9 == 0,
        "created_at": seconds(created),
        "updated_at": seconds(updated),
        "signed_up_at": seconds(created) if person.user_id else None,
        "last_seen_at": seconds(min(created + 40 * HOUR, calendar.AS_OF)),
        "language_override": locale[:2],
        "custom_attributes": {},
        "tags": {"type": "list", "data": [], "total_count": 0, "has_more": False},
        "companies": {
            "type": "list",
            "data": [
                {"type": "company", "id": one, "url": f"/companies/{one}"}
                for one in companies
            ],
            "total_count": len(companies),
            "has_more": False,
        },
        "location": {
            "type": "location",
            "country": person.country,
            "region": zone.partition("/")[0],
            "city": person.city,
        },
        "merge_history": merges,
    }


def company_lines(desk: Desk) -> list[dict[str, Any]]:
    """Return the companies of the people who wrote."""
    accounts = sorted(desk.accounts(), key=lambda account: account.company_id)
    users: dict[str, int] = {}
    for person in desk.requesters.values():
        if person.account:
            key = person.account.company_id
            users[key] = users.get(key, 0) + 1
    return [
        {
            "type": "company",
            "id": company_id(account),
            "company_id": account.company_id,
            "app_id": "zafran01",
            "name": account.name,
            "website": f"https://www.{account.domain}/",
            "industry": account.industry.replace("_", " ").title(),
            "plan": {"type": "plan", "id": "1", "name": "Business"},
            "size": account.employee_count,
            "monthly_spend": account.annual_revenue // 10_000,
            "session_count": 0,
            "user_count": users[account.company_id],
            "created_at": seconds(account.created),
            "updated_at": seconds(account.created),
            "remote_created_at": seconds(account.created),
            "last_request_at": None,
            "tags": {"type": "tag.list", "tags": []},
            "segments": {"type": "segment.list", "segments": []},
            "custom_attributes": {},
        }
        for account in accounts
    ]


def admin_lines(desk: Desk) -> list[dict[str, Any]]:
    """Return the teammates: agents who still work here."""
    teams = {
        agent.number: team for team in range(len(TEAMS)) for agent in desk.of_team(team)
    }
    return [
        {
            "type": "admin",
            "id": str(admin_id(agent)),
            "name": agent.full_name,
            "email": agent.email,
            "job_title": agent.job_title,
            "away_mode_enabled": False,
            "away_mode_reassign": False,
            "has_inbox_seat": True,
            "team_ids": [team_id(teams[agent.number])],
            "avatar": None,
        }
        for agent in desk.present_agents()
    ]


def team_lines(desk: Desk) -> list[dict[str, Any]]:
    """Return the teams."""
    return [
        {
            "type": "team",
            "id": str(team_id(number)),
            "name": name,
            "admin_ids": [admin_id(agent) for agent in desk.of_team(number)],
            "distribution_method": "round_robin",
        }
        for number, name in enumerate(TEAMS)
    ]


def tag_lines() -> list[dict[str, str]]:
    """Return the tags."""
    return [tag(name) for name in TAGS]
