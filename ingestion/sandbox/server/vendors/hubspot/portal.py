"""One HubSpot account: its collections, loaded when first asked for."""

from collections.abc import Iterable
from functools import cached_property

from ingestion.sandbox.server.collection import Collection, Item
from ingestion.sandbox.server.store import Store
from ingestion.sandbox.server.vendors.hubspot.object_types import TYPES, ObjectType

VENDOR = "hubspot"


class Portal:
    """The account's data."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._objects: dict[str, Collection] = {}
        self._associations: dict[tuple[str, str], dict[str, list[Item]]] = {}
        self._declared: dict[str, dict[str, Item]] = {}

    def objects(self, name: str) -> Collection:
        """Return the CRM objects of a type, by its plural name."""
        if name not in self._objects:
            kind = TYPES[name]
            self._objects[name] = Collection(
                self.store.lines(VENDOR, name),
                merged_ids=merged_ids,
                watch=lambda item: _watched(item, kind),
            )
        return self._objects[name]

    def declared(self, name: str) -> dict[str, Item]:
        """Return the declared properties of a type by name; {} if no file says."""
        if name not in self._declared:
            lines = self.store.lines(VENDOR, f"properties_{name}")
            self._declared[name] = {str(item.get("name")): item for item in lines}
        return self._declared[name]

    def associated(self, start: str, end: str) -> dict[str, list[Item]]:
        """Return what each object of one type is associated with in another."""
        if (start, end) not in self._associations:
            found: dict[str, list[Item]] = {}
            lines = self.store.lines(VENDOR, f"associations_{start}_{end}")
            for row, item in enumerate(lines):
                try:
                    identifier = str(item["from"]["id"])
                    others = [
                        {**other, "toObjectId": str(other["toObjectId"])}
                        for other in item["to"]
                    ]
                except (KeyError, TypeError):
                    problem = "no 'from.id', no 'to' or no 'toObjectId' in it"
                    raise lines.error(row, problem) from None
                found.setdefault(identifier, []).extend(others)
            self._associations[start, end] = found
        return self._associations[start, end]

    def lines(self, name: str) -> list[Item]:
        """Return all objects of a small file."""
        return list(self.store.lines(VENDOR, name))

    @cached_property
    def owners(self) -> Collection:
        """The owners, archived ones included."""
        return Collection(self.store.lines(VENDOR, "owners"))

    @cached_property
    def marketing_events(self) -> Collection:
        """The marketing events by objectId."""
        return Collection(self.store.lines(VENDOR, "marketing_events"), key="objectId")

    @cached_property
    def participations(self) -> dict[str, list[Item]]:
        """The participations by marketing event, whichever file holds them."""
        found: dict[str, list[Item]] = {}
        for event in self.lines("marketing_events"):
            rows = event.get("participations") or []
            found.setdefault(str(event["objectId"]), []).extend(rows)
        for row in self.lines("marketing_event_participations"):
            event = (row.get("associations") or {}).get("marketingEvent") or {}
            found.setdefault(str(event.get("marketingEventId")), []).append(row)
        return found

    @cached_property
    def exchange_rates(self) -> Collection:
        """The exchange rates."""
        return Collection(self.store.lines(VENDOR, "currencies"))


def merged_ids(item: Item) -> Iterable[str]:
    """Return the ids of the objects that were merged into this one."""
    properties = item.get("properties") or {}
    objects = properties.get("hs_merged_object_ids") or ""
    contacts = properties.get("hs_calculated_merged_vids") or ""
    if objects or contacts:
        # "id;id" and, for contacts, "id:time;id:time" with the survivor's own id too.
        for part in f"{objects};{contacts}".split(";"):
            if merged := part.partition(":")[0].strip():
                yield merged


def property_of(item: Item, name: str, kind: ObjectType) -> object:
    """Return a property; those that every object has also from its own fields.

    Only under the names that the type has: contacts say `lastmodifieddate` where all
    others say `hs_lastmodifieddate`, and a reader that confuses them must notice.
    """
    properties = item.get("properties") or {}
    if name in properties:
        return properties[name]
    if name == "hs_object_id":
        return str(item["id"])
    if name in (kind.created, kind.changed):
        return item.get("createdAt" if name == kind.created else "updatedAt")
    return None


def _watched(item: Item, kind: ObjectType) -> Item:
    """Return the values that nearly every search filters or sorts by."""
    return {
        "createdAt": item.get("createdAt"),
        kind.changed: property_of(item, kind.changed, kind),
    }
