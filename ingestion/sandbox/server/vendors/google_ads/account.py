"""The accounts of a data directory: the tree of managers, and each account's rows."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from ingestion.sandbox.server.store import JsonLines, Store
from ingestion.sandbox.server.vendors.google_ads.values import value_at

Record = dict[str, Any]

# Resource to the file of its rows, and the field that tells its rows apart.
RESOURCES = {
    "campaign": ("campaigns", "campaign.id"),
    "campaign_budget": ("campaign_budgets", "campaign_budget.id"),
    "ad_group": ("ad_groups", "ad_group.id"),
    "ad_group_ad": ("ads", "ad_group_ad.ad.id"),
    "conversion_action": ("conversion_actions", "conversion_action.id"),
}


class Accounts:
    """Who exists, and who is below whom."""

    def __init__(self, store: Store) -> None:
        self._clients: dict[str, list[Record]] = {}
        self.customers: dict[str, Record] = {}
        self._managers: dict[str, set[str]] = {}
        lines = store.lines("google_ads", "customers")
        for row, record in enumerate(lines):
            customer, client = record.get("customer"), record.get("customerClient")
            if not isinstance(customer, dict) or not customer.get("id"):
                raise lines.error(row, "no 'customer.id'")
            asked = str(customer["id"])
            if client is None:
                self.customers[asked] = customer
                continue
            identifier = str(client.get("id") or asked)
            self._clients.setdefault(asked, []).append(client)
            own = {name: client[name] for name in _OWN if name in client}
            known = self.customers.get(identifier, {})
            self.customers[identifier] = {
                "resourceName": f"customers/{identifier}",
                "id": identifier,
                **own,
                **known,
            }
            if identifier != asked:
                self._managers.setdefault(identifier, set()).add(asked)

    def reaches(self, login: str, customer_id: str) -> bool:
        """Return whether an account is the other or below it."""
        return login == customer_id or login in self._managers.get(customer_id, ())

    @cached_property
    def accessible(self) -> list[str]:
        """The accounts that the login was given: those without a manager."""
        return [one for one in self.customers if one not in self._managers]

    def clients(self, customer_id: str) -> list[Record]:
        """Return an account and all below it, as `FROM customer_client` does."""
        customer = {"resourceName": f"customers/{customer_id}", "id": customer_id}
        found = self._clients.get(customer_id)
        if found is None:
            own = self.customers[customer_id]
            found = [{name: own[name] for name in _OWN if name in own}]
            found[0] |= {"id": customer_id, "level": "0"}
        return [
            {
                "customer": customer,
                "customerClient": {
                    "resourceName": (
                        f"customers/{customer_id}/customerClients/{client['id']}"
                    ),
                    "clientCustomer": f"customers/{client['id']}",
                    **client,
                },
            }
            for client in found
        ]

    def today(self, customer_id: str, store: Store) -> date:
        """Return the sandbox's day in an account's time zone."""
        zone = self.customers[customer_id].get("timeZone") or "UTC"
        return store.clock.astimezone(ZoneInfo(zone)).date()


_OWN = (
    "descriptiveName",
    "currencyCode",
    "timeZone",
    "status",
    "manager",
    "testAccount",
)


class Rows:
    """The rows of one file by account: of figures those of a range of days.

    Lines stay bytes; one pass learns whose they are and of which day.
    """

    def __init__(self, lines: JsonLines, *, is_daily: bool = False) -> None:
        self._lines = lines
        self._by_account: dict[str, list[tuple[str, int]]] = {}
        for row, record in enumerate(lines):
            customer_id = value_at(record, "customer.id")
            day = value_at(record, "segments.date") if is_daily else ""
            if not customer_id or day is None:
                missing = "segments.date" if customer_id else "customer.id"
                raise lines.error(row, f"no {missing!r}")
            self._by_account.setdefault(str(customer_id), []).append((day, row))
        for rows in self._by_account.values():
            rows.sort()

    def of(self, customer_id: str, low: str = "", high: str = "9") -> Iterator[Record]:
        """Yield the rows of an account from one day to another."""
        rows = self._by_account.get(customer_id, [])
        start, end = bisect_left(rows, (low, -1)), bisect_right(rows, (high, 1 << 60))
        for _, row in rows[start:end]:
            yield self._lines.parse(row)


class Data:
    """Everything of a data directory, read when it is first asked for."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rows: dict[str, Rows] = {}
        self._entities: dict[tuple[str, str], dict[str, Record]] = {}

    @cached_property
    def accounts(self) -> Accounts:
        """The accounts."""
        return Accounts(self._store)

    def today(self, customer_id: str) -> date:
        """Return the day of an account."""
        return self.accounts.today(customer_id, self._store)

    def figures(self, file: str, customer_id: str, low: str, high: str) -> list[Record]:
        """Return the figures of an account from one day to another."""
        return list(self._file(file, is_daily=True).of(customer_id, low, high))

    def entities(self, resource: str, customer_id: str) -> dict[str, Record]:
        """Return the rows of a resource by the id of it."""
        key = (resource, customer_id)
        if key not in self._entities:
            file, identity = RESOURCES[resource]
            self._entities[key] = {
                self._identity(record, resource, identity): record
                for record in self._file(file).of(customer_id)
            }
        return self._entities[key]

    def entity_of(
        self, resource: str, customer_id: str, figures: Record
    ) -> tuple[str, Record]:
        """Return the id and the row of the resource that figures belong to."""
        identifier = self._identity(figures, resource, RESOURCES[resource][1])
        return identifier, self.entities(resource, customer_id).get(identifier, {})

    def _identity(self, record: Record, resource: str, field: str) -> str:
        if resource == "ad_group_ad":
            # An ad may be in several groups.
            group = value_at(record, "ad_group.id")
            return f"{group}~{value_at(record, field)}"
        return str(value_at(record, field))

    def _file(self, name: str, *, is_daily: bool = False) -> Rows:
        if name not in self._rows:
            lines = self._store.lines("google_ads", name)
            self._rows[name] = Rows(lines, is_daily=is_daily)
        return self._rows[name]
