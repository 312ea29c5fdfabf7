"""Properties of all live objects of a type as columns, so that search is quick.

A column is built when first searched and kept: numbers and instants as one array of
doubles, so that a range over 100,000 deals is a fraction of a millisecond.
"""

from itertools import islice

import numpy as np

from ingestion.sandbox.server.vendors.hubspot.instants import epoch_milliseconds
from ingestion.sandbox.server.vendors.hubspot.object_types import ObjectType
from ingestion.sandbox.server.vendors.hubspot.portal import Portal, property_of

NUMBER, INSTANT, TEXT, ENUMERATION = "number", "instant", "text", "enumeration"
_KINDS = {
    "number": NUMBER,
    "datetime": INSTANT,
    "date": INSTANT,
    "enumeration": ENUMERATION,
    "bool": ENUMERATION,
}


def number(text: object) -> float | None:
    """Return a value as a number, None when it is none."""
    try:
        return float(text)  # ty: ignore[invalid-argument-type]
    except (TypeError, ValueError):
        return None


class Columns:
    """The columns of one object type, in id order."""

    def __init__(self, portal: Portal, kind: ObjectType) -> None:
        self._portal = portal
        self._kind = kind
        self._collection = portal.objects(kind.name)
        self._texts: dict[str, list[str | None]] = {}
        self._numbers: dict[str, np.ndarray] = {}

    @property
    def size(self) -> int:
        """The number of objects."""
        return len(self._collection.live.ids)

    def texts(self, name: str) -> list[str | None]:
        """Return a property's values; a cleared one ("") counts as none."""
        if name not in self._texts:
            live = self._collection.live
            if name == "hs_object_id":
                values = live.ids
            elif live.watched and name in live.watched[0]:
                values = [watched.get(name) for watched in live.watched]
            else:
                values = [
                    property_of(self._collection.parse(row), name, self._kind)
                    for row in live.rows
                ]
            self._texts[name] = [
                None if value in (None, "") else str(value) for value in values
            ]
        return self._texts[name]

    def numbers(self, name: str) -> np.ndarray:
        """Return a property's values as doubles (instants: epoch milliseconds)."""
        if name not in self._numbers:
            read = epoch_milliseconds if self.kind(name) == INSTANT else number
            values = [read(text) for text in self.texts(name)]
            self._numbers[name] = np.array(values, dtype="float64")
        return self._numbers[name]

    def kind(self, name: str) -> str:
        """Return how a property compares: as declared, else as its values look."""
        if name in ("hs_object_id", "createdAt"):
            return NUMBER if name == "hs_object_id" else INSTANT
        declared = self._portal.declared(self._kind.name).get(name)
        if declared is not None:
            return _KINDS.get(str(declared.get("type")), TEXT)
        sample = list(islice((v for v in self.texts(name) if v is not None), 100))
        if sample and all(number(value) is not None for value in sample):
            return NUMBER
        if sample and all(epoch_milliseconds(value) is not None for value in sample):
            return INSTANT
        return TEXT

    def is_known(self, name: str) -> bool:
        """Return whether the property exists, as far as the directory can tell."""
        declared = self._portal.declared(self._kind.name)
        if not declared or name in declared:
            return True
        return any(value is not None for value in self.texts(name))
