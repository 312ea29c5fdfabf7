"""How Personio speaks: tokens for client credentials, buckets, problem bodies."""

from secrets import token_hex
from time import monotonic
from urllib.parse import parse_qs

from starlette.requests import Request

from ingestion.sandbox.server.gate import Body, Dialect, Refusal
from ingestion.sandbox.server.store import Store, checked_table
from ingestion.sandbox.server.window import Window

LIMITS = {"enforced": False, "per_second": 30, "token_seconds": 86_400}


def bad_request(detail: str) -> Refusal:
    """Return the answer to a request that is wrong."""
    return Refusal(400, {"errors": [{"title": "Bad Request", "detail": detail}]})


def not_found(detail: str) -> Refusal:
    """Return the answer to an id that does not exist."""
    body = {"title": "Not Found", "status": 404, "detail": detail}
    return Refusal(404, body, {"content-type": "application/problem+json"})


class PersonioDialect(Dialect):
    """Personio's manners."""

    def __init__(self, store: Store) -> None:
        self._accepted = store.tokens
        self._issued: dict[str, float] = {}
        table = store.table("limits").get("personio", {})
        known = checked_table(table, LIMITS, "limits.personio")
        self._enforced = known["enforced"]
        self._lifetime = known["token_seconds"]
        self._window = Window(1, known["per_second"], monotonic)

    def token(self, request: Request) -> Body:
        """Issue a token for client credentials."""
        form = parse_qs(request.state.content.decode())
        sent = {name: values[0] for name, values in form.items()}
        if sent.get("grant_type") != "client_credentials":
            raise Refusal(400, {"error": "unsupported_grant_type"})
        for name in ("client_id", "client_secret"):
            if sent.get(name) not in self._accepted:
                raise Refusal(401, {"error": "invalid_client"})
        token = f"papi-{token_hex(16)}"
        self._issued[token] = monotonic() + self._lifetime
        return {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": self._lifetime,
            "scope": "personio:persons:read personio:absences:read",
        }

    def admit(self, request: Request) -> None:
        """Check token and limit."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or self._issued.get(token, 0) <= monotonic():
            raise self.unauthorized()
        if not self._window.take() and self._enforced:
            raise self.rate_limited("")

    def unauthorized(self) -> Refusal:
        """Return the answer to a token that is no longer valid."""
        return Refusal(401, {"error": {"code": 401, "message": "The token is invalid"}})

    def forbidden(self, scope: str) -> Refusal:
        """Return the answer to a missing right, which for persons is a 401."""
        return Refusal(401, {"error": {"message": "Unauthorized Request"}})

    def rate_limited(self, policy: str) -> Refusal:
        """Return the answer to too many requests."""
        return Refusal(429, {"title": "Too Many Requests", "status": 429})

    def server_error(self, status: int) -> Refusal:
        """Return the answer when Personio itself fails."""
        return Refusal(status, {"title": "Internal Server Error", "status": status})

    def expired_cursor(self) -> Refusal:
        """Return the answer to a cursor that is no longer valid."""
        return bad_request("Provided cursor is not valid")

    def has_cursor(self, request: Request) -> bool:
        """Return whether a request asks for a later page."""
        return "cursor" in request.query_params

    def rows(self, body: Body) -> list | None:
        """Return the rows of a page."""
        found = body.get("_data") if isinstance(body, dict) else None
        return found if isinstance(found, list) else None

    def headers(self, request: Request) -> dict[str, str]:
        """Return the state of the bucket."""
        return {
            "x-ratelimit-replenish-rate": str(self._window.most),
            "x-ratelimit-burst-capacity": str(self._window.most),
            "x-ratelimit-requested-tokens": "1",
            "x-ratelimit-remaining": str(max(self._window.remaining(), 1))
            if not self._enforced
            else str(self._window.remaining()),
        }
