"""Activities that exist in every company, written out by hand.

On 2026-09-15 (Berlin) the second rep of "DACH Sales" has, for known minutes per
customer (accounts A and B are the first two companies of the CRM):

- 09:00-10:00 a meeting with A and 09:30-10:30 one with B: 90 minutes, not 120;
- the 09:00 meeting logged a second time by another integration;
- 11:00-12:00 one meeting with A and B together: 60 minutes, split in two;
- 13:00-14:00 a cancelled one, 14:00-15:00 a no-show, 15:00-16:00 a rescheduled one
  held on the 17th at 15:00;
- 16:00 a connected call of 10 minutes with A, logged twice; 16:30 a voicemail of 60 s;
- 17:00-18:00 a meeting with the third rep as guest, A through its contact only;
- one sent and one bounced mail to B.

Further: a meeting without an end, one that ends before it starts, one over midnight,
one that spans the hour that summer time skips, and one still linked to a company id
that was merged away; a held meeting and a connected call that nobody owns, the meeting
with no company either; a meeting with a contact who works for two companies.
"""

from ingestion.sandbox.generator.calendar import MINUTE, at
from ingestion.sandbox.generator.company import Account, Company
from ingestion.sandbox.generator.hubspot.activities import (
    CALL_ENDS,
    CONNECTED,
    Activity,
    Diary,
)
from ingestion.sandbox.generator.hubspot.people import two_companies

BOOKED = "2026-09-07T08:00:00Z"


def plant_activities(company: Company, diary: Diary) -> None:
    """Add the hand-written activities to the diary."""
    first, second = company.accounts[0], company.accounts[1]
    _full_day(company, diary, first, second)
    _odd_meetings(company, diary, first)


def _meet(
    company: Company,
    diary: Diary,
    start: str,
    minutes: int | None,
    outcome: str | None,
    *accounts: Account,
    booked: str = BOOKED,
) -> Activity:
    rep = [rep for rep in company.reps if rep.team_name == "DACH Sales"][1]
    begin = at(start)
    end = None if minutes is None else begin + minutes * MINUTE
    activity = diary.meeting(rep, at(booked), begin, end, outcome)
    activity.company_ids = [account.company_id for account in accounts]
    return activity


def _full_day(company: Company, diary: Diary, first: Account, second: Account) -> None:
    day = "2026-09-15T"
    rep = _meet(company, diary, f"{day}07:00:00Z", 60, "COMPLETED", first).rep
    _meet(company, diary, f"{day}07:30:00Z", 60, "COMPLETED", second)
    _meet(company, diary, f"{day}07:00:00Z", 60, "COMPLETED", first, booked="2026-09-15T08:05:00Z")  # fmt: skip
    _meet(company, diary, f"{day}09:00:00Z", 60, "COMPLETED", first, second)
    _meet(company, diary, f"{day}11:00:00Z", 60, "CANCELED", first)
    _meet(company, diary, f"{day}12:00:00Z", 60, "NO_SHOW", first)
    _meet(company, diary, f"{day}13:00:00Z", 60, "RESCHEDULED", first)
    _meet(company, diary, "2026-09-17T13:00:00Z", 60, "COMPLETED", first, booked="2026-09-15T12:30:00Z")  # fmt: skip
    for _ in range(2):
        call = diary.call(rep, at(f"{day}14:00:00Z"), 600, (CONNECTED, "COMPLETED"))
        call.company_ids = [first.company_id]
    voicemail = diary.call(rep, at(f"{day}14:30:00Z"), 60, CALL_ENDS[2][:2])
    voicemail.company_ids = [first.company_id]
    guest = company.reps[2]
    shared = _meet(company, diary, f"{day}15:00:00Z", 60, "COMPLETED")
    shared.properties["hs_attendee_owner_ids"] = f"{rep.owner_id};{guest.owner_id}"
    people = [p for p in company.contacts if p.account is first and p.contact_id]
    shared.contact_ids = [p.contact_id for p in people[:1] if p.contact_id]
    for status in ("SENT", "BOUNCED"):
        sent = at(f"{day}16:30:00Z")
        mail = diary.add(
            "emails",
            rep,
            sent,
            sent,
            {
                "hs_email_direction": "EMAIL",
                "hs_email_status": status,
                "hs_email_subject": "Termin",
            },
        )
        mail.company_ids = [second.company_id]


def _odd_meetings(company: Company, diary: Diary, first: Account) -> None:
    _meet(company, diary, "2026-09-16T08:00:00Z", None, "COMPLETED", first)
    _meet(company, diary, "2026-09-16T10:00:00Z", -30, "COMPLETED", first)
    _meet(company, diary, "2026-09-30T21:30:00Z", 60, "COMPLETED", first)
    _meet(company, diary, "2026-03-29T00:30:00Z", 60, "COMPLETED", first, booked="2026-03-20T08:00:00Z")  # fmt: skip
    merged = next(account for account in company.accounts if account.merged_ids)
    stale = _meet(company, diary, "2026-10-06T08:00:00Z", 60, "COMPLETED")
    stale.company_ids = [merged.merged_ids[1]]
    nobodys = _meet(company, diary, "2026-10-07T08:00:00Z", 30, "COMPLETED")
    call = diary.call(nobodys.rep, at("2026-10-07T12:00:00Z"), 300, (CONNECTED, "COMPLETED"))  # fmt: skip
    call.company_ids = [first.company_id]
    for activity in (nobodys, call):
        activity.properties["hubspot_owner_id"] = None
    shared = _meet(company, diary, "2026-10-07T13:00:00Z", 60, "COMPLETED")
    shared.contact_ids = [two_companies(company).contact_id or ""]
    # Booked on the last evening of a month in UTC, in the next month in Berlin.
    _meet(company, diary, "2026-10-08T08:00:00Z", 45, "COMPLETED", first, booked="2026-09-30T22:30:00Z")  # fmt: skip
