"""BambooHR's API v1 over a data directory, at both of its addresses.

Files: `employees` (an element of the list's `data` with every field, plus
`employeeNumber`, `gender`, `originalHireDate`, `terminationDate` and
`standardHoursPerWeek` as of one employee;
`created` and `lastChanged` say when; `deleted` makes it known only to the changes),
`tables_<table>` (rows of /employees/all/tables/<table>) and `time_off`.
Limits are sandbox.toml's `[limits.bamboohr]` (`enforced`, `per_ten_seconds`).
"""

from starlette.routing import Route

from ingestion.sandbox.server.gate import Gate
from ingestion.sandbox.server.store import Store
from ingestion.sandbox.server.vendors.bamboohr.company import TABLES, Company
from ingestion.sandbox.server.vendors.bamboohr.dialect import BambooDialect

PREFIXES = ("/api/v1", "/api/gateway.php/{company}/v1")


def reads(name: str) -> bool:
    """Return whether `bamboohr/<name>.jsonl` means something."""
    return name in ("employees", "time_off") or name.removeprefix("tables_") in TABLES


def routes(store: Store) -> list[Route]:
    """Return the routes of the API over a store."""
    gate = Gate(store, BambooDialect(store))
    company = Company(store)
    handlers = {
        "/employees": company.employees,
        "/employees/changed": company.changed,
        "/employees/changed/tables/{table}": company.changed_table,
        "/employees/directory": company.directory,
        "/employees/{id}": company.employee,
        "/employees/{id}/tables/{table}": company.table,
        "/time_off/requests": company.time_off,
        "/meta/fields": company.fields,
    }
    return [
        gate.route(f"{prefix}{path}", handler)
        for prefix in PREFIXES
        for path, handler in handlers.items()
    ]


def environment(base_url: str, token: str) -> dict[str, str]:
    """Return the variables that point the source at the sandbox."""
    return {
        "SOURCES__BAMBOOHR__BASE_URL": base_url,
        "SOURCES__BAMBOOHR__API_KEY": token,
    }
