"""Lists, single records and many records by id."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.routing import Route

from ingestion.sandbox.server.collection import Item
from ingestion.sandbox.server.gate import Body, Gate
from ingestion.sandbox.server.vendors.zendesk import errors
from ingestion.sandbox.server.vendors.zendesk.access import both
from ingestion.sandbox.server.vendors.zendesk.desk import Desk, epoch
from ingestion.sandbox.server.vendors.zendesk.exports import shown_ticket
from ingestion.sandbox.server.vendors.zendesk.paging import Listing

MOST_IDS = 100
# Deleted tickets are listed for as long as they can be restored.
RESTORABLE_SECONDS = 30 * 86_400
Shown = Callable[[Item], bool]


def _exists(_item: Item) -> bool:
    return True


# List: what of its file it shows.
LISTS: dict[str, Shown] = {
    "tickets": lambda ticket: ticket.get("status") != "deleted",
    "users": lambda user: user.get("active") is not False,
    "organizations": lambda organization: not organization.get("deleted_at"),
    "groups": _exists,
    "group_memberships": _exists,
    "brands": lambda brand: not brand.get("is_deleted"),
    "ticket_fields": _exists,
    "satisfaction_ratings": _exists,
}
SINGULAR = {
    "tickets": "ticket",
    "users": "user",
    "organizations": "organization",
    "groups": "group",
    "brands": "brand",
}


def routes(desk: Desk, gate: Gate) -> list[Route]:
    """Return the routes of lists and records."""

    def items_of(name: str) -> list[Item]:
        return [item for item in desk.lines(name) if LISTS[name](item)]

    listing = Listing()

    def asked_for(name: str, request: Request) -> list[Item]:
        items = items_of(name)
        if name == "satisfaction_ratings":
            items = [item for item in items if _is_rating_asked_for(request, item)]
        if name == "tickets":
            items = [shown_ticket(item, set()) for item in items]
        return items

    def listed(name: str, request: Request) -> Body:
        return listing.page(request, name, lambda: asked_for(name, request))

    def counted(name: str, _request: Request) -> Body:
        return {"count": {"value": len(items_of(name)), "refreshed_at": None}}

    def many(name: str, request: Request) -> Body:
        ids = request.query_params.get("ids", "").split(",")
        if ids == [""] or len(ids) > MOST_IDS:
            raise errors.invalid(
                "InvalidValue", f"ids must name 1 to {MOST_IDS} records"
            )
        asked = set(request.query_params.get("include", "").split(","))
        found = [desk.find(name, identifier) for identifier in dict.fromkeys(ids)]
        items = [item for item in found if item is not None and LISTS[name](item)]
        if name == "tickets":
            items = [shown_ticket(item, asked) for item in items]
        return {name: items, "next_page": None, "count": len(items)}

    def single(name: str, request: Request) -> Body:
        identifier = request.path_params["identifier"].removesuffix(".json")
        item = desk.find(name, identifier)
        if item is None or not (name == "users" or LISTS[name](item)):
            raise errors.not_found()
        shown = shown_ticket(item, set()) if name == "tickets" else item
        return {SINGULAR[name]: shown}

    def audits(request: Request) -> Body:
        ticket_id = request.path_params["ticket_id"]
        ticket = desk.find("tickets", ticket_id)
        if ticket is None or ticket.get("status") == "deleted":
            raise errors.not_found()
        return listing.page(request, "audits", lambda: desk.audits(ticket_id))

    def deleted_tickets(request: Request) -> Body:
        since = desk.now - RESTORABLE_SECONDS
        items = [
            item
            for item in desk.lines("deleted_tickets")
            if epoch(item.get("deleted_at")) >= since
        ]
        return listing.page(request, "deleted_tickets", lambda: items)

    found = [
        *both(gate, "/tickets/{ticket_id}/audits", audits),
        *both(gate, "/deleted_tickets", deleted_tickets),
    ]
    for name in LISTS:
        found += both(gate, f"/{name}", lambda r, name=name: listed(name, r))
        found += both(gate, f"/{name}/count", lambda r, name=name: counted(name, r))
    for name in ("tickets", "users", "organizations"):
        found += both(gate, f"/{name}/show_many", lambda r, name=name: many(name, r))
    # Last: `{identifier}` would also match the words above.
    for name in SINGULAR:
        path = f"/api/v2/{name}/{{identifier}}"
        found.append(gate.route(path, lambda r, name=name: single(name, r)))
    return found


def _is_rating_asked_for(request: Request, rating: Item) -> bool:
    query = request.query_params
    created = epoch(rating.get("created_at"))
    if (start := query.get("start_time")) and created < epoch(int(start)):
        return False
    if (end := query.get("end_time")) and created > epoch(int(end)):
        return False
    return query.get("score", rating.get("score")) == rating.get("score")
