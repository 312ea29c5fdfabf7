"""Incremental exports: by cursor, by time, and metric events by both."""

from starlette.requests import Request
from starlette.routing import Route

from ingestion.sandbox.server.collection import Item, id_order
from ingestion.sandbox.server.gate import Body, Gate
from ingestion.sandbox.server.vendors.zendesk import errors
from ingestion.sandbox.server.vendors.zendesk.access import both
from ingestion.sandbox.server.vendors.zendesk.desk import Desk, Ordered, epoch
from ingestion.sandbox.server.vendors.zendesk.events import without_comments
from ingestion.sandbox.server.vendors.zendesk.paging import decoded, encoded, whole

MOST = 1_000
METRIC_PAGE = 100
# Export: the field by which it is ordered.
FIELDS = {
    "tickets": "generated_timestamp",
    "users": "updated_at",
    "organizations": "updated_at",
    "ticket_events": "timestamp",
    "ticket_metric_events": "time",
}
SIDELOADS = {
    "users": ("requester_id", "submitter_id", "assignee_id"),
    "groups": ("group_id",),
    "organizations": ("organization_id",),
    "brands": ("brand_id",),
}
SCOPES = ("agent", "ai_agent", "all")


def routes(desk: Desk, gate: Gate) -> list[Route]:
    """Return the routes of the exports."""

    def by_cursor(name: str, request: Request) -> Body:
        ordered = desk.by_instant(name, FIELDS[name])
        query = request.query_params
        size = _size(request)
        if query.get("support_type_scope", "agent") not in SCOPES:
            raise errors.invalid("InvalidValue", "support_type_scope is not valid")
        cursor = query.get("cursor")
        if cursor:
            start = ordered.after(_position(cursor))
        else:
            start = ordered.from_second(_start(desk, request))
            cursor = encoded(f"{query['start_time']}.0||0|")
        shown = ordered.from_second(desk.settled + 1)
        end = min(start + size, shown)
        items = ordered.items(start, end)
        if end > start:
            cursor = _cursor_of(ordered, end - 1)
        if query.get("exclude_deleted") == "true":
            items = [item for item in items if item.get("status") != "deleted"]
        kept = {key: query[key] for key in query if key not in ("start_time", "cursor")}
        url = request.url.replace(query="").include_query_params(**kept, cursor=cursor)
        return {
            name: _included(request, name, items),
            **_sideloads(desk, request, items),
            "after_url": str(url),
            "after_cursor": cursor,
            "before_url": None,
            "before_cursor": None,
            "end_of_stream": end >= shown,
        }

    def by_time(name: str, request: Request) -> Body:
        if name == "ticket_metric_events" and "page[size]" in request.query_params:
            return metric_pages(request)
        ordered = desk.by_instant(name, FIELDS[name])
        start = ordered.from_second(_start(desk, request))
        shown = ordered.from_second(desk.settled + 1)
        end = min(start + _size(request), shown)
        items = ordered.items(start, end)
        end_time = ordered.keys[end - 1][0] if end > start else None
        is_last = end >= shown
        url = request.url.include_query_params(start_time=end_time)
        return {
            name: _included(request, name, items),
            **_sideloads(desk, request, items),
            "count": len(items),
            "end_time": end_time,
            "next_page": None if is_last else str(url),
            "end_of_stream": is_last,
        }

    def metric_pages(request: Request) -> Body:
        name = "ticket_metric_events"
        ordered = desk.by_instant(name, FIELDS[name])
        size = whole(request, "page[size]", METRIC_PAGE)
        if size > METRIC_PAGE:
            detail = f"page[size] cannot be greater than {METRIC_PAGE}"
            raise errors.invalid("InvalidPaginationParameter", detail)
        start = ordered.from_second(_start(desk, request))
        if after := request.query_params.get("page[after]"):
            start = max(ordered.after(_position(after)), start)
        shown = ordered.from_second(desk.settled + 1)
        end = min(start + size, shown)
        cursor = _cursor_of(ordered, end - 1) if end > start else None
        url = request.url.include_query_params(**{"page[after]": cursor})
        return {
            name: _included(request, name, ordered.items(start, end)),
            "meta": {
                "has_more": end < shown,
                "after_cursor": cursor,
                "before_cursor": None,
            },
            "links": {"prev": None, "next": str(url) if end < shown else None},
        }

    found: list[Route] = []
    for name in ("tickets", "users"):
        found += both(
            gate,
            f"/incremental/{name}/cursor",
            lambda request, name=name: by_cursor(name, request),
        )
    for name in FIELDS:
        found += both(
            gate,
            f"/incremental/{name}",
            lambda request, name=name: by_time(name, request),
        )
    return found


def _size(request: Request) -> int:
    size = whole(request, "per_page", MOST)
    if size > MOST:
        raise errors.invalid("InvalidValue", f"per_page cannot be more than {MOST}")
    return size


def _start(desk: Desk, request: Request) -> int:
    text = request.query_params.get("start_time")
    if text is None or not text.isdecimal():
        raise errors.invalid("InvalidValue", f"start_time is invalid: {text}")
    if int(text) > desk.settled:
        raise errors.too_recent()
    return int(text)


def _position(cursor: str) -> tuple[int, tuple]:
    stamp, _, rest = decoded(cursor).partition(".0||")
    if not stamp.isdecimal() or not rest.endswith("|"):
        raise errors.bad_cursor()
    return int(stamp), id_order(rest[:-1])


def _cursor_of(ordered: Ordered, position: int) -> str:
    stamp, order = ordered.keys[position]
    return encoded(f"{stamp}.0||{order[1] or order[2]}|")


def _asked(request: Request) -> set[str]:
    return set(request.query_params.get("include", "").split(","))


def _included(request: Request, name: str, items: list[Item]) -> list[Item]:
    """Return the items with what the request asked for, and without what it did not."""
    asked = _asked(request)
    if name == "tickets":
        items = [shown_ticket(item, asked) for item in items]
    if name == "ticket_events" and "comment_events" not in asked:
        items = [without_comments(item) for item in items]
    if name == "ticket_events":
        items = [_stamped(item) for item in items]
    if request.query_params.get("exclude_deleted") == "true":
        items = [item for item in items if item.get("deleted") is not True]
    return items


def _stamped(event: Item) -> Item:
    if event.get("timestamp") is not None:
        return event
    return {**event, "timestamp": epoch(event.get("created_at"))}


def shown_ticket(ticket: Item, asked: set[str]) -> Item:
    """Return a ticket with its metric set only where that was asked for."""
    if "metric_sets" in asked:
        return ticket
    return {key: value for key, value in ticket.items() if key != "metric_set"}


def _sideloads(desk: Desk, request: Request, items: list[Item]) -> Body:
    found: Body = {}
    for name in sorted(_asked(request) & SIDELOADS.keys()):
        wanted: dict[str, None] = {}
        for item in items:
            for field in SIDELOADS[name]:
                if item.get(field) is not None:
                    wanted[str(item[field])] = None
        records = [desk.find(name, identifier) for identifier in wanted]
        found[name] = [record for record in records if record is not None]
    return found
