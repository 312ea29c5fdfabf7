"""Google Ads' REST API (v26) over a data directory: GAQL, accounts, tokens.

`googleAds:search`, `googleAds:searchStream`, `customers:listAccessibleCustomers` and
Google's token endpoint. The files hold rows as `searchStream` returns them, as wide as
they are known; what was asked for is projected, filtered, added up and paged here:

- customers: of `FROM customer_client`, run on a manager, or of `FROM customer`;
- campaigns, campaign_budgets, ad_groups, ads, conversion_actions: of those resources;
- campaign_stats (campaign x day x device x network), ad_stats (ad x day),
  conversion_stats (campaign x day x conversion action): figures.

sandbox.toml's `[google_ads]` may say `page_rows` (10,000), `[limits.google_ads]` what is
in `dialect`.
"""

from starlette.routing import Route

from ingestion.sandbox.server.gate import Gate
from ingestion.sandbox.server.store import Store
from ingestion.sandbox.server.vendors.google_ads.dialect import GoogleAds
from ingestion.sandbox.server.vendors.google_ads.service import Service

FILES = (
    *("customers", "campaigns", "campaign_budgets", "ad_groups", "ads"),
    *("conversion_actions", "campaign_stats", "ad_stats", "conversion_stats"),
)
VERSION = "v26"
# Served by Google once, and no longer.
SUNSET_VERSIONS = ("v20", "v21", "v22")


def reads(name: str) -> bool:
    """Return whether `google_ads/<name>.jsonl` means something."""
    return name in FILES


def routes(store: Store) -> list[Route]:
    """Return the routes of the API over a store."""
    dialect = GoogleAds(store)
    gate, service = Gate(store, dialect), Service(store)
    found = [
        gate.route("/token", dialect.tokens.answer, methods=["POST"], is_open=True)
    ]
    for version in (VERSION, *SUNSET_VERSIONS):
        for path, handler, method in (
            (":listAccessibleCustomers", service.accessible, "GET"),
            ("/{customer_id}/googleAds:search", service.search, "POST"),
            ("/{customer_id}/googleAds:searchStream", service.stream, "POST"),
        ):
            answer = handler if version == VERSION else service.unsupported
            path = f"/{version}/customers{path}"
            found.append(gate.route(path, answer, methods=[method]))
    return found


def environment(base_url: str, token: str) -> dict[str, str]:
    """Return the variables that point the source at the sandbox."""
    return {
        "SOURCES__GOOGLE_ADS__BASE_URL": base_url,
        "SOURCES__GOOGLE_ADS__TOKEN_URL": f"{base_url}/token",
        "SOURCES__GOOGLE_ADS__CLIENT_ID": token,
        "SOURCES__GOOGLE_ADS__CLIENT_SECRET": token,
        "SOURCES__GOOGLE_ADS__REFRESH_TOKEN": token,
    }
