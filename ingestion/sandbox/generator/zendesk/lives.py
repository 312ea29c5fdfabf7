"""Random tickets: asked by the company's people, worked on by its support.

They follow the shop's season and growth. Nothing is planted here (see `planted`).
"""

import random
from datetime import date

from ingestion.sandbox.generator import calendar
from ingestion.sandbox.generator.company import Person
from ingestion.sandbox.generator.dice import draw
from ingestion.sandbox.generator.vocabulary import COUNTRIES
from ingestion.sandbox.generator.zendesk.desk import (
    AUTOMATION,
    BOT,
    CHANNELS_FIELD,
    GROUPS,
    OFFICE_BRAND,
    REFUND_FIELD,
    SHOP_BRAND,
    TOPIC_FIELD,
    TOPICS,
    Desk,
    User,
    group_of_country,
)
from ingestion.sandbox.generator.zendesk.life import Life, new_state
from ingestion.sandbox.generator.zendesk.metrics import NOW
from ingestion.sandbox.generator.zendesk.records import is_gold
from ingestion.sandbox.generator.zendesk.targets import GOLD, STANDARD, Policy
from ingestion.sandbox.generator.zendesk.working_hours import DAY, HOUR, MINUTE

_CHANNELS = (
    ("email", 0.42),
    ("web", 0.3),
    ("chat", 0.14),
    ("voice", 0.08),
    ("api", 0.06),
)
_PRIORITIES = ((None, 0.1), ("low", 0.15), ("normal", 0.55), ("high", 0.15), ("urgent", 0.05))  # fmt: skip
_TYPES = (("question", 0.5), ("problem", 0.2), ("incident", 0.2), ("task", 0.1))
# Usual working minutes until the first reply.
_FIRST_REPLY = {None: 150, "low": 260, "normal": 120, "high": 45, "urgent": 18}
_MOST_ROUNDS = 5
# Part of the tickets that nobody works on any more after an answer.
_FORGOTTEN = 0.015
# Four days after the solve an automation closes the ticket.
_CLOSED_AFTER = 4 * DAY
FIRST_ID = 1_001
# Nothing happens in the last minutes, which exports do not show yet.
_END = NOW - 5 * MINUTE


def policy_of(user: User) -> Policy:
    """Return the SLA policy that a customer falls under."""
    account = user.account
    return GOLD if account and is_gold(account.employee_count) else STANDARD


def random_lives(desk: Desk, count: int) -> list[Life]:
    """Return so many tickets, oldest first."""
    rng = desk.company.rng("zendesk/tickets")
    days = calendar.days()
    drawn = rng.choices(days, [calendar.shop_weight(day) for day in days], k=count)
    people = desk.company.people
    lives = []
    for day in sorted(drawn):
        person = _asker(rng, people, day)
        zone = COUNTRIES[person.country][0] if person else calendar.ZONE
        moment = calendar.shop_moments(rng, day, 1, zone)[0] // 1000
        if moment < _END - HOUR:
            ticket_id = FIRST_ID + len(lives)
            lives.append(_Walk(desk, rng, ticket_id, moment, person).life)
    return lives


def _asker(rng: random.Random, people: list[Person], day: date) -> Person | None:
    """Return who asks; a few are known to nobody."""
    if rng.random() < 0.06:
        return None
    before = calendar.day_start(day)
    for _ in range(4):
        person = rng.choice(people)
        if person.created < before:
            break
    return person


class _Walk:
    """Leads one ticket through its life, up to now."""

    def __init__(
        self,
        desk: Desk,
        rng: random.Random,
        ticket_id: int,
        moment: int,
        person: Person | None,
    ) -> None:
        self._desk = desk
        self._rng = rng
        user = desk.customer(person, moment) if person else desk.stranger(rng, moment)
        subjects, topic, topic_group = rng.choice(TOPICS)
        group_id = group_of_country(user.country)
        if topic_group and rng.random() < 0.5:
            group_id = GROUPS[topic_group][0]
        self.life = Life(
            ticket_id=ticket_id,
            requester=user,
            created=moment,
            channel=draw(rng, _CHANNELS),
            schedule=desk.schedule_of(group_id),
            policy=policy_of(user),
            state=new_state(
                subject=rng.choice(subjects),
                group_id=group_id,
                requester_id=user.user_id,
                organization_id=user.organization_id,
                brand_id=OFFICE_BRAND if topic == "repair" else SHOP_BRAND,
                priority=draw(rng, _PRIORITIES),
                tags=[topic],
                kind=draw(rng, _TYPES),
            ),
            submitter_id=user.user_id,
            custom_fields={
                TOPIC_FIELD: topic,
                REFUND_FIELD: topic == "invoice" and rng.random() < 0.3,
                CHANNELS_FIELD: ["social"] if rng.random() < 0.05 else None,
            },
        )
        self._now = moment
        self._live()

    def _live(self) -> None:
        self.life.create()
        if self.life.channel == "chat" and self._rng.random() < 0.3:
            self._at(
                self._now + 20, lambda at: self.life.update(at, BOT, comment="bot")
            )
        if self._rng.random() < 0.02:
            # Spam filter or duplicate: solved by a rule without a word.
            at = self._now + int(self._rng.uniform(2, 50) * MINUTE)
            self._at(at, lambda at: self.life.update(at, AUTOMATION, status="solved"))
        else:
            self._work()
        self._after_solve()

    def _at(self, moment: int, act: object) -> bool:
        """Do something at a moment; nothing happens after now."""
        if moment > _END or not callable(act):
            self._now = _END + 1
            return False
        self._now = moment
        act(moment)
        return True

    def _working(self, minutes: float) -> int:
        """Return the moment after about so many working minutes."""
        spread = self._rng.lognormvariate(0, 0.9)
        schedule = self._desk.schedule_of(self.life.state["group_id"])
        return schedule.after(self._now, int(minutes * spread * MINUTE) + 1)

    def _agent(self, moment: int) -> int:
        """Return who answers: the assignee while employed, else somebody of the group."""
        assignee = self.life.state["assignee_id"]
        if assignee and self._desk.is_working(assignee, moment):
            return assignee
        present = self._desk.agents_on(self.life.state["group_id"], moment)
        return self._rng.choice(present).user_id

    def _work(self) -> None:
        """Answer, wait, transfer, until solved or now."""
        rng, life = self._rng, self.life
        wait = _FIRST_REPLY[life.state["priority"]]
        for turn in range(_MOST_ROUNDS):
            if rng.random() < (0.12 if turn == 0 else 0.05) and not self._transfer():
                return
            moment = self._working(wait)
            wait = 200
            agent = self._agent(moment)
            goal = draw(rng, (("solved", 0.36), ("pending", 0.46), ("hold", 0.08), ("open", 0.1)))  # fmt: skip
            if turn == _MOST_ROUNDS - 1:
                goal = "solved"
            # Only colleagues see why a ticket is on hold.
            public = goal != "hold"

            def answer(at: int, agent: int = agent, goal: str = goal) -> None:
                self.life.update(
                    at,
                    agent,
                    comment="agent",
                    public=goal != "hold",
                    assignee_id=agent,
                    status=goal,
                )

            if not self._at(moment, answer) or goal == "solved":
                return
            if rng.random() < _FORGOTTEN or not self._wait_for_customer(public=public):
                return

    def _transfer(self) -> bool:
        """Give the ticket to another group, with a note."""
        group_id = self._rng.choice(
            [g for g, _, _ in GROUPS.values() if g != self.life.state["group_id"]]
        )
        moment = self._working(40)
        agent = self._agent(moment)
        return self._at(
            moment,
            lambda at: self.life.update(
                at,
                agent,
                comment="agent",
                public=False,
                group_id=group_id,
                assignee_id=None,
                status="open",
            ),
        )

    def _wait_for_customer(self, *, public: bool) -> bool:
        """Return whether the ticket goes on: the customer answers or the hold ends."""
        rng, life = self._rng, self.life
        if not public:
            moment = self._now + int(rng.uniform(0.5, 6) * DAY)
            agent = self._agent(moment)
            return self._at(moment, lambda at: life.update(at, agent, status="open"))
        customer = life.requester.user_id
        if rng.random() < 0.6:
            moment = self._now + int(rng.lognormvariate(1.8, 1.0) * HOUR)
            return self._at(
                moment,
                lambda at: life.update(at, customer, comment="end_user", status="open"),
            )
        # No answer: a rule solves it after three days.
        self._at(
            self._now + 3 * DAY,
            lambda at: life.update(at, AUTOMATION, status="solved"),
        )
        return False

    def _after_solve(self) -> None:
        """Offer a rating, reopen, close."""
        rng, life = self._rng, self.life
        if not life.is_solved():
            return
        if rng.random() < 0.08:
            moment = self._now + int(rng.uniform(1, 70) * HOUR)
            customer = life.requester.user_id
            if not self._at(
                moment,
                lambda at: life.update(at, customer, comment="end_user", status="open"),
            ):
                return
            self._work()
            if not life.is_solved():
                return
        solved = self._now
        has_replies = bool(life.agents_comments())
        if has_replies and self._at(solved + DAY, lambda at: life.rate(at, "offered")):
            self._rate()
        closing = max(self._now, solved + _CLOSED_AFTER)
        self._at(closing, lambda at: life.update(at, AUTOMATION, status="closed"))

    def _rate(self) -> None:
        rng = self._rng
        if rng.random() > 0.38:
            return
        score = "good" if rng.random() < 0.86 else "bad"
        moment = self._now + int(rng.uniform(0.1, 40) * HOUR)
        self._at(moment, lambda at: self.life.rate(at, score))
