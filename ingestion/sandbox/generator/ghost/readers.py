"""Members: customers, contacts and strangers who read the letters.

Planted, by position: 0 subscribed, left and came back; 1 changed its e-mail address;
2 was imported, long before the site opened; 3 pays; 4 is comped; 5 uses a `+` address
of a CRM contact; 6's address bounces for good; 7 complained of spam; 8 was deleted: no
member and no event of it is left, only the counts of the e-mails it got; 9 signed up
through the last e-mail campaign.
"""

import random
from dataclasses import dataclass, field

from ingestion.sandbox.generator import calendar, vocabulary
from ingestion.sandbox.generator.calendar import AS_OF, DAY, HOUR, MINUTE, SECOND, at
from ingestion.sandbox.generator.company import Company
from ingestion.sandbox.generator.ghost.contents import Contents
from ingestion.sandbox.generator.ghost.records import object_id, stamp, uuid

RESUBSCRIBED, RENAMED, IMPORTED, PAYING, COMPED = 0, 1, 2, 3, 4
PLUS, BOUNCING, COMPLAINING, DELETED, CAMPAIGNED = 5, 6, 7, 8, 9
# Members by number of sales people: small, default, large companies.
_SIZES = ((10, 70), (20, 600), (10_000, 3_500))
_STRANGERS = 0.15
_COUNTRY_CODES = {"Germany": "DE", "Austria": "AT", "Iran": "IR", "Turkey": "TR", "United Kingdom": "GB", "United States": "US"}  # fmt: skip


@dataclass
class Reader:
    """A member, and from when to when it is on which newsletter."""

    position: int
    line: dict
    created: int
    subscriptions: dict[str, list[tuple[int, int | None]]] = field(default_factory=dict)
    is_deleted: bool = False

    @property
    def short(self) -> dict:
        """As an event nests it."""
        names = ("id", "uuid", "name", "email", "avatar_image")
        return {name: self.line[name] for name in names}

    def gets(self, newsletter_id: str, moment: int) -> bool:
        """Return whether a letter of a moment goes to it."""
        return any(
            start <= moment and (end is None or moment < end)
            for start, end in self.subscriptions.get(newsletter_id, [])
        )


def drawn_readers(company: Company, contents: Contents) -> list[Reader]:
    """Return the members by signup; the planted ones keep their positions."""
    rng = company.rng("ghost/members")
    count = next(most for reps, most in _SIZES if company.size.reps <= reps)
    people = iter(rng.sample(company.people, min(count, len(company.people))))
    readers: list[Reader] = []
    emails: set[str] = set()
    for position in range(count):
        is_stranger = position > CAMPAIGNED and rng.random() < _STRANGERS
        person = None if is_stranger else next(people, None)
        first = calendar.day_start(calendar.FIRST_DAY)
        if person is None:
            country = rng.choice(list(vocabulary.NAMES))
            name, email = "", f"leser{position}@mail.example"
        else:
            country = person.country
            name = f"{person.first_name} {person.last_name}"
            email = person.email.lower()
            first = max(first, person.created)
        span = AS_OF - DAY - first
        # More of them come as the company grows.
        created = first + int(span * rng.random() ** 0.8)
        if position <= COMPLAINING:
            created = at("2024-11-12T09:00:00Z") + position * HOUR
        if position == IMPORTED:
            created = at("2021-06-01T00:00:00Z")
        if position == DELETED:
            created = at("2025-01-15T12:00:00Z")
        if position == CAMPAIGNED:
            created = at("2026-10-12T17:20:00Z")
        if position == PLUS:
            email = email.replace("@", "+briefe@")
        if email in emails:
            continue
        emails.add(email)
        created = created // SECOND * SECOND
        line = _member(rng, email, name, country, created)
        reader = Reader(position, line, created, is_deleted=position == DELETED)
        _subscribe(rng, reader, contents)
        readers.append(reader)
    return readers


def _member(
    rng: random.Random, email: str, name: str, country: str, created: int
) -> dict:
    member_uuid = uuid(rng)
    code = _COUNTRY_CODES[country]
    return {
        "id": object_id(rng, created),
        "uuid": member_uuid,
        "email": email,
        "name": name or None,
        "note": None,
        # Text, not an object; unknown for who came through a private network.
        "geolocation": f'{{"country":"{country}","country_code":"{code}"}}'
        if rng.random() < 0.85
        else None,
        "subscribed": True,
        "created_at": stamp(created),
        "updated_at": stamp(created),
        "labels": [],
        "subscriptions": [],
        "avatar_image": f"https://www.gravatar.com/avatar/{member_uuid[:8]}",
        "comped": False,
        "email_count": 0,
        "email_opened_count": 0,
        "email_open_rate": None,
        "status": "free",
        "last_seen_at": None,
        "tiers": [],
        "newsletters": [],
        "email_suppression": {"suppressed": False, "info": None},
        "unsubscribe_url": f"https://letters.zafran.example/unsubscribe/?uuid={member_uuid}",
    }


def _subscribe(rng: random.Random, reader: Reader, contents: Contents) -> None:
    """Draw from when to when the member is on which newsletter."""
    briefe, offers = contents.newsletters[0], contents.newsletters[1]
    start = max(reader.created, at("2024-10-22T00:00:00Z"))
    end = None
    if reader.position > CAMPAIGNED and rng.random() < 0.16:
        end = start + int((5 + rng.expovariate(1 / 120)) * DAY)
        end = end // SECOND * SECOND if end < AS_OF - HOUR else None
    periods: list[tuple[int, int | None]] = [(start, end)]
    if end is not None and rng.random() < 0.2 and end + 30 * DAY < AS_OF:
        periods.append((end + 30 * DAY, None))
    if reader.position == RESUBSCRIBED:
        periods = [
            (start, at("2025-05-05T07:31:00Z")),
            (at("2025-09-01T18:02:00Z"), None),
        ]
    reader.subscriptions[briefe["id"]] = periods
    if rng.random() < 0.35:
        reader.subscriptions[offers["id"]] = [(start + MINUTE, end)]
    current = [
        {name: one[name] for name in ("id", "name", "description", "status")}
        for one in (briefe, offers)
        if reader.gets(one["id"], AS_OF)
    ]
    reader.line["newsletters"] = current
    reader.line["subscribed"] = bool(current)
