"""A CRM object as a request asked for it."""

from dataclasses import dataclass
from typing import Any

from ingestion.sandbox.server.collection import Item
from ingestion.sandbox.server.vendors.hubspot.associations import (
    inline_associations,
)
from ingestion.sandbox.server.vendors.hubspot.object_types import ObjectType
from ingestion.sandbox.server.vendors.hubspot.portal import Portal, property_of


@dataclass(frozen=True)
class Wanted:
    """What of an object was asked for."""

    kind: ObjectType
    properties: list[str]
    history: list[str]
    associations: list[ObjectType]


def record(portal: Portal, item: Item, wanted: Wanted) -> Item:
    """Return the object with the wanted properties, history and associations.

    A name that neither the object nor the declared properties know is left out
    without a word, as HubSpot does.
    """
    declared = portal.declared(wanted.kind.name)
    names = [*(wanted.properties or wanted.kind.defaults), *wanted.history]
    properties = {}
    for name in names:
        value = property_of(item, name, wanted.kind)
        if value is not None or name in item.get("properties", {}) or name in declared:
            properties[name] = value
    answer: dict[str, Any] = {"id": str(item["id"]), "properties": properties}
    if wanted.history:
        past = item.get("propertiesWithHistory") or {}
        answer["propertiesWithHistory"] = {
            name: past[name] for name in wanted.history if name in past
        }
    answer["createdAt"] = item.get("createdAt")
    answer["updatedAt"] = item.get("updatedAt")
    answer["archived"] = bool(item.get("archived"))
    for name in ("archivedAt", "url", "objectWriteTraceId"):
        if name in item:
            answer[name] = item[name]
    if wanted.associations:
        found = inline_associations(portal, wanted.kind, item, wanted.associations)
        if found:
            answer["associations"] = found
    return answer
