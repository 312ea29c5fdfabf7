"""What members did: signing up, subscribing and leaving, logging in, paying.

How each signed up (after which letter, from where, by which campaign) is in its signup
event only. What is planted is written in `readers`.
"""

import random

from ingestion.sandbox.generator import calendar, vocabulary
from ingestion.sandbox.generator.calendar import AS_OF, DAY, HOUR, at
from ingestion.sandbox.generator.company import Company
from ingestion.sandbox.generator.ghost.contents import Contents
from ingestion.sandbox.generator.ghost.readers import (
    CAMPAIGNED,
    COMPED,
    IMPORTED,
    PAYING,
    RENAMED,
    Reader,
)
from ingestion.sandbox.generator.ghost.records import object_id, stamp

_REFERRERS = (
    (None, None, None),
    ("Google", "search", "https://www.google.com/"),
    ("Instagram", "social", "https://www.instagram.com/"),
    ("kaffeeblog.example", None, "https://www.kaffeeblog.example/bester-tee"),
)


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
