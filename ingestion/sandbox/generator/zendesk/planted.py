"""Tickets with fixed ids whose truth is known: what the helpdesk KPIs must get right.

All instants are UTC; "business" minutes are those of the group's schedule.

101  reopened twice: solved 3 times, first resolution 60 min, full 4 days
102  merged into 103: closed, tag closed_by_merge, via.source.rel = merge
103  the survivor of 102
104  deleted on 2026-09-20 and scrubbed 30 days later
105  deleted on 2026-11-10, can still be restored (deleted_tickets)
106  created by an agent with a public description; first reply is his second comment,
     90 min after the customer's
107  solved by its only public comment (one touch), 25 min after it was asked
108  solved by a rule without any comment
109  three groups, three assignees; the second left the company in May 2026
110  normal, raised to urgent after two hours: two targets, breached at the second
111  pending for two days: the requester's wait pauses
112  answered 20 hours late: the first reply's target is breached
113  rated good, then bad
114  over the change to summer time (Berlin, 29 March 2026): 60 business minutes
115  over Nowruz 1405 in the Iran group: 60 business minutes in 6 days
116  imported in February 2026 with a creation in March 2023
117  spam: deleted, the requester suspended
118  over Christmas 2025 (Berlin): 60 business minutes
119  urgent and unanswered since an hour: its target is active, neither met nor missed
120  on hold with a custom status since October 2026
121  asked by a user who was merged into another one: the requester changed
122  answered by the bot at once, by an agent after 30 minutes
123  kept its organization while the requester moved to another one
124  breached by mistake: the event was taken back (deleted)
125  restored after a deletion: its row came again, as it was
126  asked in the group that was deleted, never answered, carries a removed option
"""

from collections.abc import Iterator
from typing import Any

from ingestion.sandbox.generator.company import Person
from ingestion.sandbox.generator.zendesk.desk import (
    AUTOMATION,
    BOT,
    DELETED_GROUP,
    GROUPS,
    MERGED_USER,
    SHOP_BRAND,
    SPAMMER,
    TOPIC_FIELD,
    Desk,
    User,
    organization_id,
)
from ingestion.sandbox.generator.zendesk.life import VIA, Life, new_state
from ingestion.sandbox.generator.zendesk.targets import GOLD, STANDARD
from ingestion.sandbox.generator.zendesk.working_hours import second

_DACH = GROUPS["DACH Support"][0]
_IRAN = GROUPS["Iran Support"][0]
_BILLING = GROUPS["Billing"][0]
_MACHINES = GROUPS["Machine Service"][0]
# Ticket whose breach was taken back.
TAKEN_BACK = 124


class Planting:
    """Writes the planted tickets."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._people = desk.company.people
        # Employed throughout: the head, and the second after him.
        self._head = desk.agents[0].user_id
        self._left = desk.agents[1].user_id
        self._agent = desk.agents[2].user_id

    def _ticket(
        self,
        ticket_id: int,
        created: str,
        *,
        group_id: int = _DACH,
        priority: str | None = "normal",
        person: Person | None = None,
        requester: User | None = None,
        channel: str = "web",
        **more: Any,  # noqa: ANN401  fields of Life
    ) -> Life:
        at = second(created)
        asked_by = person or self._people[ticket_id % len(self._people)]
        user = requester or self._desk.customer(asked_by, at)
        organization = more.pop("organization_id", user.organization_id)
        topic = more.pop("topic", "product")
        return Life(
            ticket_id=ticket_id,
            requester=user,
            created=at,
            channel=channel,
            schedule=self._desk.schedule_of(group_id),
            policy=more.pop("policy", STANDARD),
            submitter_id=more.pop("submitter_id", user.user_id),
            custom_fields={TOPIC_FIELD: topic},
            state=new_state(
                subject=f"Planted {ticket_id}",
                group_id=group_id,
                requester_id=user.user_id,
                organization_id=organization,
                brand_id=SHOP_BRAND,
                priority=priority,
                tags=more.pop("tags", [topic]),
            ),
            **more,
        )

    def _reply(self, life: Life, at: str, status: str, **more: Any) -> None:  # noqa: ANN401
        agent = more.pop("agent", self._agent)
        moment = second(at)
        life.update(
            moment, agent, comment="agent", assignee_id=agent, status=status, **more
        )

    def _answer(self, life: Life, at: str) -> None:
        life.update(
            second(at), life.requester.user_id, comment="end_user", status="open"
        )

    def lives(self) -> Iterator[Life]:
        """Yield the planted tickets."""
        yield from self._reopened()
        yield from self._merged()
        yield from self._deleted()
        yield from self._replied()
        yield from self._handed_over()
        yield from self._targets()
        yield from self._holidays()
        yield from self._odd()

    def _reopened(self) -> Iterator[Life]:
        life = self._ticket(101, "2026-06-01T08:00Z")
        life.create()
        self._reply(life, "2026-06-01T09:00Z", "solved")
        self._answer(life, "2026-06-02T08:00Z")
        self._reply(life, "2026-06-02T10:00Z", "solved")
        self._answer(life, "2026-06-04T08:00Z")
        self._reply(life, "2026-06-05T08:00Z", "solved")
        life.update(second("2026-06-09T08:00Z"), AUTOMATION, status="closed")
        yield life
        life = self._ticket(113, "2026-07-06T08:00Z")
        life.create()
        self._reply(life, "2026-07-06T09:00Z", "solved")
        life.rate(second("2026-07-07T09:00Z"), "offered")
        life.rate(second("2026-07-07T12:00Z"), "good")
        life.rate(second("2026-07-09T12:00Z"), "bad", "It broke again")
        yield life

    def _merged(self) -> Iterator[Life]:
        person = self._people[3]
        loser = self._ticket(102, "2026-08-03T08:00Z", person=person)
        loser.create()
        survivor = self._ticket(103, "2026-08-03T07:30Z", person=person)
        survivor.create()
        merged = second("2026-08-03T09:00Z")
        loser.source_rel = "merge"
        loser.update(
            merged,
            self._agent,
            comment="agent",
            public=False,
            via=VIA["merge"],
            status="closed",
            tags=["closed_by_merge", "product"],
        )
        survivor.update(
            merged,
            self._agent,
            comment="agent",
            public=False,
            via=VIA["merge"],
            merged=[102],
            assignee_id=self._agent,
            status="open",
        )
        self._reply(survivor, "2026-08-03T10:00Z", "solved")
        yield loser
        yield survivor

    def _deleted(self) -> Iterator[Life]:
        scrubbed = self._ticket(104, "2026-09-10T08:00Z")
        scrubbed.create()
        self._reply(scrubbed, "2026-09-10T09:00Z", "pending")
        scrubbed.is_deleted = scrubbed.is_scrubbed = True
        scrubbed.generated = second("2026-10-20T03:00Z")
        yield scrubbed
        deleted = self._ticket(105, "2026-11-09T08:00Z")
        deleted.create()
        deleted.is_deleted = True
        deleted.generated = second("2026-11-10T08:00Z")
        yield deleted
        spammer = User(
            SPAMMER,
            "Best SEO",
            "win@spam.example",
            "end-user",
            second("2026-09-01T02:00Z"),
        )
        spam = self._ticket(117, "2026-09-01T02:00Z", requester=spammer)
        spam.create()
        spam.is_deleted = True
        spam.generated = second("2026-09-01T07:00Z")
        yield spam
        restored = self._ticket(125, "2026-10-12T08:00Z")
        restored.create()
        self._reply(restored, "2026-10-12T09:00Z", "pending")
        restored.generated = second("2026-10-15T08:00Z")
        yield restored

    def _replied(self) -> Iterator[Life]:
        called = self._ticket(
            106, "2026-05-18T08:00Z", channel="voice", submitter_id=self._agent
        )
        called.create(kind="agent")
        self._answer(called, "2026-05-18T09:00Z")
        self._reply(called, "2026-05-18T10:30Z", "solved")
        yield called
        touched = self._ticket(107, "2026-05-19T08:00Z")
        touched.create()
        self._reply(touched, "2026-05-19T08:25Z", "solved")
        yield touched
        silent = self._ticket(108, "2026-05-20T08:00Z")
        silent.create()
        silent.update(second("2026-05-20T08:10Z"), AUTOMATION, status="solved")
        yield silent
        greeted = self._ticket(122, "2026-05-21T08:00Z", channel="chat")
        greeted.create()
        greeted.update(second("2026-05-21T08:00:20Z"), BOT, comment="bot")
        self._reply(greeted, "2026-05-21T08:30Z", "solved")
        yield greeted

    def _handed_over(self) -> Iterator[Life]:
        life = self._ticket(109, "2026-05-11T08:00Z")
        life.create()
        self._reply(life, "2026-05-11T09:00Z", "open", agent=self._head)
        moves = (
            ("2026-05-12T09:00Z", _BILLING, self._left),
            # The second is gone by then.
            ("2026-05-18T09:00Z", _MACHINES, self._agent),
        )
        for at, group_id, agent in moves:
            life.update(
                second(at),
                self._head,
                comment="agent",
                public=False,
                group_id=group_id,
                assignee_id=agent,
            )
        self._reply(life, "2026-05-19T09:00Z", "solved")
        yield life
        winner = self._people[21]
        merged = User(MERGED_USER, "Merged away", None, "end-user", 0)
        asked = self._ticket(121, "2026-04-27T08:00Z", requester=merged)
        asked.create()
        life_of = self._desk.customer(winner, second("2026-01-05T08:00Z"))
        asked.update(
            second("2026-05-04T09:00Z"), AUTOMATION, requester_id=life_of.user_id
        )
        self._reply(asked, "2026-05-05T09:00Z", "solved")
        yield asked

    def _targets(self) -> Iterator[Life]:
        raised = self._ticket(110, "2026-06-15T08:00Z", policy=GOLD)
        raised.create()
        raised.update(second("2026-06-15T10:00Z"), self._head, priority="urgent")
        self._reply(raised, "2026-06-15T10:20Z", "solved")
        yield raised
        paused = self._ticket(111, "2026-06-16T08:00Z", policy=GOLD)
        paused.create()
        self._reply(paused, "2026-06-16T09:00Z", "pending")
        self._answer(paused, "2026-06-18T09:00Z")
        self._reply(paused, "2026-06-18T10:00Z", "solved")
        yield paused
        late = self._ticket(112, "2026-06-22T08:00Z", priority="urgent")
        late.create()
        self._reply(late, "2026-06-23T04:00Z", "solved")
        yield late
        mistaken = self._ticket(TAKEN_BACK, "2026-06-24T08:00Z", priority="urgent")
        mistaken.create()
        self._reply(mistaken, "2026-06-24T09:30Z", "solved")
        yield mistaken
        waiting = self._ticket(119, "2026-11-18T19:00Z", priority="urgent")
        waiting.create()
        yield waiting

    def _holidays(self) -> Iterator[Life]:
        for ticket_id, group_id, created, replied in (
            (114, _DACH, "2026-03-27T16:30Z", "2026-03-30T07:30Z"),
            (115, _IRAN, "2026-03-19T13:00Z", "2026-03-25T06:00Z"),
            (118, _DACH, "2025-12-24T16:30Z", "2025-12-29T08:30Z"),
        ):
            life = self._ticket(ticket_id, created, group_id=group_id)
            life.create()
            self._reply(life, replied, "solved")
            yield life

    def _odd(self) -> Iterator[Life]:
        imported = self._ticket(116, "2023-03-06T08:00Z", channel="api")
        imported.create()
        self._reply(imported, "2023-03-06T12:00Z", "solved", agent=self._head)
        imported.generated = second("2026-02-10T02:00Z")
        yield imported
        held = self._ticket(120, "2026-10-05T08:00Z")
        held.create()
        held.update(
            second("2026-10-05T09:00Z"),
            self._agent,
            comment="agent",
            public=False,
            assignee_id=self._agent,
            status="hold",
        )
        held.custom_status_id = 11_000_003
        yield held
        accounts = self._desk.company.accounts
        moved = next(p for p in self._people if p.account and p.account != accounts[4])
        kept = self._ticket(
            123,
            "2025-04-07T08:00Z",
            person=moved,
            organization_id=organization_id(accounts[4]),
        )
        kept.create()
        self._reply(kept, "2025-04-07T09:00Z", "solved")
        yield kept
        orphan = self._ticket(
            126, "2024-11-04T08:00Z", group_id=DELETED_GROUP, topic="gift_wrap"
        )
        orphan.create()
        yield orphan
