"""What every HubSpot endpoint has around it: token, limits, versions, error bodies."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from starlette.requests import Request
from starlette.routing import Route

from ingestion.sandbox.server import gate
from ingestion.sandbox.server.store import Store
from ingestion.sandbox.server.vendors.hubspot import errors
from ingestion.sandbox.server.vendors.hubspot.errors import HubSpotError
from ingestion.sandbox.server.vendors.hubspot.limits import Limits

Body = dict[str, Any]
Handler = Callable[[Request], Body | Awaitable[Body]]
DATED_VERSIONS = ("2026-09", "2026-03", "2025-09", "2026-09-beta")
LONGEST_URL = 16_000


class HubSpotDialect(gate.Dialect):
    """HubSpot's way."""

    def __init__(self, store: Store) -> None:
        self._tokens = set(store.tokens)
        self._limits = Limits(store.table("limits").get("hubspot", {}))
        self._requests = 0

    def headers(self, request: Request) -> dict[str, str]:
        """Count the request; return its id and, but for a search, the limits."""
        self._requests += 1
        request_id = str(uuid5(NAMESPACE_URL, f"sandbox/{self._requests}"))
        is_search = request.url.path.rstrip("/").endswith("/search")
        request.state.request_id = request_id
        request.state.exceeded = self._limits.exceeded(is_search=is_search)
        limits = {} if is_search else self._limits.headers()
        return {"X-HubSpot-Correlation-Id": request_id, **limits}

    def admit(self, request: Request) -> None:
        """Check limits, token and the length of the URL."""
        if policy := request.state.exceeded:
            raise self.rate_limited(policy)
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            message = (
                "Authentication credentials not found. This API supports OAuth 2.0 "
                "authentication and you can find more details at "
                "https://developers.hubspot.com/docs/methods/auth/oauth-overview"
            )
            raise errors.unauthorized(message)
        if token.strip() not in self._tokens:
            raise self.unauthorized()
        if len(str(request.url)) > LONGEST_URL:
            message = "The request URI is too long."
            raise HubSpotError(414, "URI_TOO_LONG", message)

    def unauthorized(self) -> gate.Refusal:
        """Return the answer to a token that was revoked."""
        message = "The access token is unknown, has expired or was revoked."
        return errors.unauthorized(message)

    def forbidden(self, scope: str) -> gate.Refusal:
        """Return the answer to a token without a scope."""
        return errors.missing_scope(scope)

    def rate_limited(self, policy: str) -> gate.Refusal:
        """Return the answer to too many requests."""
        return errors.rate_limited(policy)

    def server_error(self, status: int) -> gate.Refusal:
        """Return the answer when HubSpot itself fails."""
        return errors.server_error(status)

    def expired_cursor(self) -> gate.Refusal:
        """Return the answer to a cursor that is no longer valid."""
        return errors.invalid("The value of 'after' is no longer valid.")

    def has_cursor(self, request: Request) -> bool:
        """Return whether a request asks for a later page."""
        return "after" in request.query_params or b'"after"' in request.state.content

    def rows(self, body: gate.Body) -> list | None:
        """Return the rows of a page, a list of the page's own."""
        if not isinstance(body.get("results"), list):
            return None
        body["results"] = [*body["results"]]
        return body["results"]

    def owe(self, request: Request, body: gate.Body) -> None:
        """Empty a page and let its cursor lead on to the rows that it owes."""
        owed = getattr(request.state, "after", None)
        if owed is not None:
            body["results"] = []
            body["paging"] = {"next": next_page(request, owed)}

    def signed(self, request: Request, body: gate.Body) -> gate.Body:
        """Return the body of an error with the request's id."""
        names = {"correlationId": request.state.request_id}
        if body.get("errorType") == errors.RATE_LIMIT:
            names["requestId"] = request.state.request_id
        return {**body, **names}


class Gate(gate.Gate):
    """Lets requests through to handlers, in every version of an endpoint."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, HubSpotDialect(store))

    def routes(
        self,
        family: str,
        rest: str,
        handler: Handler,
        *,
        legacy: tuple[str, ...] = ("v3",),
        dated: bool = True,
        method: str = "GET",
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
        """
        area, _, api = family.rpartition("/")
        versions = [f"{family}/{date}" for date in DATED_VERSIONS if dated]
        # `/account-info/v3` has its version last in both styles.
        versions += [
            f"{area}/{name}/{api}" if area else f"{family}/{name}" for name in legacy
        ]

        async def answer(request: Request) -> gate.Answer:
            body = handler(request)
            if not isinstance(body, dict):
                body = await body
            # Some of what was asked for failed.
            return gate.Answer(body, status=207 if body.get("errors") else 200)

        paths = [f"{version}{rest}" for version in versions]
        return [
            self.route(path, answer, methods=[method])
            for plain in paths
            for path in (plain, f"{plain}/")
        ]


def next_page(request: Request, after: str) -> dict[str, str]:
    """Return `paging.next`: the cursor and, for GET, an absolute link."""
    if request.method != "GET":
        return {"after": after}
    return {"after": after, "link": str(request.url.include_query_params(after=after))}
