"""Meetings, calls, e-mails and tasks, with whom and about which deal.

Planted, beside what chance brings (cancelled, no-show and unreported meetings, calls
that did not connect, bounced mails): `planted_activities`.
"""

import random
from dataclasses import dataclass, field
from datetime import date

from ingestion.sandbox.generator import calendar
from ingestion.sandbox.generator.calendar import AS_OF, DAY, HOUR, MINUTE, iso
from ingestion.sandbox.generator.company import Account, Company, Person, Rep
from ingestion.sandbox.generator.dice import draw
from ingestion.sandbox.generator.hubspot.deals import Deal
from ingestion.sandbox.generator.hubspot.records import Links, crm_object

CONNECTED = "f240bbac-87c9-4f6e-bf70-924b57d47db7"
# (disposition, status, share of calls, longest duration in seconds).
CALL_ENDS = (
    (CONNECTED, "COMPLETED", 0.55, 2400),
    ("73a0d17f-1163-4015-bdd5-ec830791da20", "NO_ANSWER", 0.2, 40),
    ("b2cf5968-551e-4856-9783-52b3da59a7d0", "COMPLETED", 0.12, 70),
    ("9d9162e7-6cf3-4944-bf63-4dff82258764", "BUSY", 0.08, 0),
    ("17b47fee-58de-441e-a44c-c6300d46f273", "COMPLETED", 0.05, 30),
)
_OUTCOMES = (
    ("COMPLETED", 0.71),
    ("NO_SHOW", 0.07),
    ("CANCELED", 0.09),
    ("RESCHEDULED", 0.06),
    ("SCHEDULED", 0.04),
    (None, 0.03),
)
_TITLES = ("Demo", "Angebot besprechen", "جلسه معرفی", "Fiyat görüşmesi", "Check-in")


@dataclass
class Activity:
    """One activity of any kind; ids differ per kind."""

    kind: str
    number: int
    rep: Rep
    created: int
    properties: dict[str, str | None]
    company_ids: list[str] = field(default_factory=list)
    contact_ids: list[str] = field(default_factory=list)
    deal_ids: list[str] = field(default_factory=list)

    @property
    def activity_id(self) -> str:
        """The CRM's id."""
        base = {"meetings": 651, "calls": 652, "emails": 653, "tasks": 654}[self.kind]
        return str(base * 100_000_000 + 3 * self.number)


class Diary:
    """Draws activities with the part's dice."""

    def __init__(self, company: Company, rng: random.Random, deals: list[Deal]) -> None:
        self.company = company
        self.rng = rng
        self.activities: list[Activity] = []
        self._people: dict[str, list[Person]] = {}
        self._deals: dict[str, list[Deal]] = {}
        self._accounts: dict[str, list[Account]] = {}
        for person in company.contacts:
            if person.account is not None:
                self._people.setdefault(person.account.company_id, []).append(person)
        for deal in deals:
            if deal.account is not None and deal.archived_at is None:
                self._deals.setdefault(deal.account.company_id, []).append(deal)
        for account in company.accounts:
            self._accounts.setdefault(account.rep.team_name, []).append(account)
        self._number = 100

    def draw(self, day: date) -> None:
        """Add one activity of a working day."""
        rng = self.rng
        rep = rng.choice([rep for rep in self.company.reps if rep.works_on(day)])
        account = rng.choice(self._accounts.get(rep.team_name, self.company.accounts))
        start = calendar.day_start(day)
        start += (8 * 4 + rng.randrange(40)) * 15 * MINUTE
        dice = rng.random()
        if dice < 0.34:
            self._meeting(rep, account, start)
        elif dice < 0.68:
            self._call(rep, account, start + rng.randrange(15 * MINUTE))
        elif dice < 0.88:
            self._email(rep, account, start + rng.randrange(15 * MINUTE))
        else:
            self._task(rep, account, start)

    def add(
        self,
        kind: str,
        rep: Rep,
        created: int,
        happened: int,
        properties: dict[str, str | None],
    ) -> Activity:
        """Add an activity and return it."""
        self._number += 1
        base: dict[str, str | None] = {
            "hs_timestamp": iso(happened),
            "hs_createdate": iso(created),
            "hs_lastmodifieddate": iso(min(AS_OF, max(created, happened) + 2 * HOUR)),
            "hubspot_owner_id": rep.owner_id,
            "hs_created_by_user_id": str(rep.user_id),
        }
        activity = Activity(kind, self._number, rep, created, {**base, **properties})
        self.activities.append(activity)
        return activity

    def associate(self, activity: Activity, account: Account, moment: int) -> None:
        """Associate an activity with people, a company and its open deal."""
        rng = self.rng
        dice = rng.random()
        people = self._people.get(account.company_id, [])
        if dice < 0.82:
            activity.company_ids.append(account.company_id)
        if people and dice < 0.95:
            chosen = rng.sample(people, min(len(people), rng.choice((1, 1, 2))))
            activity.contact_ids += [p.contact_id for p in chosen if p.contact_id]
        open_deals = [
            deal
            for deal in self._deals.get(account.company_id, ())
            if deal.created <= moment <= deal.history["dealstage"][-1][0] + DAY
        ]
        if open_deals and dice < 0.7:
            activity.deal_ids.append(rng.choice(open_deals).deal_id)

    def meeting(
        self, rep: Rep, created: int, start: int, end: int | None, outcome: str | None
    ) -> Activity:
        """Add a meeting and return it."""
        return self.add(
            "meetings",
            rep,
            created,
            start,
            {
                "hs_meeting_title": self.rng.choice(_TITLES),
                "hs_meeting_start_time": iso(start),
                "hs_meeting_end_time": iso(end) if end is not None else None,
                "hs_meeting_outcome": outcome,
                "hs_activity_type": self.rng.choice((None, "Demo", "Intro")),
                "hs_attendee_owner_ids": None,
            },
        )

    def call(
        self, rep: Rep, start: int, seconds: int, end: tuple[str, str]
    ) -> Activity:
        """Add a call and return it."""
        disposition, status = end
        return self.add(
            "calls",
            rep,
            min(AS_OF, start + seconds * 1000 + MINUTE),
            start,
            {
                "hs_call_title": None,
                "hs_call_direction": self.rng.choice(("OUTBOUND", "INBOUND")),
                "hs_call_duration": str(seconds * 1000),
                "hs_call_status": status,
                "hs_call_disposition": disposition,
            },
        )

    def _meeting(self, rep: Rep, account: Account, start: int) -> None:
        rng = self.rng
        # Planned up to three weeks ahead; some are logged only afterwards.
        start += rng.randrange(21) * DAY
        created = start - int(rng.uniform(-0.5, 14) * DAY)
        if created >= AS_OF:
            created, start = created - 30 * DAY, start - 30 * DAY
        outcome = draw(rng, _OUTCOMES)
        if start >= AS_OF:
            outcome = "SCHEDULED" if outcome != "CANCELED" else outcome
        end = start + rng.choice((15, 30, 30, 45, 60, 60, 90)) * MINUTE
        activity = self.meeting(rep, created, start, end, outcome)
        self.associate(activity, account, start)
        if rng.random() < 0.12:
            mate = rng.choice(self.company.reps)
            ids = dict.fromkeys((rep.owner_id, mate.owner_id))
            activity.properties["hs_attendee_owner_ids"] = ";".join(ids)
        if outcome == "RESCHEDULED":
            later = start + rng.randrange(1, 9) * DAY
            held = "COMPLETED" if later < AS_OF else "SCHEDULED"
            again = self.meeting(
                rep, min(start, AS_OF), later, later + end - start, held
            )
            again.company_ids = list(activity.company_ids)
            again.contact_ids = list(activity.contact_ids)
            again.deal_ids = list(activity.deal_ids)

    def _call(self, rep: Rep, account: Account, start: int) -> None:
        if start >= AS_OF:
            return
        shares = [row[2] for row in CALL_ENDS]
        disposition, status, _, longest = self.rng.choices(CALL_ENDS, shares)[0]
        seconds = self.rng.randrange(longest + 1)
        activity = self.call(rep, start, seconds, (disposition, status))
        self.associate(activity, account, start)

    def _email(self, rep: Rep, account: Account, sent: int) -> None:
        if sent >= AS_OF:
            return
        direction = self.rng.choices(("EMAIL", "INCOMING_EMAIL"), (0.7, 0.3))[0]
        status = self.rng.choices(("SENT", "BOUNCED"), (0.95, 0.05))[0]
        properties: dict[str, str | None] = {
            "hs_email_direction": direction,
            "hs_email_status": status,
            "hs_email_subject": "Angebot",
        }
        activity = self.add("emails", rep, sent, sent, properties)
        self.associate(activity, account, sent)

    def _task(self, rep: Rep, account: Account, due: int) -> None:
        created = min(AS_OF - HOUR, due - int(self.rng.uniform(0, 6) * DAY))
        is_done = due < AS_OF and self.rng.random() < 0.8
        properties: dict[str, str | None] = {
            "hs_task_subject": "Nachfassen",
            "hs_task_status": "COMPLETED" if is_done else "NOT_STARTED",
            "hs_task_type": self.rng.choice(("TODO", "CALL", "EMAIL")),
            "hs_task_priority": self.rng.choice(("NONE", "HIGH")),
            "hs_task_completion_date": iso(min(AS_OF, due + HOUR)) if is_done else None,
        }
        activity = self.add("tasks", rep, created, due, properties)
        self.associate(activity, account, due)


def activity_lines(activities: list[Activity], links: Links) -> dict[str, list[dict]]:
    """Return the activities per kind as the CRM lists them; links them."""
    lines: dict[str, list[dict]] = {}
    for activity in activities:
        own = activity.activity_id
        for contact_id in activity.contact_ids:
            links.add(activity.kind, own, "contacts", contact_id)
        for company_id in activity.company_ids:
            links.add(activity.kind, own, "companies", company_id)
        for deal_id in activity.deal_ids:
            links.add(activity.kind, own, "deals", deal_id)
        updated = calendar.at(activity.properties["hs_lastmodifieddate"] or "")
        lines.setdefault(activity.kind, []).append(
            crm_object(own, activity.properties, activity.created, updated)
        )
    for of_kind in lines.values():
        of_kind.sort(key=lambda line: int(line["id"]))
    return lines
