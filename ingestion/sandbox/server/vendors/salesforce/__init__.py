"""Salesforce's REST API over a data directory: queries, describe, delete log, sessions.

Every version from v31.0 on answers alike, with and without a last slash. Reads only.
Limits are sandbox.toml's `[limits.salesforce]` (see `gate`), what the user cannot see is
`[salesforce]` with `hidden_fields` (["Opportunity.Amount"]) and `hidden_objects`; faults
are its `[faults]`. An org has several currencies when `CurrencyType.jsonl` exists. Ids
that were purged from the recycle bin stand in `DeletedRecords.jsonl` (`sobject`, `id`,
`deletedDate`).
"""

from starlette.routing import Route

from ingestion.sandbox.server.gate import Gate
from ingestion.sandbox.server.store import Store
from ingestion.sandbox.server.vendors.salesforce import objects, queries, sessions
from ingestion.sandbox.server.vendors.salesforce.gate import SalesforceDialect
from ingestion.sandbox.server.vendors.salesforce.org import DELETE_LOG, Org
from ingestion.sandbox.server.vendors.salesforce.schema import TYPES


def reads(name: str) -> bool:
    """Return whether `salesforce/<name>.jsonl` means something."""
    return name in TYPES or name == DELETE_LOG


def routes(store: Store) -> list[Route]:
    """Return the routes of the API over a store."""
    org, dialect = Org(store), SalesforceDialect(store)
    gate = Gate(store, dialect)
    return [
        *sessions.routes(gate, dialect),
        *queries.routes(org, gate, dialect),
        *objects.routes(org, gate, dialect),
    ]


def environment(base_url: str, token: str) -> dict[str, str]:
    """Return the variables that point the source at the sandbox."""
    return {
        "SOURCES__SALESFORCE__INSTANCE_URL": base_url,
        "SOURCES__SALESFORCE__LOGIN_URL": base_url,
        "SOURCES__SALESFORCE__CLIENT_ID": "sandbox",
        "SOURCES__SALESFORCE__CLIENT_SECRET": token,
    }
