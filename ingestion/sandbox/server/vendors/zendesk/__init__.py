"""Zendesk Support's API v2 over a data directory, reads only.

Every path with or without `.json`. Exports by cursor and by time never show the last
minute of the sandbox's clock; lists have cursor and numbered pages; a ticket's audits
come from `ticket_audits`, and where that lacks a ticket from `ticket_events` (and the
other way round). Limits are sandbox.toml's `[limits.zendesk]` (see `dialect`), faults
its `[faults]`.
"""

from starlette.routing import Route

from ingestion.sandbox.server.gate import Gate
from ingestion.sandbox.server.store import Store
from ingestion.sandbox.server.vendors.zendesk import access, exports, lists, settings
from ingestion.sandbox.server.vendors.zendesk.desk import FILES, Desk
from ingestion.sandbox.server.vendors.zendesk.dialect import Zendesk


def reads(name: str) -> bool:
    """Return whether `zendesk/<name>.jsonl` means something."""
    return name in FILES


def routes(store: Store) -> list[Route]:
    """Return the routes of the API over a store."""
    desk, dialect = Desk(store), Zendesk(store)
    gate = Gate(store, dialect)
    return [
        *access.routes(dialect, gate),
        *exports.routes(desk, gate),
        *lists.routes(desk, gate),
        *settings.routes(desk, gate),
    ]


def environment(base_url: str, token: str) -> dict[str, str]:
    """Return the variables that point the source at the sandbox."""
    return {
        "SOURCES__ZENDESK__BASE_URL": base_url,
        "SOURCES__ZENDESK__ACCESS_TOKEN": token,
    }
