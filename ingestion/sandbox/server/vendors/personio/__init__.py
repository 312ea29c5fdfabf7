"""Personio's API v2 over a data directory.

Files: `persons`, `employments` (with `person`), `org_units`, `compensations` (each from
its `effective_from` until the person's next one of its category) and `absence_periods`,
whose lines may carry the answer of their breakdown as `breakdowns`.
Limits are sandbox.toml's `[limits.personio]` (`enforced`, `per_second`,
`token_seconds`).
"""

from starlette.routing import Route

from ingestion.sandbox.server.gate import Gate
from ingestion.sandbox.server.store import Store
from ingestion.sandbox.server.vendors.personio.account import Account
from ingestion.sandbox.server.vendors.personio.dialect import PersonioDialect

FILES = ("persons", "employments", "org_units", "compensations", "absence_periods")


def reads(name: str) -> bool:
    """Return whether `personio/<name>.jsonl` means something."""
    return name in FILES


def routes(store: Store) -> list[Route]:
    """Return the routes of the API over a store."""
    dialect = PersonioDialect(store)
    gate = Gate(store, dialect)
    account = Account(store)
    handlers = {
        "/v2/persons": account.persons,
        "/v2/persons/{id}": account.person,
        "/v2/persons/{id}/employments": account.employments,
        "/v2/persons/{id}/employments/{employment}": account.employment,
        "/v2/org-units/{id}": account.org_unit,
        "/v2/compensations": account.compensations,
        "/v2/absence-periods": account.absences,
        "/v2/absence-periods/{id}/breakdowns": account.breakdowns,
    }
    return [
        gate.route("/v2/auth/token", dialect.token, methods=["POST"], is_open=True),
        *(gate.route(path, handler) for path, handler in handlers.items()),
    ]


def environment(base_url: str, token: str) -> dict[str, str]:
    """Return the variables that point the source at the sandbox."""
    return {
        "SOURCES__PERSONIO__BASE_URL": base_url,
        "SOURCES__PERSONIO__CLIENT_ID": token,
        "SOURCES__PERSONIO__CLIENT_SECRET": token,
    }
