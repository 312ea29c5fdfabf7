"""Trade shows with their participants, and marketing e-mails with their statistics.

Planted: one participant whom the CRM knows only by e-mail, one listed under a contact
id that was merged away, one whose attendance was uploaded days after the fair; whoever
came into the CRM in the three weeks after an event was met there.
"""

import random
from datetime import date

from ingestion.sandbox.generator import calendar, vocabulary
from ingestion.sandbox.generator.calendar import AS_OF, DAY, HOUR, iso
from ingestion.sandbox.generator.company import Company, Person
from ingestion.sandbox.generator.dice import draw

_STATES = (("REGISTERED", 2), ("ATTENDED", 5), ("CANCELLED", 1), ("NO_SHOW", 2))


def event_lines(company: Company) -> tuple[list[dict], list[dict]]:
    """Return the marketing events and their participations."""
    rng = company.rng("hubspot/marketing_events")
    scans = company.rng("hubspot/badge_scans")
    events, participations = [], []
    for number, show in enumerate(vocabulary.TRADE_SHOWS):
        name, kind, first, last = show
        start = calendar.day_start(date.fromisoformat(first)) + 9 * HOUR
        end = calendar.day_start(date.fromisoformat(last)) + 18 * HOUR
        event = {
            "objectId": str(95_500_100 + number),
            "externalEventId": f"show-{number}",
            "eventName": name,
            "eventType": kind,
            "eventOrganizer": "Zafran Trading GmbH",
            "eventUrl": f"https://zafran.example/events/{number}",
            "eventDescription": name,
            "startDateTime": iso(start),
            "endDateTime": iso(end),
            "eventCancelled": False,
            "eventCompleted": True,
            "eventStatus": "PAST",
            "eventStatusV2": "PAST",
            "customProperties": [{"name": "booth", "value": f"H{number + 1}"}],
            "appInfo": {"id": "1234567", "name": "Event sync"},
            "createdAt": iso(start - 60 * DAY),
            "updatedAt": iso(end + 3 * DAY),
        }
        people = [p for p in company.contacts if p.created < start]
        chosen = rng.sample(people, min(len(people), 15 + company.size.contacts // 40))
        found = [_participation(rng, event, person, start) for person in chosen]
        if number == 0:
            _plant(company, found)
        found += _scanned(scans, company, event, start)
        states = [line["properties"]["attendanceState"] for line in found]
        event["registrants"] = len(states)
        event["attendees"] = states.count("ATTENDED")
        event["cancellations"] = states.count("CANCELLED")
        event["noShows"] = states.count("NO_SHOW")
        events.append(event)
        participations += found
    return events, participations


def _participation(rng: random.Random, event: dict, person: Person, start: int) -> dict:
    state = draw(rng, _STATES)
    seconds = rng.randrange(600, 7200) if state == "ATTENDED" else 0
    return {
        "id": f"{event['objectId']}-{person.contact_id}",
        "createdAt": iso(start + 2 * DAY),
        "associations": {
            "contact": {
                "contactId": person.contact_id,
                "email": person.email,
                "firstname": person.first_name,
                "lastname": person.last_name,
            },
            "marketingEvent": {
                "marketingEventId": event["objectId"],
                "externalEventId": event["externalEventId"],
                "externalAccountId": "zafran",
                "name": event["eventName"],
            },
        },
        "properties": {
            "occurredAt": start + rng.randrange(8 * HOUR),
            "attendanceState": state,
            "attendanceDurationSeconds": seconds,
            "attendancePercentage": f"{min(1.0, seconds / 7200):.2f}",
        },
    }


def _scanned(
    rng: random.Random, company: Company, event: dict, start: int
) -> list[dict]:
    """Return those who were met there and came into the CRM in the three weeks after."""
    found = []
    for person in company.contacts:
        if start + 9 * HOUR < person.created < start + 21 * DAY:
            line = _participation(rng, event, person, start)
            line["properties"]["attendanceState"] = "ATTENDED"
            found.append(line)
    return found


def _plant(company: Company, found: list[dict]) -> None:
    survivor = next(person for person in company.contacts if person.merged_ids)
    found[0]["associations"]["contact"]["contactId"] = None
    found[1]["associations"]["contact"]["contactId"] = survivor.merged_ids[0]
    found[2]["createdAt"] = iso(calendar.at(found[2]["createdAt"]) + 9 * DAY)


def email_lines(company: Company) -> list[dict]:
    """Return two newsletters a month with the counters of their statistics."""
    rng = company.rng("hubspot/marketing_emails")
    lines = []
    for month in calendar.months():
        for day in (6, 20):
            sent_at = calendar.day_start(month.replace(day=day)) + 10 * HOUR
            if sent_at < AS_OF:
                lines.append(_newsletter(rng, company, len(lines), sent_at))
    return lines


def _newsletter(
    rng: random.Random, company: Company, number: int, sent_at: int
) -> dict:
    sent = int(company.size.contacts * rng.uniform(0.6, 0.9))
    bounced = int(sent * rng.uniform(0.005, 0.03))
    hard = bounced // 3
    delivered = sent - bounced
    opened = int(delivered * rng.uniform(0.25, 0.5))
    clicked = int(opened * rng.uniform(0.05, 0.2))
    counters = {
        "sent": sent,
        "open": opened,
        "delivered": delivered,
        "bounce": bounced,
        "unsubscribed": int(delivered * rng.uniform(0, 0.006)),
        "click": clicked,
        "reply": int(clicked * 0.03),
        "dropped": 0,
        "selected": sent,
        "spamreport": int(rng.random() * 2),
        "suppressed": 0,
        "hardbounced": hard,
        "softbounced": bounced - hard,
        "pending": 0,
        "contactslost": 0,
        "notsent": 0,
    }
    ratios = {
        "deliveredratio": round(100 * delivered / sent, 3),
        "openratio": round(100 * opened / delivered, 3),
        "clickratio": round(100 * clicked / delivered, 3),
    }
    day = calendar.utc_day(sent_at)
    return {
        "id": str(171_000_000 + number),
        "name": f"Newsletter {day:%Y-%m-%d}",
        "subject": rng.choice(("Frischer Tee", "نوروز مبارک", "New beans")),
        "type": "BATCH_EMAIL",
        "state": "PUBLISHED",
        "campaign": f"newsletter-{day:%Y-%m}",
        "campaignName": f"Newsletter {day:%Y-%m}",
        "publishDate": iso(sent_at),
        "publishedAt": iso(sent_at),
        "isPublished": True,
        "isAb": number % 9 == 4,
        "subscriptionDetails": {"subscriptionId": "88001"},
        "stats": {
            "counters": counters,
            "deviceBreakdown": {"open_device_type": {}, "click_device_type": {}},
            "qualifierStats": {},
            "ratios": ratios,
        },
        "archived": False,
        "createdAt": iso(sent_at - 3 * DAY),
        "updatedAt": iso(min(AS_OF, sent_at + 20 * DAY)),
    }
