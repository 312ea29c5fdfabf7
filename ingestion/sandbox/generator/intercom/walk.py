"""A conversation as most go: a bot, a team, an agent, some replies, a close."""

import random
from datetime import date

from ingestion.sandbox.generator import calendar
from ingestion.sandbox.generator.calendar import DAY, HOUR, MINUTE
from ingestion.sandbox.generator.dice import draw
from ingestion.sandbox.generator.intercom.desk import (
    FIN,
    OPERATOR,
    TOPICS,
    Desk,
    seconds,
)
from ingestion.sandbox.generator.intercom.thread import Thread

FIRST_ID = 215_473_840_000
CHANNELS = (
    ("conversation", 50),
    ("email", 34),
    ("whatsapp", 6),
    ("phone_call", 6),
    ("facebook", 4),
)
PRIORITIES = (("none", 72), ("low", 6), ("medium", 12), ("high", 7), ("urgent", 3))
SCORES = ((5, 50), (4, 22), (3, 8), (2, 6), (1, 14))
SLA = "First reply within 4 hours"


def random_conversation(
    rng: random.Random, desk: Desk, number: int, day: date
) -> Thread:
    """Return a conversation that begins on a day."""
    subject, tag, team, _ = draw(rng, [(topic, topic[3]) for topic in TOPICS])
    thread = Thread(
        FIRST_ID + 7 * number,
        desk.requester(),
        min(_beginning(rng, day), calendar.AS_OF - HOUR),
        subject,
        channel=draw(rng, CHANNELS),
    )
    thread.priority = draw(rng, PRIORITIES)
    thread.tags = [tag, "vip"] if rng.random() < 0.05 else [tag]
    thread.sla_name = SLA if rng.random() < 0.5 else ""
    if thread.channel == "conversation" and rng.random() < 0.6:
        thread.wait(rng.uniform(3, 20) * 1000)
        thread.add("comment", FIN, "Here is what I found.")
        if rng.random() < 0.3:
            # Fin answers, the customer goes away, Fin closes: no human ever came.
            if thread.wait(rng.uniform(20, 60) * MINUTE):
                thread.add("close", FIN)
            return thread
    _with_people(rng, desk, thread, team)
    return thread


def _beginning(rng: random.Random, day: date) -> int:
    if rng.random() < 0.75:
        return calendar.office_moment(rng, day)
    return calendar.shop_moments(rng, day, 1, calendar.ZONE)[0]


def _with_people(rng: random.Random, desk: Desk, thread: Thread, team: int) -> None:
    thread.wait(rng.uniform(1, 90) * 1000)
    thread.add("default_assignment", OPERATOR, to=team)
    if rng.random() < 0.06:
        return  # Nobody has looked at it.
    thread.wait(rng.expovariate(1 / (1.2 * HOUR)))
    agent = desk.agent_on(rng, calendar.local_day(thread.now), team)
    thread.add("assignment", agent, to=agent)
    thread.wait(rng.expovariate(1 / (1.5 * HOUR)))
    thread.add("comment", agent, "Thank you for writing to us.")
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        if not thread.wait(rng.expovariate(1 / (4 * HOUR))):
            return
        thread.add("comment", thread.person, "It is still the same.")
        thread.wait(rng.expovariate(1 / (2 * HOUR)))
        if rng.random() < 0.3:
            thread.add("note", agent, "Asked the warehouse.")
            thread.wait(5 * MINUTE)
        thread.add("comment", agent, "We are looking into it.")
    if rng.random() < 0.15:
        other = desk.agent_on(rng, calendar.local_day(thread.now), team, but=agent)
        kind = draw(rng, (("assignment", 3), ("away_mode_assignment", 1)))
        thread.add(kind, agent if kind == "assignment" else OPERATOR, to=other)
        agent = other
    if rng.random() < 0.15:
        until = thread.now + rng.choice((1, 2, 3)) * DAY
        thread.add("snoozed", agent)
        thread.snoozed_until = seconds(until)
        if not thread.wait(until - thread.now):
            return
        thread.add("timer_unsnooze", OPERATOR)
    if not thread.wait(rng.expovariate(1 / (5 * HOUR))) or rng.random() < 0.04:
        return
    thread.add("close", agent, "Glad that it works." if rng.random() < 0.4 else None)
    if rng.random() < 0.12 and thread.wait(rng.uniform(0.2, 6) * DAY):
        thread.add("comment", thread.person, "Sorry, it came back.")
        if thread.wait(rng.expovariate(1 / (3 * HOUR))):
            thread.add("comment", agent, "Let us look again.")
            thread.wait(rng.expovariate(1 / (8 * HOUR)))
            thread.add("close", agent)
    if thread.state == "closed" and rng.random() < 0.6:
        asked = thread.now + 2 * MINUTE
        score = draw(rng, SCORES) if rng.random() < 0.45 else None
        rated = asked + int(rng.uniform(1, 40) * HOUR)
        remark = "Very friendly" if score == 5 and rng.random() < 0.3 else ""
        thread.rate(asked, score, rated, remark)
