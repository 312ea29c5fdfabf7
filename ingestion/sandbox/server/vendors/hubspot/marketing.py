"""Marketing events with their participations, and marketing e-mails."""

from collections import Counter

from starlette.requests import Request
from starlette.routing import Route

from ingestion.sandbox.server.collection import Item
from ingestion.sandbox.server.vendors.hubspot.errors import invalid, not_found
from ingestion.sandbox.server.vendors.hubspot.gate import Body, Gate, next_page
from ingestion.sandbox.server.vendors.hubspot.instants import epoch_milliseconds
from ingestion.sandbox.server.vendors.hubspot.parameters import (
    cursor,
    flag,
    listed,
    offset_of,
    opaque_cursor,
    page_limit,
)
from ingestion.sandbox.server.vendors.hubspot.portal import Portal

_STATES = {
    "ATTENDED": "attended",
    "REGISTERED": "registered",
    "CANCELLED": "cancelled",
    "NO_SHOW": "noShows",
}


def routes(portal: Portal, gate: Gate) -> list[Route]:
    """Return the routes of marketing events and e-mails."""

    def list_events(request: Request) -> Body:
        limit = page_limit(request)
        events, following = portal.marketing_events.page(
            cursor(request, portal.marketing_events), limit
        )
        body: Body = {"results": [_event(event) for event in events]}
        if events:
            request.state.after = str(events[0]["objectId"])
        if following is not None:
            body["paging"] = {"next": next_page(request, following)}
        return body

    def get_event(request: Request) -> Body:
        return _event(_found(portal, request.path_params["event_id"]))

    def count_participations(request: Request) -> Body:
        states = Counter(map(_state, _participations(portal, request)))
        return {field: states[state] for state, field in _STATES.items()}

    def list_participations(request: Request) -> Body:
        rows = _participations(portal, request)
        if state := request.query_params.get("state"):
            rows = [row for row in rows if _state(row) == state]
        if contact := request.query_params.get("contactIdentifier"):
            rows = [row for row in rows if contact in _contact(row)]
        return _page(request, rows, page_limit(request))

    def list_attended_by(request: Request) -> Body:
        wanted = request.path_params["contact"]
        rows = [
            row
            for rows in portal.participations.values()
            for row in rows
            if wanted in _contact(row)
        ]
        return _page(request, rows, page_limit(request))

    def list_emails(request: Request) -> Body:
        limit = page_limit(request)
        emails = _emails(portal, request)
        with_stats = flag(request, "includeStats")
        body = _page(request, emails, limit)
        if not with_stats:
            body["results"] = [_without_stats(email) for email in body["results"]]
        return body

    def get_email(request: Request) -> Body:
        wanted = request.path_params["email_id"]
        for email in portal.lines("marketing_emails"):
            if str(email.get("id")) == wanted:
                with_stats = flag(request, "includeStats")
                return email if with_stats else _without_stats(email)
        message = f"Marketing email {wanted} was not found"
        raise not_found(message, id=[wanted])

    def sum_statistics(request: Request) -> Body:
        low, high = _bound(request, "startTimestamp"), _bound(request, "endTimestamp")
        ids = listed(request, "emailIds")
        chosen = [
            email
            for email in portal.lines("marketing_emails")
            if _lies_between(email.get("publishDate"), low, high)
            and (not ids or str(email.get("id")) in ids)
        ]
        counters: Counter[str] = Counter()
        for email in chosen:
            counters.update((email.get("stats") or {}).get("counters") or {})
        return {
            "aggregate": {"counters": counters},
            "campaignAggregations": {},
            "emails": [int(email["id"]) for email in chosen],
        }

    events, emails = "/marketing/marketing-events", "/marketing/emails"
    one = "/participations/{event_id}"
    return [
        *gate.routes(events, "", list_events),
        *gate.routes(
            events, "/participations/contacts/{contact}/breakdown", list_attended_by
        ),
        *gate.routes(events, one, count_participations),
        *gate.routes(events, f"{one}/breakdown", list_participations),
        *gate.routes(events, "/{event_id}", get_event),
        *gate.routes(emails, "", list_emails),
        *gate.routes(emails, "/statistics/list", sum_statistics),
        *gate.routes(emails, "/{email_id}", get_email),
    ]


def _event(event: Item) -> Item:
    """Return an event without the participations that its line may carry."""
    return {name: value for name, value in event.items() if name != "participations"}


def _found(portal: Portal, identifier: str) -> Item:
    event = portal.marketing_events.find(identifier)
    if event is None:
        message = f"Marketing event {identifier} was not found"
        raise not_found(message, objectId=[identifier])
    return event


def _participations(portal: Portal, request: Request) -> list[Item]:
    event = _found(portal, request.path_params["event_id"])
    return portal.participations.get(str(event["objectId"]), [])


def _state(participation: Item) -> str:
    return str((participation.get("properties") or {}).get("attendanceState"))


def _contact(participation: Item) -> tuple[str, str]:
    contact = (participation.get("associations") or {}).get("contact") or {}
    return str(contact.get("contactId")), str(contact.get("email"))


def _emails(portal: Portal, request: Request) -> list[Item]:
    archived = flag(request, "archived")
    emails = [
        email
        for email in portal.lines("marketing_emails")
        if bool(email.get("archived")) == archived
    ]
    if "isPublished" in request.query_params:
        published = flag(request, "isPublished")
        emails = [email for email in emails if _is_published(email) == published]
    for name in ("type", "campaign"):
        if wanted := request.query_params.get(name):
            emails = [email for email in emails if email.get(name) == wanted]
    for field in ("createdAt", "updatedAt", "publishedAt"):
        stem = field.removesuffix("At")
        emails = [
            email
            for email in emails
            if _lies_between(
                email.get(field),
                _bound(request, f"{stem}After"),
                _bound(request, f"{stem}Before"),
            )
        ]
    sort = request.query_params.get("sort") or "createdAt"
    field = sort.lstrip("-")
    emails.sort(key=lambda email: str(email.get("id")))
    emails.sort(
        key=lambda email: str(email.get(field) or ""), reverse=sort.startswith("-")
    )
    return emails


def _is_published(email: Item) -> bool:
    known = email.get("isPublished")
    return bool(email.get("publishDate")) if known is None else bool(known)


def _bound(request: Request, name: str) -> float | None:
    text = request.query_params.get(name)
    if not text:
        return None
    # A `+00:00` that was not escaped arrives with a blank for its plus.
    instant = epoch_milliseconds(text.replace(" ", "+"))
    if instant is None:
        message = f"Invalid value for parameter {name}: {text!r} is not an instant"
        raise invalid(message)
    return instant


def _lies_between(value: object, low: float | None, high: float | None) -> bool:
    if low is None and high is None:
        return True
    instant = epoch_milliseconds(value)
    if instant is None:
        return False
    return (low is None or instant > low) and (high is None or instant < high)


def _without_stats(email: Item) -> Item:
    return {name: value for name, value in email.items() if name != "stats"}


def _page(request: Request, rows: list[Item], limit: int) -> Body:
    """Return a page with the total; the cursor is opaque here."""
    start = offset_of(request.query_params.get("after"))
    body: Body = {"total": len(rows), "results": rows[start : start + limit]}
    request.state.after = opaque_cursor(start)
    if start + limit < len(rows):
        body["paging"] = {"next": next_page(request, opaque_cursor(start + limit))}
    return body
