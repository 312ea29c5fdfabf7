"""Companies: a list that ends at 10,000, and a scroll over all of them.

One scroll may be open at a time. Every request moves it on, whether its answer arrives
or not; the end is an empty page, and one left alone for a minute closes itself.
"""

import time
from collections.abc import Callable
from uuid import NAMESPACE_URL, uuid5

from starlette.requests import Request
from starlette.routing import Route

from ingestion.sandbox.server.gate import Body, Gate
from ingestion.sandbox.server.vendors.intercom.gate import (
    limits_of,
    not_found,
    refusal,
)
from ingestion.sandbox.server.vendors.intercom.pages import numbered_page
from ingestion.sandbox.server.vendors.intercom.workspace import Item, Workspace

PAGE = 15
MOST_PER_PAGE = 60
SCROLL_PAGE = 100
CAP = 10_000


def routes(workspace: Workspace, gate: Gate) -> list[Route]:
    """Return the routes of companies."""
    idle = limits_of(workspace.store)["scroll_idle_seconds"]
    scroll = Scroll(workspace, idle)

    def listed(request: Request) -> Body:
        items = workspace.companies.items[:CAP]
        page = numbered_page(request, items, PAGE, MOST_PER_PAGE)
        return {"type": "list", "data": page.pop("rows"), **page}

    def scrolled(request: Request) -> Body:
        return scroll.answer(request.query_params.get("scroll_param") or "")

    def retrieved(request: Request) -> Body:
        item = workspace.companies.find(request.path_params["id"])
        if item is None:
            message = "Company Not Found"
            raise not_found(message)
        return item

    return [
        gate.route("/companies/list", listed, methods=["POST"]),
        gate.route("/companies/scroll", scrolled),
        gate.route("/companies/{id}", retrieved),
    ]


class Scroll:
    """The one scroll that may be open."""

    def __init__(
        self,
        workspace: Workspace,
        idle_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._workspace = workspace
        self._idle_seconds = idle_seconds
        self._clock = clock
        self._opened = 0
        self._param = ""
        self._position = 0
        self._used_at = 0.0

    def answer(self, param: str) -> Body:
        """Return the next page of a scroll, or the first of a new one.

        Raises:
            Refusal: another is open, or this one no longer is.
        """
        now = self._clock()
        if self._param and now - self._used_at >= self._idle_seconds:
            self._param = ""
        if not param:
            if self._param:
                message = "scroll already exists for this workspace"
                raise refusal(400, "scroll_exists", message)
            self._opened += 1
            self._param = str(uuid5(NAMESPACE_URL, f"scroll/{self._opened}"))
            self._position = 0
        elif param != self._param:
            message = "scroll parameter not found"
            raise not_found(message)
        self._used_at = now
        rows = self._next()
        if not rows:
            self._param = ""
        return {
            "type": "list",
            "data": rows,
            "pages": None,
            "total_count": None,
            "scroll_param": self._param or None,
        }

    def _next(self) -> list[Item]:
        start = self._position
        self._position += SCROLL_PAGE
        return self._workspace.companies.items[start : start + SCROLL_PAGE]
