"""What every HubSpot endpoint has around it: token, limits, faults, error bodies."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ingestion.sandbox.server.faults import CutResponse, Faults
from ingestion.sandbox.server.store import Store
from ingestion.sandbox.server.vendors.hubspot import errors
from ingestion.sandbox.server.vendors.hubspot.errors import HubSpotError
from ingestion.sandbox.server.vendors.hubspot.limits import Limits

Body = dict[str, Any]
Handler = Callable[[Request], Body | Awaitable[Body]]
DATED_VERSIONS = ("2026-09", "2026-03", "2025-09", "2026-09-beta")
LONGEST_URL = 16_000
HTML_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body>cloudflare</body>"


class Gate:
    """Lets requests through to handlers and shapes what comes back."""

    def __init__(self, store: Store) -> None:
        self._tokens = set(store.tokens)
        self._faults = Faults(store.table("faults"))
        self._limits = Limits(store.table("limits").get("hubspot", {}))
        self._requests = 0
        self._last_rows: dict[str, list] = {}

    def routes(
        self,
        family: str,
        rest: str,
        handler: Handler,
        *,
        legacy: tuple[str, ...] = ("v3",),
        dated: bool = True,
        method: str = "GET",
        is_search: bool = False,
    ) -> list[Route]:
        """Return an endpoint's routes in all its versions.

        Args:
            family: the API, as `/crm/objects`; its version follows (dated), or stands
                before its last part (v3, v4).
            rest: the path after the family.
            handler: answers the request.
            legacy: the undated versions that have the endpoint.
            dated: whether the dated versions have it.
            method: GET or POST.
            is_search: search has a limit of its own and no rate-limit headers.
        """
        area, _, api = family.rpartition("/")
        versions = [f"{family}/{date}" for date in DATED_VERSIONS if dated]
        # `/account-info/v3` has its version last in both styles.
        versions += [
            f"{area}/{name}/{api}" if area else f"{family}/{name}" for name in legacy
        ]

        async def endpoint(request: Request) -> Response:
            return await self._answer(request, handler, is_search=is_search)

        paths = [f"{version}{rest}" for version in versions]
        return [
            Route(path, endpoint, methods=[method])
            for plain in paths
            for path in (plain, f"{plain}/")
        ]

    async def _answer(
        self, request: Request, handler: Handler, *, is_search: bool
    ) -> Response:
        self._requests += 1
        request_id = str(uuid5(NAMESPACE_URL, f"sandbox/{self._requests}"))
        has_cursor = bool(self._faults) and (
            "after" in request.query_params or b'"after"' in await request.body()
        )
        faults = self._faults.play(request.url.path, has_cursor=has_cursor)
        headers = {"X-HubSpot-Correlation-Id": request_id}
        if slow := faults.get("slow_page"):
            await asyncio.sleep(slow["seconds"])
        if "bad_gateway_page" in faults:
            return Response(HTML_PAGE, 502, headers, media_type="text/html")
        if (limit := faults.get("rate_limit")) and limit["html"]:
            return Response(HTML_PAGE, 429, headers, media_type="text/html")
        for name in ("rate_limit", "server_error"):
            if (played := faults.get(name)) and played["retry_after"]:
                headers["Retry-After"] = played["retry_after"]
        request.state.faults = faults
        try:
            self._admit(request, faults, request_id, is_search=is_search)
            body = handler(request)
            if not isinstance(body, dict):
                body = await body
            self._spoil_page(request, body, faults)
            status = 207 if body.get("errors") else 200
        except HubSpotError as error:
            status, body = error.status, error.body(request_id)
        if not is_search:
            headers.update(self._limits.headers())
        if "error_with_ok" in faults:
            failed = errors.server_error(500)
            status, body = 200, failed.body(request_id)
        return _response(status, body, headers, faults)

    def _admit(
        self, request: Request, faults: dict, request_id: str, *, is_search: bool
    ) -> None:
        policy = self._limits.exceeded(is_search=is_search)
        if limit := faults.get("rate_limit"):
            policy = limit["policy"]
        if failed := faults.get("server_error"):
            raise errors.server_error(failed["status"])
        if policy:
            raise errors.rate_limited(policy, request_id)
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            message = (
                "Authentication credentials not found. This API supports OAuth 2.0 "
                "authentication and you can find more details at "
                "https://developers.hubspot.com/docs/methods/auth/oauth-overview"
            )
            raise errors.unauthorized(message)
        if token.strip() not in self._tokens or "revoked_token" in faults:
            message = "The access token is unknown, has expired or was revoked."
            raise errors.unauthorized(message)
        if refused := faults.get("missing_scope"):
            raise errors.missing_scope(refused["scope"])
        if "expired_cursor" in faults:
            message = "The value of 'after' is no longer valid."
            raise errors.invalid(message)
        if len(str(request.url)) > LONGEST_URL:
            message = "The request URI is too long."
            raise HubSpotError(414, "URI_TOO_LONG", message)

    def _spoil_page(self, request: Request, body: Body, faults: dict) -> None:
        """Play the faults that change the rows of a page."""
        rows = body.get("results")
        if not self._faults or not isinstance(rows, list):
            return
        path = request.url.path
        before = self._last_rows.get(path, [])
        self._last_rows[path] = rows
        if (twice := faults.get("duplicate_rows")) and rows:
            count = twice["rows"]
            if twice["from_previous"]:
                body["results"] = before[-count:] + rows
            else:
                body["results"] = rows[:count] + rows
        owed = getattr(request.state, "after", None)
        if "empty_page" in faults and rows and owed is not None:
            body["results"] = []
            body["paging"] = {"next": next_page(request, owed)}


def next_page(request: Request, after: str) -> dict[str, str]:
    """Return `paging.next`: the cursor and, for GET, an absolute link."""
    if request.method != "GET":
        return {"after": after}
    return {"after": after, "link": str(request.url.include_query_params(after=after))}


def _response(status: int, body: Body, headers: dict, faults: dict) -> Response:
    content = orjson.dumps(body)
    kind = CutResponse if "cut_connection" in faults else Response
    if "truncated_body" in faults:
        content = content[: len(content) // 2]
    return kind(content, status, headers, media_type="application/json;charset=utf-8")
