"""HubSpot's CRM, settings and marketing APIs over a data directory.

Versions: dated (`/crm/objects/2026-09/deals`), v3 and v4 (`/crm/v3/objects/deals`),
with one trailing slash allowed. Reads only: the sandbox has no create or update.
Limits are sandbox.toml's `[limits.hubspot]` (see `limits`), faults its `[faults]`.
"""

from starlette.routing import Route

from ingestion.sandbox.server.store import Store
from ingestion.sandbox.server.vendors.hubspot import (
    account,
    associations,
    definitions,
    marketing,
    objects,
    people,
    search,
)
from ingestion.sandbox.server.vendors.hubspot.gate import Gate
from ingestion.sandbox.server.vendors.hubspot.object_types import (
    TYPES,
    association_file,
)
from ingestion.sandbox.server.vendors.hubspot.portal import Portal

OTHER_FILES = (
    "owners",
    "teams",
    "pipelines",
    "account_info",
    "marketing_events",
    "marketing_event_participations",
    "marketing_emails",
    "currencies",
)


def reads(name: str) -> bool:
    """Return whether `hubspot/<name>.jsonl` means something."""
    return (
        name in TYPES
        or name in OTHER_FILES
        or name.removeprefix("properties_") in TYPES
        or association_file(name) is not None
    )


def routes(store: Store) -> list[Route]:
    """Return the routes of the API over a store."""
    portal = Portal(store)
    gate = Gate(store)
    parts = (
        search,
        objects,
        associations,
        definitions,
        people,
        marketing,
        account,
    )
    return [route for part in parts for route in part.routes(portal, gate)]


def environment(base_url: str, token: str) -> dict[str, str]:
    """Return the variables that point the source at the sandbox."""
    return {
        "SOURCES__HUBSPOT__BASE_URL": base_url,
        "SOURCES__HUBSPOT__ACCESS_TOKEN": token,
    }
