"""What every Salesforce endpoint has around it: session, quota, error bodies.

`[limits.salesforce]` of sandbox.toml: `enforced` (default false), `per_day` requests
(100,000), `used` of them at the start (0), `session_requests` after which a session
expires (0 = never), `batch_size` of a page at most (2,000), `slowest_days` that a
query may span before it times out (0 = any), `rotates_refresh_tokens`.
"""

from itertools import count

from starlette.requests import Request

from ingestion.sandbox.server.gate import Body, Dialect, Refusal
from ingestion.sandbox.server.store import Store, checked_table
from ingestion.sandbox.server.vendors.salesforce import errors
from ingestion.sandbox.server.vendors.salesforce.paths import check_version

DEFAULTS = {
    "enforced": False,
    "per_day": 100_000,
    "used": 0,
    "session_requests": 0,
    "batch_size": 2_000,
    "slowest_days": 0,
    "rotates_refresh_tokens": False,
}
LONGEST_URL = 16_000
ORG_ID = "00D000000000001"


class SalesforceDialect(Dialect):
    """Sessions and the quota of one org."""

    def __init__(self, store: Store) -> None:
        limits = store.table("limits").get("salesforce", {})
        self.limits = checked_table(limits, DEFAULTS, "limits.salesforce")
        self.tokens = set(store.tokens)
        self._sessions: dict[str, int] = {}
        self._numbers = count(1)
        self._used = self.limits["used"]

    def new_session(self) -> str:
        """Issue an access token."""
        token = f"{ORG_ID}!AQ4AQ{next(self._numbers):08d}"
        self._sessions[token] = 0
        return token

    def admit(self, request: Request) -> None:
        """Check session and quota."""
        if "version" in request.path_params:
            check_version(request)
        if len(str(request.url)) > LONGEST_URL:
            raise errors.refused(414, "URI_TOO_LONG", "URI too long")
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        token = token.strip()
        if kind.lower() != "bearer" or not self._is_valid(token):
            raise errors.invalid_session()
        if self.limits["enforced"] and self._used > self.limits["per_day"]:
            raise errors.limit_exceeded("DAILY")

    def _is_valid(self, token: str) -> bool:
        if token in self.tokens:
            return True
        if token not in self._sessions:
            return False
        self._sessions[token] += 1
        most = self.limits["session_requests"]
        return most == 0 or self._sessions[token] <= most

    def unauthorized(self) -> Refusal:
        """Return the answer to a session that ended."""
        return errors.invalid_session()

    def forbidden(self, scope: str) -> Refusal:
        """Return the answer to a user without a permission."""
        message = "insufficient access rights on cross-reference id"
        return errors.refused(403, "INSUFFICIENT_ACCESS", message)

    def rate_limited(self, policy: str) -> Refusal:
        """Return the answer to too many requests; policy CONCURRENT: at once."""
        return errors.limit_exceeded(policy)

    def server_error(self, status: int) -> Refusal:
        """Return the answer when Salesforce itself fails."""
        codes = {503: ("SERVER_UNAVAILABLE", "The server is temporarily unavailable")}
        message = "An unexpected error occurred. Please include this ErrorId: 1-2 (3)"
        code, message = codes.get(status, ("UNKNOWN_EXCEPTION", message))
        return errors.refused(status, code, message)

    def expired_cursor(self) -> Refusal:
        """Return the answer to a cursor that expired."""
        return errors.invalid_locator()

    def has_cursor(self, request: Request) -> bool:
        """Return whether a request asks for a later page."""
        return "/query/0r8" in request.url.path

    def rows(self, body: Body) -> list | None:
        """Return a page's records."""
        return body.get("records") if isinstance(body, dict) else None

    def headers(self, request: Request) -> dict[str, str]:
        """Count the request and return the quota."""
        if not request.url.path.startswith("/services/data/v"):
            return {}
        self._used += 1
        return {"Sforce-Limit-Info": f"api-usage={self._used}/{self.limits['per_day']}"}

    def remaining(self) -> int:
        """Return what is left of the day's requests."""
        return max(self.limits["per_day"] - self._used, 0)
