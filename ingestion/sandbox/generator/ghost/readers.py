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
_REFERRERS = (
    (None, None, None),
    ("Google", "search", "https://www.google.com/"),
    ("Instagram", "social", "https://www.instagram.com/"),
    ("kaffeeblog.example", None, "https://www.kaffeeblog.example/bester-tee"),
)


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


def reader_events(
    company: Company, contents: Contents, readers: list[Reader]
) -> list[dict]:
    """Return signups, subscriptions, logins, payments and changes of address."""
    rng = company.rng("ghost/member_events")
    events: list[dict] = []
    for reader in readers:
        found = [_signup(rng, reader, contents), *_newsletter_events(rng, reader)]
        if rng.random() < 0.3:
            moment = min(reader.created + int(rng.uniform(1, 300) * DAY), AS_OF - HOUR)
            if moment > reader.created:
                found.append(_event(rng, "login_event", reader, moment))
                reader.line["last_seen_at"] = stamp(moment)
        found += _planted(rng, reader, contents)
        if not reader.is_deleted:
            events += found
    return events


def _event(
    rng: random.Random, kind: str, reader: Reader, moment: int, **data: object
) -> dict:
    return {
        "type": kind,
        "data": {
            "id": object_id(rng, moment),
            "member_id": reader.line["id"],
            "created_at": stamp(moment),
            **data,
            "member": reader.short,
        },
    }


def _signup(rng: random.Random, reader: Reader, contents: Contents) -> dict:
    """Return the signup: after which letter, from where, by which campaign."""
    is_import = reader.position == IMPORTED
    letters = [] if is_import else contents.published_before(reader.created)
    post = rng.choice(letters) if letters and rng.random() < 0.6 else None
    source, medium, url = (None, None, None) if is_import else rng.choice(_REFERRERS)
    campaign = None if is_import else _campaign(rng, reader)
    if campaign is not None:
        source, medium = campaign[1], campaign[2]
    attribution = {
        "id": post["id"] if post else None,
        "type": "post" if post else (None if is_import else "url"),
        "url": post["url"] if post else (None if is_import else "/"),
        "title": post["title"] if post else (None if is_import else "homepage"),
        "referrer_source": source,
        "referrer_medium": medium,
        "referrer_url": url,
    }
    return _event(
        rng,
        "signup_event",
        reader,
        reader.created,
        attribution_id=attribution["id"],
        attribution_type=attribution["type"],
        attribution_url=attribution["url"],
        referrer_source=source,
        referrer_medium=medium,
        referrer_url=url,
        utm_source=campaign[1] if campaign else None,
        utm_medium=campaign[2] if campaign else None,
        utm_campaign=campaign[0] if campaign else None,
        utm_term=None,
        utm_content=campaign[3] if campaign else None,
        source="import" if is_import else "member",
        created_with_status="free",
        attribution=attribution,
    )


def _campaign(rng: random.Random, reader: Reader) -> tuple | None:
    day = calendar.local_day(reader.created).isoformat()
    running = [one for one in vocabulary.CAMPAIGNS if one[4] <= day <= one[5]]
    if reader.position == CAMPAIGNED:
        return vocabulary.CAMPAIGNS[-1]
    return rng.choice(running) if running and rng.random() < 0.3 else None


def _newsletter_events(rng: random.Random, reader: Reader) -> list[dict]:
    source = "import" if reader.position == IMPORTED else "member"
    return [
        _event(
            rng,
            "newsletter_event",
            reader,
            moment,
            newsletter_id=newsletter_id,
            subscribed=is_start,
            source=source,
        )
        for newsletter_id, periods in reader.subscriptions.items()
        for period in periods
        for moment, is_start in zip(period, (True, False), strict=True)
        if moment is not None
    ]


def _planted(rng: random.Random, reader: Reader, contents: Contents) -> list[dict]:
    line, position = reader.line, reader.position
    if position == RENAMED:
        moment, before = at("2026-03-03T08:15:00Z"), line["email"]
        line["email"] = f"neu.{before}"
        line["updated_at"] = stamp(moment)
        changed = {"from_email": before, "to_email": line["email"]}
        return [_event(rng, "email_change_event", reader, moment, **changed)]
    if position == COMPED:
        line.update(status="comped", comped=True, updated_at="2025-07-01T10:00:00.000Z")
        line["tiers"] = [_tier_of(contents)]
    if position == PAYING or (position > CAMPAIGNED and rng.random() < 0.03):
        return _payments(rng, reader, contents)
    return []


def _tier_of(contents: Contents) -> dict:
    tier = contents.tiers[1]
    return {name: tier[name] for name in ("id", "name", "slug", "active", "type")}


def _payments(rng: random.Random, reader: Reader, contents: Contents) -> list[dict]:
    """Return a subscription that is paid every month, in cents."""
    start = reader.created + 2 * DAY
    if start > AS_OF - DAY:
        return []
    subscription_id = object_id(rng, start)
    reader.line.update(status="paid", updated_at=stamp(start))
    reader.line["tiers"] = [_tier_of(contents)]
    reader.line["subscriptions"] = [
        {
            "id": f"sub_{subscription_id[-12:]}",
            "status": "active",
            "start_date": stamp(start),
            "plan": {"amount": 500, "currency": "EUR", "interval": "month"},
        }
    ]
    events = [
        _event(
            rng,
            "subscription_event",
            reader,
            start,
            type="created",
            subscription_id=subscription_id,
            from_plan=None,
            to_plan="price_monthly",
            currency="eur",
            mrr_delta=500,
            source="stripe",
            tierName="Supporter",
            signup=False,
            attribution=None,
        )
    ]
    moment = start
    while moment < AS_OF:
        paid = {"amount": 500, "currency": "eur", "source": "stripe"}
        events.append(_event(rng, "payment_event", reader, moment, **paid))
        moment += 30 * DAY
    return events
