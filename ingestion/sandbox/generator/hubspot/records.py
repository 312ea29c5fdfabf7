"""The shapes that all CRM objects and associations share."""

from collections import defaultdict

from ingestion.sandbox.generator.calendar import iso

PORTAL_ID = 4727653

# (category-defined) association type ids by from and to object.
_TYPE_IDS = {
    ("deals", "contacts"): 3,
    ("deals", "companies"): 341,
    ("deals", "line_items"): 19,
    ("contacts", "companies"): 279,
    ("meetings", "contacts"): 200,
    ("meetings", "companies"): 188,
    ("meetings", "deals"): 212,
    ("calls", "contacts"): 194,
    ("calls", "companies"): 182,
    ("calls", "deals"): 206,
    ("emails", "contacts"): 198,
    ("emails", "companies"): 186,
    ("emails", "deals"): 210,
    ("tasks", "contacts"): 204,
    ("tasks", "companies"): 192,
    ("tasks", "deals"): 216,
}
_PRIMARY_TYPE_IDS = {("deals", "companies"): 5, ("contacts", "companies"): 1}
_SINGULAR = {
    "contacts": "contact",
    "companies": "company",
    "deals": "deal",
    "line_items": "line_item",
}


def crm_object(
    object_id: str,
    properties: dict[str, str | None],
    created: int,
    updated: int,
    archived_at: int | None = None,
) -> dict:
    """Return one CRM object as the list endpoint returns it."""
    properties["hs_object_id"] = object_id
    record: dict = {
        "id": object_id,
        "properties": properties,
        "createdAt": iso(created),
        "updatedAt": iso(updated),
        "archived": archived_at is not None,
    }
    if archived_at is not None:
        record["archivedAt"] = iso(archived_at)
    return record


def money(cents: int) -> str:
    """Write cents as HubSpot writes an amount."""
    sign, cents = ("-", -cents) if cents < 0 else ("", cents)
    return f"{sign}{cents // 100}.{cents % 100:02d}"


class Links:
    """Associations as the v4 batch read returns them, by from and to object.

    Within one pair the primary type comes first, as HubSpot lists it.
    """

    def __init__(self) -> None:
        self._links: dict[tuple[str, str], dict[str, dict[str, list]]] = defaultdict(
            lambda: defaultdict(dict)
        )

    def add(
        self,
        from_type: str,
        from_id: str,
        to_type: str,
        to_id: str,
        label: tuple[int, str] | None = None,
    ) -> None:
        """Associate two objects; the first company of an object is its primary."""
        pair = (from_type, to_type)
        targets = self._links[pair][from_id]
        types = targets.setdefault(to_id, [])
        if not types:
            if pair in _PRIMARY_TYPE_IDS and len(targets) == 1:
                types.append(_type(_PRIMARY_TYPE_IDS[pair], "Primary"))
            types.append(_type(_TYPE_IDS[pair], None))
        if label is not None:
            types.append({"category": "USER_DEFINED", "typeId": label[0], "label": label[1]})  # fmt: skip

    def results(self) -> dict[tuple[str, str], list[dict]]:
        """Return the elements of `results[]` per from and to object, by from id."""
        return {
            pair: [
                {
                    "from": {"id": from_id},
                    "to": [
                        {"toObjectId": to_id, "associationTypes": types}
                        for to_id, types in links[from_id].items()
                    ],
                }
                for from_id in sorted(links, key=int)
            ]
            for pair, links in sorted(self._links.items())
        }

    def inline(self, from_type: str, from_id: str, to_types: tuple[str, ...]) -> dict:
        """Return the `associations` of one object as the list endpoint nests them."""
        found = {}
        for to_type in to_types:
            targets = self._links[from_type, to_type].get(from_id)
            if targets:
                name = f"{_SINGULAR[from_type]}_to_{_SINGULAR[to_type]}"
                found[to_type] = {
                    "results": [{"id": to_id, "type": name} for to_id in targets]
                }
        return found


def _type(type_id: int, label: str | None) -> dict:
    return {"category": "HUBSPOT_DEFINED", "typeId": type_id, "label": label}
