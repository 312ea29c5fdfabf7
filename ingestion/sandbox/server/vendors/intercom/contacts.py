"""Contacts: listed, searched by days, looked up, and who was merged into whom."""

from functools import cache

from starlette.requests import Request
from starlette.routing import Route

from ingestion.sandbox.server.gate import Body, Gate
from ingestion.sandbox.server.vendors.intercom.gate import not_found
from ingestion.sandbox.server.vendors.intercom.search import (
    Sorted,
    json_body,
    matching,
    page_of,
    per_page,
    sort_of,
    sorted_by,
)
from ingestion.sandbox.server.vendors.intercom.workspace import Item, Workspace


def routes(workspace: Workspace, gate: Gate) -> list[Route]:
    """Return the routes of contacts."""

    @cache
    def everything() -> Sorted:
        return sorted_by(workspace.contacts.items, "created_at")

    def listed(request: Request) -> Body:
        query = request.query_params
        page = page_of(
            everything(),
            kind="list",
            field="data",
            size=per_page(query.get("per_page"), 50),
            cursor=query.get("starting_after"),
            descending=True,
        )
        return _shown(request, page)

    def searched(request: Request) -> Body:
        body = json_body(request)
        paging = body.get("pagination") or {}
        field, descending = sort_of(body, "created_at")
        found = matching(workspace.contacts.items, body.get("query"), workspace.zone)
        page = page_of(
            sorted_by(found, field),
            kind="list",
            field="data",
            size=per_page(paging.get("per_page"), 50),
            cursor=paging.get("starting_after"),
            descending=descending,
        )
        return _shown(request, page)

    def retrieved(request: Request) -> Body:
        return _contact(request, _found(request))

    def merge_history(request: Request) -> Body:
        item = _found(request)
        if item.get("role") != "user":
            message = "Contact not found"
            raise not_found(message)
        return {
            "type": "list",
            "data": item.get("merge_history") or [],
            "has_more": False,
        }

    def _found(request: Request) -> Item:
        item = workspace.contacts.find(request.path_params["id"])
        if item is None:
            message = "User Not Found"
            raise not_found(message)
        return item

    return [
        gate.route("/contacts", listed),
        gate.route("/contacts/search", searched, methods=["POST"]),
        gate.route("/contacts/{id}", retrieved),
        gate.route("/contacts/{id}/merge_history", merge_history),
    ]


def _shown(request: Request, page: Body) -> Body:
    page["data"] = [_contact(request, item) for item in page["data"]]
    return page


def _contact(request: Request, item: Item) -> Item:
    """Leave out the merge history unless it was asked for; leads never have it."""
    asked = request.query_params.get("include_merge_history") == "true"
    if asked and item.get("role") == "user":
        return {**item, "merge_history": item.get("merge_history") or []}
    return {name: value for name, value in item.items() if name != "merge_history"}
