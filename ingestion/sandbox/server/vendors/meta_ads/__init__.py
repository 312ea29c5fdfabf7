"""Meta's Graph API for ads over a data directory: objects, insights, report jobs.

Versions v25.0 and v26.0 (`/v26.0/act_111/campaigns`); older ones are dead. Reads only.
Limits and jobs are sandbox.toml's `[limits.meta_ads]` (see `limits`), faults its
`[faults]`; `insights.jsonl` holds the finest rows (ad × day × publisher_platform × age ×
gender), from which every report is added up.
"""

from starlette.routing import Route

from ingestion.sandbox.server.gate import Gate
from ingestion.sandbox.server.store import Store
from ingestion.sandbox.server.vendors.meta_ads import edges, reports
from ingestion.sandbox.server.vendors.meta_ads.account import AdWorld
from ingestion.sandbox.server.vendors.meta_ads.dialect import GraphDialect
from ingestion.sandbox.server.vendors.meta_ads.limits import Limits

FILES = ("ad_accounts", "campaigns", "adsets", "ads", "adcreatives", "insights")


def reads(name: str) -> bool:
    """Return whether `meta_ads/<name>.jsonl` means something."""
    return name in FILES


def routes(store: Store) -> list[Route]:
    """Return the routes of the API over a store."""
    limits = Limits(store.table("limits").get("meta_ads", {}))
    world = AdWorld(store)
    gate = Gate(store, GraphDialect(store, limits))
    return [*edges.routes(world, gate), *reports.routes(world, gate, limits)]


def environment(base_url: str, token: str) -> dict[str, str]:
    """Return the variables that point the source at the sandbox."""
    return {
        "SOURCES__META_ADS__BASE_URL": base_url,
        "SOURCES__META_ADS__ACCESS_TOKEN": token,
    }
