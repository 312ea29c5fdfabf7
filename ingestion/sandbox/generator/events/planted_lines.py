"""Lines of the archive that exist in every company and that a reader must survive.

- one line cut off in the middle; one that is no object;
- three events with a top-level key that nobody knows (`experiment`);
- a page view 40 days late and one from two days in the future: both clocks are wrong
  beyond belief;
- a page view without `messageId`, sent twice: the same line is the same event;
- user ids that are none: "", "null", "undefined", 0;
- an alias from an anonymous id to a user, and two users on one device;
- a list view whose `products` is JSON in a string.
"""

import orjson

from ingestion.sandbox.generator.calendar import DAY, SECOND, at, iso
from ingestion.sandbox.generator.company import Company, Person
from ingestion.sandbox.generator.events.archive import Archive
from ingestion.sandbox.generator.events.envelope import (
    Visitor,
    browser_context,
    browser_event,
    page_of,
)

_NOT_USERS = ("", "null", "undefined", 0)


def planted_lines(company: Company, archive: Archive) -> None:
    """Add the hand-written lines to the archive."""
    rng = company.rng("events/planted_lines")
    person = company.web_users[0]
    page = page_of("/about", "Über uns", "")

    def view(moment: str, who: Person = person) -> tuple[int, dict]:
        visitor = Visitor(
            anonymous_id=who.devices[0],
            country=who.country,
            currency="EUR",
            context=browser_context(rng, who.country, None),
            person=who,
            is_logged_in=True,
        )
        return browser_event(
            rng, visitor, at(moment), "page", page, properties={**page}
        )

    received, event = view("2026-08-10T10:00:00Z")
    archive.add_line(received, orjson.dumps(event)[:300])
    archive.add_line(received + SECOND, b'"not an object"')
    for moment in ("2026-08-11T10:00:00Z", "2026-08-12T10:00:00Z", "2026-09-01T09:00:00Z"):  # fmt: skip
        received, event = view(moment)
        archive.add(received, {**event, "experiment": "blue-button"})
    _add_wrong_clocks(archive, *view("2026-08-13T10:00:00Z"))
    received, event = view("2026-08-14T10:00:00Z")
    del event["messageId"]
    archive.add(received, event)
    archive.add(received, event)
    for number, user_id in enumerate(_NOT_USERS):
        received, event = view(f"2026-08-17T1{number}:00:00Z")
        archive.add(received, {**event, "userId": user_id})
    received, event = view("2026-08-18T10:00:00Z")
    alias = {**event, "type": "alias", "previousId": event["anonymousId"]}
    archive.add(received, alias)
    by_device = [user for user in company.web_users if user.number in (30, 31)]
    for number, user in enumerate(by_device):
        archive.add(*view(f"2026-08-19T1{number}:00:00Z", user))
    received, event = view("2026-08-20T10:00:00Z")
    listed = '[{"product_id":"p-101","price":14.9}]'
    properties = {"category": "tea", "products": listed}
    event |= {"type": "track", "event": "Product List Viewed", "properties": properties}
    archive.add(received, event)


def _add_wrong_clocks(archive: Archive, received: int, event: dict) -> None:
    """Add the event 40 days late and once from two days in the future."""
    late = {**event, "messageId": event["messageId"] + "-late"}
    late |= {"receivedAt": iso(received + 40 * DAY), "sentAt": iso(received + 40 * DAY)}
    archive.add(received + 40 * DAY, late)
    ahead = {**event, "messageId": event["messageId"] + "-ahead"}
    ahead |= {
        "originalTimestamp": iso(received + 2 * DAY),
        "timestamp": iso(received + 2 * DAY),
        "sentAt": iso(received),
    }
    archive.add(received, ahead)
