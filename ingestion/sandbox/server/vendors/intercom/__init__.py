"""Intercom's REST API (Intercom-Version up to 2.16) over a data directory.

Conversations carry their `conversation_parts` in the file; lists and searches leave them
out, as Intercom does. Reads only: the sandbox has no create or update. Limits are
sandbox.toml's `[limits.intercom]` (see `gate`), faults its `[faults]`.
"""

from starlette.routing import Route

from ingestion.sandbox.server.gate import Gate
from ingestion.sandbox.server.store import Store
from ingestion.sandbox.server.vendors.intercom import (
    companies,
    contacts,
    conversations,
    directory,
)
from ingestion.sandbox.server.vendors.intercom.gate import IntercomDialect
from ingestion.sandbox.server.vendors.intercom.workspace import FILES, Workspace


def reads(name: str) -> bool:
    """Return whether `intercom/<name>.jsonl` means something."""
    return name in FILES


def routes(store: Store) -> list[Route]:
    """Return the routes of the API over a store."""
    workspace = Workspace(store)
    gate = Gate(store, IntercomDialect(store))
    parts = (conversations, contacts, companies, directory)
    return [route for part in parts for route in part.routes(workspace, gate)]


def environment(base_url: str, token: str) -> dict[str, str]:
    """Return the variables that point the source at the sandbox."""
    return {
        "SOURCES__INTERCOM__BASE_URL": base_url,
        "SOURCES__INTERCOM__ACCESS_TOKEN": token,
    }
