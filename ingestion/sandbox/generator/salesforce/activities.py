"""Tasks (calls, e-mails, to-dos) and events, with whom and about what.

Planted: activities of more than a year ago are archived (only queryAll shows them); a
group event with its child copy for the invited colleague; a deleted event; a call that
was logged the day after; an event that lies ahead; a call that nobody took.
"""

from datetime import date
from typing import Any

from ingestion.sandbox.generator import calendar
from ingestion.sandbox.generator.calendar import (
    AS_OF,
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    at,
    local_day,
)
from ingestion.sandbox.generator.company import Account, Company, Person, Rep
from ingestion.sandbox.generator.salesforce.deals import Deal, account_id, contact_id
from ingestion.sandbox.generator.salesforce.records import record, sf_id, stamp
from ingestion.sandbox.generator.salesforce.setup import user_id

ARCHIVED_AFTER = 365 * DAY
# (disposition, share of calls, longest in seconds).
_CALL_ENDS = (
    ("Interested", 0.55, 2400),
    ("No Answer", 0.25, 40),
    ("Left Voicemail", 0.2, 70),
)
_SUBJECTS = ("Demo", "Angebot besprechen", "جلسه معرفی", "Fiyat görüşmesi", "Check-in")


class Diary:
    """Draws activities with the part's dice."""

    def __init__(self, company: Company, deals: list[Deal]) -> None:
        self._company = company
        self.rng = company.rng("salesforce/activities")
        self.lines: dict[str, list[dict]] = {
            "Task": [],
            "Event": [],
            "EventRelation": [],
        }
        self._people: dict[str, list[Person]] = {}
        self._deals: dict[str, list[Deal]] = {}
        self._accounts: dict[str, list[Account]] = {}
        for person in company.contacts:
            if person.account is not None:
                self._people.setdefault(person.account.company_id, []).append(person)
        for deal in deals:
            if deal.account is not None and not deal.is_deleted:
                self._deals.setdefault(deal.account.company_id, []).append(deal)
        for account in company.accounts:
            self._accounts.setdefault(account.rep.team_name, []).append(account)

    def write(self) -> dict[str, list[dict]]:
        """Return all activities of the company's size."""
        self._plant()
        for day in calendar.working_days(self.rng, self._company.size.activities):
            self._draw(day)
        return self.lines

    def _draw(self, day: date) -> None:
        rng = self.rng
        rep = rng.choice([rep for rep in self._company.reps if rep.works_on(day)])
        account = rng.choice(self._accounts.get(rep.team_name, self._company.accounts))
        start = calendar.day_start(day) + (32 + rng.randrange(40)) * 15 * MINUTE
        dice = rng.random()
        if dice < 0.34:
            start += rng.randrange(21) * DAY
            booked = min(start - int(rng.uniform(0, 14) * DAY), AS_OF - HOUR)
            minutes = rng.choice((15, 30, 30, 45, 60, 60, 90))
            line = self.event(rep, account, booked, start, minutes)
            if rng.random() < 0.12:
                self.invite(line, rng.choice(self._company.reps))
            if rng.random() < 0.09:
                line["IsDeleted"] = True
        elif start < AS_OF - HOUR:
            self._task(rep, account, start + rng.randrange(15 * MINUTE), dice)

    def _task(self, rep: Rep, account: Account, moment: int, dice: float) -> None:
        rng = self.rng
        if dice < 0.68:
            shares = [row[1] for row in _CALL_ENDS]
            disposition, _, longest = rng.choices(_CALL_ENDS, shares)[0]
            self.call(rep, account, moment, rng.randrange(longest + 1), disposition)
        elif dice < 0.88:
            sign = "<<" if rng.random() < 0.3 else ">>"
            self.task(rep, account, moment, moment, "Email", f"Email: {sign} Angebot")
        else:
            is_done = rng.random() < 0.8
            done = min(moment + 2 * HOUR, AS_OF - HOUR) if is_done else None
            self.task(rep, account, moment, done, "Task", "Nachfassen")

    def event(
        self, rep: Rep, account: Account, booked: int, start: int, minutes: int
    ) -> dict:
        """Add an event of a rep with an account, and return it."""
        lines = self.lines["Event"]
        end = start + minutes * MINUTE
        line = record(
            sf_id("00U", len(lines) + 1),
            booked,
            min(max(booked, end) + HOUR, AS_OF),
            **self._about(account, start),
            OwnerId=user_id(rep),
            Subject=self.rng.choice(_SUBJECTS),
            EventSubtype="Event",
            ShowAs="Busy",
            GroupEventType="0",
            DurationInMinutes=minutes,
            ActivityDate=local_day(start).isoformat(),
            StartDateTime=stamp(start),
            EndDateTime=stamp(end),
            IsAllDayEvent=False,
            IsArchived=end < AS_OF - ARCHIVED_AFTER,
            IsChild=False,
            IsRecurrence=False,
        )
        lines.append(line)
        return line

    def invite(self, event: dict, colleague: Rep) -> None:
        """Invite a colleague: he gets a copy of the event and a relation to it."""
        identifier = user_id(colleague)
        if identifier == event["OwnerId"]:
            return
        event["GroupEventType"] = "1"
        events, relations = self.lines["Event"], self.lines["EventRelation"]
        events.append(
            {
                **event,
                "Id": sf_id("00U", len(events) + 1),
                "OwnerId": identifier,
                "IsChild": True,
            }
        )
        stamps = {
            name: event[name]
            for name in ("CreatedDate", "LastModifiedDate", "SystemModstamp")
        }
        relations.append(
            {
                "Id": sf_id("0RE", len(relations) + 1),
                "IsDeleted": False,
                "EventId": event["Id"],
                "RelationId": identifier,
                "Status": "Accepted",
                "IsInvitee": True,
                "IsParent": False,
                "IsWhat": False,
                **stamps,
            }
        )

    def call(
        self,
        rep: Rep,
        account: Account,
        ended: int,
        seconds: int,
        disposition: str,
        day: date | None = None,
    ) -> dict:
        """Add a call that was logged when it ended, and return it."""
        line = self.task(rep, account, ended, ended, "Call", "Call")
        line |= {
            "CallType": self.rng.choice(("Outbound", "Inbound")),
            "CallDurationInSeconds": seconds,
            "CallDisposition": disposition,
        }
        if day is not None:
            line["ActivityDate"] = day.isoformat()
        return line

    def task(
        self,
        rep: Rep,
        account: Account,
        created: int,
        completed: int | None,
        subtype: str,
        subject: str,
    ) -> dict:
        """Add a task of a rep, and return it."""
        lines = self.lines["Task"]
        moment = completed if completed is not None else created
        line = record(
            sf_id("00T", len(lines) + 1),
            created,
            moment,
            **self._about(account, moment),
            OwnerId=user_id(rep),
            Subject=subject,
            Status="Completed" if completed is not None else "Not Started",
            Priority="Normal",
            TaskSubtype=subtype,
            CallType=None,
            CallDisposition=None,
            CallDurationInSeconds=None,
            ActivityDate=local_day(moment).isoformat(),
            CompletedDateTime=stamp(completed) if completed is not None else None,
            IsClosed=completed is not None,
            IsArchived=completed is not None and completed < AS_OF - ARCHIVED_AFTER,
            IsRecurrence=False,
        )
        lines.append(line)
        return line

    def _about(self, account: Account, moment: int) -> dict[str, Any]:
        """Return whom and what an activity is about."""
        rng, people = self.rng, self._people.get(account.company_id, [])
        dice = rng.random()
        deals = [
            deal
            for deal in self._deals.get(account.company_id, ())
            if deal.created <= moment <= deal.stages[-1][0] + DAY
        ]
        what = account_id(account) if dice < 0.8 else None
        if deals and dice < 0.65:
            what = rng.choice(deals).deal_id
        who = contact_id(rng.choice(people)) if people and dice < 0.95 else None
        return {
            "WhoId": who,
            "WhatId": what,
            "AccountId": account_id(account) if who or what else None,
        }

    def _plant(self) -> None:
        rep, account = self._company.reps[1], self._company.accounts[0]
        mate = self._company.reps[2]
        start = at("2026-10-14T08:00:00Z")
        self.invite(self.event(rep, account, start - DAY, start, 60), mate)
        gone = self.event(rep, account, start, start + DAY, 30)
        gone["IsDeleted"] = True
        self.event(rep, account, AS_OF - DAY, at("2026-12-01T09:00:00Z"), 45)
        self.event(rep, account, at("2025-02-03T09:00:00Z"), at("2025-02-05T09:00:00Z"), 60)  # fmt: skip
        late = at("2026-10-15T07:00:00Z")
        self.call(rep, account, late, 600, "Interested", date(2026, 10, 14))
        self.call(rep, account, late + 20 * SECOND, 20, "No Answer")
