"""The ad accounts of a data directory and what belongs to them."""

from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from ingestion.sandbox.server.store import Store
from ingestion.sandbox.server.vendors.meta_ads import errors

Item = dict[str, Any]
VENDOR = "meta_ads"
# What an account's edges list, and by which field an object names its parent.
EDGES = ("campaigns", "adsets", "ads", "adcreatives")
PARENTS = {"adsets": ("campaign_id",), "ads": ("campaign_id", "adset_id")}


class AdWorld:
    """All objects of all ad accounts, by kind and id."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now: datetime = store.clock

    @cached_property
    def accounts(self) -> dict[str, Item]:
        """The ad accounts by number, without `act_`."""
        found = {}
        lines = self.store.lines(VENDOR, "ad_accounts")
        for row, item in enumerate(lines):
            number = str(item.get("account_id") or item.get("id") or "")
            if not number.removeprefix("act_"):
                raise lines.error(row, "no 'account_id'")
            number = number.removeprefix("act_")
            found[number] = {**item, "account_id": number, "id": f"act_{number}"}
        return found

    @cached_property
    def objects(self) -> dict[str, dict[str, Item]]:
        """The objects per kind, by id in order."""
        return {kind: self._read(kind) for kind in EDGES}

    def _read(self, kind: str) -> dict[str, Item]:
        found = {}
        lines = self.store.lines(VENDOR, kind)
        for row, item in enumerate(lines):
            for name in ("id", "account_id"):
                if item.get(name) in (None, ""):
                    raise lines.error(row, f"no {name!r}")
            account_id = str(item["account_id"]).removeprefix("act_")
            found[str(item["id"])] = {
                **item,
                "id": str(item["id"]),
                "account_id": account_id,
            }
        return dict(sorted(found.items(), key=lambda pair: (len(pair[0]), pair[0])))

    def account(self, number: str) -> Item:
        """Return an account.

        Raises:
            Refusal: there is none of this number.
        """
        if number not in self.accounts:
            raise errors.unknown_object(f"act_{number}")
        return self.accounts[number]

    def node(self, node_id: str) -> tuple[str, Item]:
        """Return the kind and the object of an id.

        Raises:
            Refusal: no object has the id.
        """
        if node_id.startswith("act_"):
            return "adaccounts", self.account(node_id.removeprefix("act_"))
        for kind, objects in self.objects.items():
            if node_id in objects:
                return kind, objects[node_id]
        raise errors.unknown_object(node_id)

    def children(self, parent_id: str, kind: str) -> list[Item]:
        """Return the objects of a kind that belong to an account, campaign, ad set."""
        if parent_id.startswith("act_"):
            number = self.account(parent_id.removeprefix("act_"))["account_id"]
            return [
                item
                for item in self.objects[kind].values()
                if item["account_id"] == number
            ]
        self.node(parent_id)
        return [
            item
            for item in self.objects[kind].values()
            if any(item.get(name) == parent_id for name in PARENTS.get(kind, ()))
        ]

    def today(self, number: str) -> date:
        """Return the day that it is in an account's time zone."""
        zone = self.account(number).get("timezone_name") or "UTC"
        return self.now.astimezone(ZoneInfo(zone)).date()
