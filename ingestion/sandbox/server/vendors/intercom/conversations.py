"""Conversations: listed, searched, one with its parts, and which were deleted."""

from functools import cache

from starlette.requests import Request
from starlette.routing import Route

from ingestion.sandbox.server.gate import Body, Gate
from ingestion.sandbox.server.vendors.intercom.gate import not_found, require_version
from ingestion.sandbox.server.vendors.intercom.pages import numbered_page
from ingestion.sandbox.server.vendors.intercom.search import (
    Sorted,
    json_body,
    matching,
    page_of,
    per_page,
    sort_of,
    sorted_by,
)
from ingestion.sandbox.server.vendors.intercom.workspace import Workspace

MOST_PARTS = 500
DELETED_PAGE = 20
MOST_DELETED = 60


def routes(workspace: Workspace, gate: Gate) -> list[Route]:
    """Return the routes of conversations."""

    @cache
    def everything() -> Sorted:
        return sorted_by(workspace.conversations.items, "updated_at")

    def listed(request: Request) -> Body:
        query = request.query_params
        return page_of(
            everything(),
            kind="conversation.list",
            field="conversations",
            size=per_page(query.get("per_page"), 20),
            cursor=query.get("starting_after"),
            descending=True,
        )

    def searched(request: Request) -> Body:
        body = json_body(request)
        paging = body.get("pagination") or {}
        field, descending = sort_of(body, "updated_at")
        found = matching(workspace.conversations.items, body.get("query"), None)
        return page_of(
            sorted_by(found, field),
            kind="conversation.list",
            field="conversations",
            size=per_page(paging.get("per_page"), 20),
            cursor=paging.get("starting_after"),
            descending=descending,
        )

    def deleted(request: Request) -> Body:
        require_version(request, 16)
        items = workspace.deleted
        if request.query_params.get("order", "desc") != "asc":
            items = items[::-1]
        page = numbered_page(request, items, DELETED_PAGE, MOST_DELETED)
        return {"type": "conversations.list", "conversations": page.pop("rows"), **page}

    def retrieved(request: Request) -> Body:
        item = workspace.conversations.find(request.path_params["id"])
        if item is None:
            message = "Conversation Not Found"
            raise not_found(message)
        found = item.get("conversation_parts") or {}
        parts = found.get("conversation_parts") or []
        return {
            **item,
            "conversation_parts": {
                "type": "conversation_part.list",
                # The most recent ones; the total tells of all.
                "conversation_parts": parts[-MOST_PARTS:],
                "total_count": found.get("total_count", len(parts)),
            },
        }

    return [
        gate.route("/conversations", listed),
        gate.route("/conversations/search", searched, methods=["POST"]),
        gate.route("/conversations/deleted", deleted),
        gate.route("/conversations/{id}", retrieved),
    ]
