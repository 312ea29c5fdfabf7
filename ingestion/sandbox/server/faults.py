"""Mishaps on demand: what `[faults]` of sandbox.toml makes the sandbox play.

Each key is a kind of fault and holds one table or an array of tables, e.g.

    [faults]
    server_error = { path = "/search", after = 2, count = 3, status = 503 }

Every fault counts the requests whose path contains `path` ("" = all, the default),
lets the first `after` of them pass (default 0) and plays on the next `count` (default
1; 0 = on all that follow). No chance is involved: the same requests, the same mishaps.

    slow_page         answers after `seconds` (default 1.0)
    server_error      error body with `status` (default 503; 423, 477, 500, 502, 504,
                      521 … as well) and, when set, a `retry_after` header
    bad_gateway_page  502 with an HTML page instead of JSON
    rate_limit        429 with the body of `policy` (HubSpot: TEN_SECONDLY_ROLLING, the
                      default, SECONDLY, DAILY; other vendors name theirs), a `retry_after` header when set, and an HTML
                      body with `html = true`
    revoked_token     401, whatever the token (count defaults to 0: for ever)
    missing_scope     403 that asks for `scope` (count defaults to 0)
    expired_cursor    400 to a request that carries a cursor; only those are counted
    error_with_ok     200 whose body is an error
    truncated_body    half of the JSON, with the length of that half
    cut_connection    half of the body, then the connection is closed
    duplicate_rows    the first `rows` (default 1) rows of a page twice in it; with
                      `from_previous = true` the last rows of the page before, again
    missing_rows      the first `rows` (default 1; 0 = all) rows of a page left out of it
    empty_page        a page without rows whose cursor leads on to the rows it owes
    search_lag        search does not know yet what changed in the last `minutes`
                      (default 10) of the sandbox's clock
"""

from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ingestion.sandbox.server.store import DataDirectoryError, checked_table

# Options of each kind beside path, after and count, with their defaults.
KINDS: dict[str, dict[str, Any]] = {
    "slow_page": {"seconds": 1.0},
    "server_error": {"status": 503, "retry_after": ""},
    "bad_gateway_page": {},
    "rate_limit": {
        "policy": "TEN_SECONDLY_ROLLING",
        "retry_after": "",
        "html": False,
    },
    "revoked_token": {},
    "missing_scope": {"scope": "crm.objects.deals.read"},
    "expired_cursor": {},
    "error_with_ok": {},
    "truncated_body": {},
    "cut_connection": {},
    "duplicate_rows": {"rows": 1, "from_previous": False},
    "missing_rows": {"rows": 1},
    "empty_page": {},
    "search_lag": {"minutes": 10},
}
ENDLESS = ("revoked_token", "missing_scope")


@dataclass
class Fault:
    """One entry of `[faults]` and how many requests it has seen."""

    path: str
    after: int
    count: int
    options: dict[str, Any]
    seen: int = field(default=0)

    def is_due(self, path: str) -> bool:
        """Count a request and return whether the fault plays on it."""
        if self.path not in path:
            return False
        self.seen += 1
        turn = self.seen - self.after
        return turn > 0 and (self.count == 0 or turn <= self.count)


class Faults:
    """The faults of one data directory."""

    def __init__(self, table: dict[str, Any]) -> None:
        self._faults = [
            (kind, _fault(kind, entry))
            for kind, value in table.items()
            for entry in (value if isinstance(value, list) else [value])
        ]

    def __bool__(self) -> bool:
        return bool(self._faults)

    def play(self, path: str, *, has_cursor: bool) -> dict[str, dict[str, Any]]:
        """Count one request; return the options of what plays on it, by kind."""
        due = {}
        for kind, fault in self._faults:
            if kind == "expired_cursor" and not has_cursor:
                continue
            if fault.is_due(path):
                due[kind] = fault.options
        return due


def _fault(kind: str, entry: object) -> Fault:
    if kind not in KINDS:
        message = (
            f"sandbox.toml names the fault {kind!r}, which nobody plays. "
            f"Known: {', '.join(KINDS)}."
        )
        raise DataDirectoryError(message)
    counting = {"path": "", "after": 0, "count": 0 if kind in ENDLESS else 1}
    known: dict[str, Any] = {**counting, **KINDS[kind]}
    said = checked_table(entry, known, f"faults.{kind}")
    options = {name: said[name] for name in KINDS[kind]}
    return Fault(said["path"], said["after"], said["count"], options)


class CutResponse(Response):
    """Promises the whole body, sends half of it and leaves."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the head and half of the body; the server closes the connection."""
        await send(
            {
                "type": "http.response.start",
                "status": self.status_code,
                "headers": self.raw_headers,
            }
        )
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
