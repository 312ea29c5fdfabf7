"""Conversations with a purpose; their ids and instants are written out.

Planted, `agent` being the second support agent, who stays throughout, `former` the one
who left in May 2026 and is no teammate any more:

- 215473800001: opened 2026-10-05 08:00 UTC, assigned 08:10 to `former`'s successor
  `agent`, answered 08:30, closed 09:00, reopened by the customer 10-06 12:00, closed
  12:30, reopened by `agent` 10-07 09:00 (`assign_and_reopen` to the head), closed 10:00
  and rated 4: two reopenings, two agents, three closes.
- 215473800002: of an agent who left; closed 2026-04-01, rated 1 with a remark.
- 215473800003: outbound, nobody replied: no statistics, no assignee.
- 215473800004: snoozed 2026-11-17 until 2026-11-25, after the company's now.
- 215473800005: taken from its agent again: assigned to nobody, open.
- 215473800006: merged into 215473800007 on 2026-09-02 10:00 UTC.
- 215473800008: a rating was asked for and never given.
- 215473800009: its requester was merged: the parts still name the lead that is gone
  (`MERGED_CONTACT`, merged on 2026-08-01 into the contact of person 3).
- 215473800090, 215473800091: deleted; only /conversations/deleted knows them.
"""

from typing import Any

from ingestion.sandbox.generator.calendar import HOUR, MINUTE, at
from ingestion.sandbox.generator.intercom.desk import OPERATOR, Desk, seconds
from ingestion.sandbox.generator.intercom.thread import Thread

FIRST = 215_473_800_000
MERGED_CONTACT = "6762f100000000000000beef"
MERGED_AT = "2026-08-01T10:00:00+00:00"
MERGED_INTO_PERSON = 3
DELETED: list[dict[str, Any]] = [
    {
        "type": "conversation",
        "id": str(FIRST + number),
        "metrics_retained": retained,
        "deleted_at": seconds(at(f"2026-0{month}-12T09:00:00+00:00")),
    }
    for number, retained, month in ((90, True, 6), (91, False, 9))
]


def planted_conversations(desk: Desk) -> list[Thread]:
    """Return the planted conversations."""
    return [
        _reopened_twice(desk),
        _of_a_former_agent(desk),
        _outbound(desk),
        _snoozed(desk),
        _unassigned_again(desk),
        *_merged(desk),
        _never_rated(desk),
        _of_a_merged_contact(desk),
    ]


def _thread(desk: Desk, number: int, person: int, moment: str, subject: str) -> Thread:
    who = desk.known(desk.company.people[person])
    return Thread(FIRST + number, who, at(f"{moment}+00:00"), subject)


def _at(thread: Thread, moment: str) -> Thread:
    thread.now = at(f"{moment}+00:00")
    return thread


def _reopened_twice(desk: Desk) -> Thread:
    head, _, agent = desk.agents[:3]
    thread = _thread(desk, 1, 40, "2026-10-05T08:00:00", "The grinder is loud")
    thread.team, thread.priority, thread.tags = 1, "high", ["product"]
    thread.sla_name = "First reply within 4 hours"
    _at(thread, "2026-10-05T08:10:00").add("assignment", OPERATOR, to=agent)
    _at(thread, "2026-10-05T08:30:00").add("comment", agent, "Please clean it.")
    _at(thread, "2026-10-05T09:00:00").add("close", agent)
    _at(thread, "2026-10-06T12:00:00").add("comment", thread.person, "Still loud.")
    _at(thread, "2026-10-06T12:30:00").add("close", agent, "We send a new one.")
    _at(thread, "2026-10-07T09:00:00").add("assign_and_reopen", agent, to=head)
    _at(thread, "2026-10-07T10:00:00").add("close", head)
    thread.rate(thread.now, 4, thread.now + HOUR, "")
    return thread


def _of_a_former_agent(desk: Desk) -> Thread:
    former = desk.agents[1]
    thread = _thread(desk, 2, 41, "2026-04-01T07:00:00", "Wrong colour")
    _at(thread, "2026-04-01T07:05:00").add("assignment", former, to=former)
    _at(thread, "2026-04-01T07:20:00").add("comment", former, "That happens.")
    _at(thread, "2026-04-01T08:00:00").add("close", former)
    thread.rate(thread.now, 1, thread.now + 30 * MINUTE, "Not helpful")
    return thread


def _outbound(desk: Desk) -> Thread:
    thread = _thread(desk, 3, 42, "2026-02-10T09:00:00", "New: summer teas")
    thread.delivered_as, thread.initiator = "admin_initiated", desk.agents[0]
    thread.has_statistics = False
    return thread


def _snoozed(desk: Desk) -> Thread:
    agent = desk.agents[2]
    thread = _thread(desk, 4, 43, "2026-11-17T08:00:00", "Back in stock?")
    _at(thread, "2026-11-17T08:20:00").add("assignment", agent, to=agent)
    _at(thread, "2026-11-17T08:30:00").add("comment", agent, "Next week.")
    _at(thread, "2026-11-17T08:31:00").add("snoozed", agent)
    thread.snoozed_until = seconds(at("2026-11-25T08:00:00+00:00"))
    return thread


def _unassigned_again(desk: Desk) -> Thread:
    agent = desk.agents[2]
    thread = _thread(desk, 5, 44, "2026-11-16T14:00:00", "Change my address")
    _at(thread, "2026-11-16T14:10:00").add("assignment", agent, to=agent)
    _at(thread, "2026-11-16T15:00:00").unassign(agent)
    return thread


def _merged(desk: Desk) -> list[Thread]:
    agent = desk.agents[2]
    lost = _thread(desk, 6, 45, "2026-09-02T09:00:00", "Parcel 1 of 2")
    kept = _thread(desk, 7, 45, "2026-09-02T09:05:00", "Parcel 2 of 2")
    moment = "2026-09-02T10:00:00"
    _at(lost, moment).add("merged_secondary_conversation", OPERATOR)
    lost.add("close", agent)
    lost.linked, kept.linked = [str(FIRST + 7)], [str(FIRST + 6)]
    _at(kept, moment).add("merged_primary_conversation", OPERATOR)
    _at(kept, "2026-09-02T11:00:00").add("comment", agent, "Both are on their way.")
    _at(kept, "2026-09-02T11:30:00").add("close", agent)
    return [lost, kept]


def _never_rated(desk: Desk) -> Thread:
    agent = desk.agents[2]
    thread = _thread(desk, 8, 46, "2026-10-20T08:00:00", "Gift card lost")
    _at(thread, "2026-10-20T08:10:00").add("assignment", agent, to=agent)
    _at(thread, "2026-10-20T08:15:00").add("comment", agent, "Here is a new one.")
    _at(thread, "2026-10-20T08:16:00").add("close", agent)
    thread.rate(thread.now, None, thread.now, "")
    return thread


def _of_a_merged_contact(desk: Desk) -> Thread:
    agent = desk.agents[2]
    thread = _thread(
        desk, 9, MERGED_INTO_PERSON, "2026-07-30T08:00:00", "Do you ship to Graz?"
    )
    lead = {"type": "lead", "id": MERGED_CONTACT, "name": "Violet Pigeon"}
    _at(thread, "2026-07-30T08:02:00").add("comment", lead, "Anybody there?")
    _at(thread, "2026-07-30T08:30:00").add("assignment", agent, to=agent)
    _at(thread, "2026-07-30T08:31:00").add("comment", agent, "We do.")
    _at(thread, "2026-07-30T08:40:00").add("close", agent)
    return thread
