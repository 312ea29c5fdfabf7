"""Segment events as its archive keeps them: who, when, from where, and three clocks.

`originalTimestamp` and `sentAt` come from the device's clock, `receivedAt` from the
server's; `timestamp` is what Segment computes: receivedAt - (sentAt - original).
"""

import random
from dataclasses import dataclass, field

from ingestion.sandbox.generator import vocabulary
from ingestion.sandbox.generator.calendar import iso
from ingestion.sandbox.generator.company import Person

SITE = "https://shop.zafran.example"
SERVER_CONTEXT = {
    "channel": "server",
    "library": {"name": "@segment/analytics-node", "version": "3.1.0"},
}


@dataclass
class Visitor:
    """Somebody on a device: known or not, with what the browser tells about it."""

    anonymous_id: str
    country: str
    currency: str
    context: dict
    person: Person | None = None
    is_logged_in: bool = False
    clock_skew: int = 0
    delay: int = 0
    carts: dict[str, list[dict]] = field(default_factory=dict)

    @property
    def user_id(self) -> str | None:
        """The user id when logged in."""
        if self.is_logged_in and self.person is not None:
            return self.person.user_id
        return None


def browser_context(
    rng: random.Random, country: str, campaign: dict | None, agent: str | None = None
) -> dict:
    """Return what stays the same over a visit."""
    zone, locale, _, _ = vocabulary.COUNTRIES[country]
    context: dict = {
        "channel": "client",
        "ip": f"203.0.113.{rng.randrange(1, 255)}",
        "library": {"name": "analytics.js", "version": "next-1.84.3"},
        "locale": locale,
        "timezone": zone,
        "userAgent": agent or rng.choice(vocabulary.USER_AGENTS),
    }
    if campaign is not None:
        context["campaign"] = campaign
    return context


def page_of(path: str, title: str, referrer: str, search: str = "") -> dict:
    """Return the page part of a context."""
    return {
        "path": path,
        "referrer": referrer,
        "search": search,
        "title": title,
        "url": f"{SITE}{path}{search}",
    }


def address_traits(person: Person) -> dict:
    """Return the traits that an identified user's browser keeps sending."""
    return {"email": person.email.lower(), "address": {"country": person.country}}


def browser_event(
    rng: random.Random,
    visitor: Visitor,
    moment: int,
    kind: str,
    page: dict,
    name: str | None = None,
    properties: dict | None = None,
    traits: dict | None = None,
) -> tuple[int, dict]:
    """Return (receivedAt, event) of something that happened at a moment."""
    original = moment + visitor.clock_skew
    travel = int(rng.random() * 600)
    sent = original + visitor.delay + 20 + travel // 3
    received = moment + visitor.delay + 60 + travel
    context = {**visitor.context, "page": page}
    if visitor.is_logged_in and visitor.person is not None:
        context["traits"] = address_traits(visitor.person)
    event: dict = {
        "anonymousId": visitor.anonymous_id,
        "context": context,
        "integrations": {},
        "messageId": f"ajs-next-{original}-{rng.getrandbits(64):016x}",
        "originalTimestamp": iso(original),
        "receivedAt": iso(received),
        "sentAt": iso(sent),
        "timestamp": iso(received - (sent - original)),
        "type": kind,
        "userId": visitor.user_id,
        "version": 2,
    }
    if name is not None:
        event["event"] = name
    if properties is not None:
        event["properties"] = properties
    if traits is not None:
        event["traits"] = traits
    return received, event


def server_event(
    rng: random.Random,
    moment: int,
    name: str,
    properties: dict,
    user_id: str | None,
    anonymous_id: str | None = None,
) -> tuple[int, dict]:
    """Return (receivedAt, event) that the shop's back end sent."""
    received = moment + 700
    return received, {
        "anonymousId": anonymous_id,
        "context": SERVER_CONTEXT,
        "event": name,
        "integrations": {},
        "messageId": f"node-next-{moment}-{rng.getrandbits(64):016x}",
        "originalTimestamp": iso(moment),
        "properties": properties,
        "receivedAt": iso(received),
        "sentAt": iso(moment + 600),
        "timestamp": iso(moment + 100),
        "type": "track",
        "userId": user_id,
        "version": 2,
    }
