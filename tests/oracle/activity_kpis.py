"""K96 and K99: meetings against their targets, and minutes per customer."""

import itertools
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from tests.oracle.comparison import Rows
from tests.oracle.crm import NOBODY, Crm, Target, instant
from tests.oracle.periods import (
    CALENDARS,
    Comparison,
    business_days,
    comparisons,
    growth,
    last_of_month,
    period_of,
)

CONNECTED = "f240bbac-87c9-4f6e-bf70-924b57d47db7"
EMAIL_MINUTES = 3
NO_COMPANY = ""


@dataclass(frozen=True)
class Meeting:
    """A meeting as K96 counts it."""

    owner: str
    booked: date
    started: datetime
    start_day: date
    outcome: str


@dataclass(frozen=True)
class Stretch:
    """Time that one rep spent in one meeting or call, with companies."""

    kind: str
    start: datetime
    end: datetime
    companies: frozenset[str]


class Activities:
    """The activities of the CRM with reps and companies found out."""

    def __init__(self, crm: Crm) -> None:
        self.crm = crm

    @cached_property
    def meetings(self) -> list[Meeting]:
        """All meetings that are not archived."""
        clock, found = self.crm.clock, []
        for line in self.crm.lines("meetings"):
            if line["archived"]:
                continue
            properties = line["properties"]
            started = datetime.fromisoformat(properties["hs_meeting_start_time"])
            found.append(
                Meeting(
                    properties["hubspot_owner_id"] or NOBODY,
                    clock.day(datetime.fromisoformat(properties["hs_createdate"])),
                    started,
                    clock.day(started),
                    properties["hs_meeting_outcome"] or "",
                )
            )
        return found

    @cached_property
    def _company_links(self) -> dict[str, dict[str, list[str]]]:
        names = ("meetings", "calls", "emails", "deals", "contacts")
        return {name: self.crm.linked(name, "companies") for name in names}

    @cached_property
    def _deal_companies(self) -> dict[str, list[str]]:
        """The companies of each deal: its own, else those of its contacts."""
        by_contact = self.crm.linked("deals", "contacts")
        own = self._company_links["deals"]
        return {
            deal.deal_id: own.get(deal.deal_id)
            or self._of_contacts(by_contact.get(deal.deal_id, []))
            for deal in self.crm.deals
        }

    def _of_contacts(self, contacts: list[str]) -> list[str]:
        # A contact stands for its primary company, though it may have more.
        found = [self._company_links["contacts"].get(one, [])[:1] for one in contacts]
        return [company for companies in found for company in companies]

    def companies(self, kind: str, activity_id: str) -> frozenset[str]:
        """Return an activity's companies: its own, its contacts', its deals', none."""
        own = self._company_links[kind].get(activity_id)
        if own:
            return frozenset(own)
        contacts = self._links[kind, "contacts"].get(activity_id, [])
        through_contacts = self._of_contacts(contacts)
        if through_contacts:
            return frozenset(through_contacts)
        deals = self._links[kind, "deals"].get(activity_id, [])
        through_deals = [c for deal in deals for c in self._deal_companies.get(deal, [])]  # fmt: skip
        return frozenset(through_deals or [NO_COMPANY])

    @cached_property
    def _links(self) -> dict[tuple[str, str], dict[str, list[str]]]:
        return {
            (kind, other): self.crm.linked(kind, other)
            for kind in ("meetings", "calls", "emails")
            for other in ("contacts", "deals")
        }

    def _of(self, kind: str) -> list[dict]:
        lines = [line for line in self.crm.lines(kind) if not line["archived"]]
        return [{"id": line["id"], **line["properties"]} for line in lines]

    @cached_property
    def stretches(self) -> dict[str, list[Stretch]]:
        """Meetings held and calls connected, by rep."""
        found: dict[str, list[Stretch]] = defaultdict(list)
        as_of = self.crm.clock.as_of
        for item in self._of("meetings"):
            start = instant(item["hs_meeting_start_time"])
            end = instant(item["hs_meeting_end_time"])
            is_held = item["hs_meeting_outcome"] == "COMPLETED"
            if is_held and start and end and start < end and start <= as_of:
                stretch = Stretch("meeting", start, end, self.companies("meetings", item["id"]))  # fmt: skip
                attending = (item["hs_attendee_owner_ids"] or "").split(";")
                for rep in {item["hubspot_owner_id"] or NOBODY, *filter(None, attending)}:  # fmt: skip
                    found[rep].append(stretch)
        for item in self._of("calls"):
            start = datetime.fromisoformat(item["hs_timestamp"])
            length = timedelta(milliseconds=int(item["hs_call_duration"] or 0))
            is_connected = item["hs_call_disposition"] == CONNECTED
            if is_connected and length and start <= as_of:
                stretch = Stretch("call", start, start + length, self.companies("calls", item["id"]))  # fmt: skip
                found[item["hubspot_owner_id"] or NOBODY].append(stretch)
        return found


def kpi_meetings_monthly(activities: Activities) -> Rows:
    """K96: meetings booked, held, cancelled; targets; the month before."""
    crm, today = activities.crm, activities.crm.clock.today
    by_scope: dict[str, list[Meeting]] = defaultdict(list)
    first: dict[str, date] = {}
    for meeting in activities.meetings:
        for scope in crm.scopes(meeting.owner):
            by_scope[scope].append(meeting)
            day = min(meeting.booked, meeting.start_day, first.get(scope, date.max))
            first[scope] = day
    for kind, month in crm.targets:
        if kind == "meetings":
            for scope in crm.targets_in(kind, month, last_of_month(month)):
                first[scope] = min(month, first.get(scope, date.max))
    rows: Rows = {}
    for calendar in CALENDARS:
        for month in comparisons(calendar, min(first.values()), today):
            aimed = crm.targets_in("meetings", month.start, month.end)
            elapsed = crm.targets_in("meetings", month.start, min(month.end, today))
            for scope in [one for one, day in first.items() if day <= month.end]:
                target, due = aimed.get(scope), elapsed.get(scope)
                rows[calendar, month.start, scope] = {
                    "is_complete": month.is_complete,
                    **_meetings(by_scope[scope], month, crm),
                    **_booked_target(target, due, month),
                }
    return {key: row | _attainment(row) for key, row in rows.items()}


def _meetings(meetings: list[Meeting], month: Comparison, crm: Crm) -> dict:
    now = _counted(meetings, month.start, min(month.end, crm.clock.today), crm)
    before = _counted(meetings, month.prior_start, month.prior_end, crm)
    return {
        **now,
        "prior_booked_count": before["booked_count"],
        "prior_held_count": before["held_count"],
        "booked_growth_rate": growth(now["booked_count"], before["booked_count"]),
        "held_growth_rate": growth(now["held_count"], before["held_count"]),
    }


def _booked_target(
    target: Target | None, elapsed: Target | None, month: Comparison
) -> dict:
    """Return the target and what of it is due by now."""
    if target is None:
        names = ("booked_target", "total_business_day_count", "target_business_day_count", "elapsed_target_business_day_count", "booked_target_to_date")  # fmt: skip
        return dict.fromkeys(names)
    past = elapsed.days if elapsed else 0
    to_date = float(target.value)
    if not month.is_complete and target.days:
        to_date = float(target.value) * past / target.days
    return {
        "booked_target": target.value,
        "total_business_day_count": business_days(month.start, month.end),
        "target_business_day_count": target.days,
        "elapsed_target_business_day_count": past,
        "booked_target_to_date": to_date,
    }


def _attainment(row: dict) -> dict:
    booked, target, to_date = (row[name] for name in ("booked_count", "booked_target", "booked_target_to_date"))  # fmt: skip
    return {
        "booked_to_target_rate": booked / float(target) if target else None,
        "booked_to_target_to_date_rate": booked / to_date if to_date else None,
    }


def _counted(meetings: list[Meeting], first: date, last: date, crm: Crm) -> dict:
    booked = [meeting for meeting in meetings if first <= meeting.booked <= last]
    started = [meeting for meeting in meetings if first <= meeting.start_day <= last]
    moved = [meeting for meeting in booked if meeting.outcome == "RESCHEDULED"]
    held = [
        meeting
        for meeting in started
        if meeting.outcome == "COMPLETED" and meeting.started <= crm.clock.as_of
    ]
    return {
        "booked_count": len(booked) - len(moved),
        "rescheduled_count": len(moved),
        "held_count": len(held),
        "cancelled_count": sum(m.outcome == "CANCELED" for m in started),
        "no_show_count": sum(m.outcome == "NO_SHOW" for m in started),
    }


def kpi_customer_time_monthly(activities: Activities) -> Rows:
    """K99: each instant of a rep, split over the companies he is with."""
    crm = activities.crm
    minutes: dict[tuple, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for rep, stretches in activities.stretches.items():
        edges = sorted({moment for s in stretches for moment in (s.start, s.end)})
        for start, end in itertools.pairwise(edges):
            running = [s for s in stretches if s.start <= start and end <= s.end]
            companies = {company for s in running for company in s.companies}
            for company in companies:
                with_it = [s for s in running if company in s.companies]
                kinds = {s.kind for s in with_it}
                kind = "meeting" if "meeting" in kinds else "call"
                earliest = min(s.start for s in with_it if s.kind == kind)
                length = (end - start).total_seconds() / 60
                for month in _months(crm.clock.day(earliest)):
                    minutes[*month, rep, company][kind] += length / len(companies)
    for item in activities._of("emails"):
        sent = datetime.fromisoformat(item["hs_timestamp"])
        by_rep = item["hs_email_direction"] in ("EMAIL", "FORWARDED_EMAIL")
        if by_rep and item["hs_email_status"] == "SENT" and sent <= crm.clock.as_of:
            companies = activities.companies("emails", item["id"])
            rep = item["hubspot_owner_id"] or NOBODY
            for month in _months(crm.clock.day(sent)):
                for company in companies:
                    spent = EMAIL_MINUTES / len(companies)
                    minutes[*month, rep, company]["email"] += spent
    return {key: _time(crm, key, kinds) for key, kinds in minutes.items()}


def _months(day: date) -> list[tuple[str, date]]:
    """Return the month of a day in each calendar."""
    return [(calendar, period_of(calendar, day)[0]) for calendar in CALENDARS]


def _time(crm: Crm, key: tuple, kinds: dict[str, float]) -> dict:
    calendar, month, rep, _ = key
    total = kinds["meeting"] + kinds["call"] + kinds["email"]
    return {
        "team_name": crm.team(rep),
        "region_name": crm.region(rep),
        "is_complete": period_of(calendar, month)[1] < crm.clock.today,
        "meeting_minutes": float(kinds["meeting"]),
        "call_minutes": float(kinds["call"]),
        "email_minutes": float(kinds["email"]),
        "total_minutes": total,
        "estimated_minutes": float(kinds["email"]),
        "estimated_share": kinds["email"] / total if total else None,
    }
