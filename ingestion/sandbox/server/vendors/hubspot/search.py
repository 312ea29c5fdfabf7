"""CRM search: filters, one sort, offsets up to 10,000, never archived objects."""

from collections import OrderedDict
from typing import Any

import numpy as np
import orjson
from starlette.requests import Request
from starlette.routing import Route

from ingestion.sandbox.server.vendors.hubspot import filters
from ingestion.sandbox.server.vendors.hubspot.columns import (
    INSTANT,
    NUMBER,
    Columns,
)
from ingestion.sandbox.server.vendors.hubspot.errors import invalid
from ingestion.sandbox.server.vendors.hubspot.gate import Body, Gate, next_page
from ingestion.sandbox.server.vendors.hubspot.object_types import (
    ObjectType,
    object_type,
)
from ingestion.sandbox.server.vendors.hubspot.parameters import (
    checked_limit,
    json_body,
    path_type,
    texts,
)
from ingestion.sandbox.server.vendors.hubspot.portal import Portal
from ingestion.sandbox.server.vendors.hubspot.records import Wanted, record

MOST = 200
CAP = 10_000
LONGEST_BODY = 3_000
MOST_GROUPS, MOST_FILTERS, MOST_FILTERS_IN_ALL = 5, 6, 18
# Answers kept: a reader pages one search at a time, a few readers share the sandbox.
REMEMBERED = 16


def routes(portal: Portal, gate: Gate) -> list[Route]:
    """Return the routes of search."""
    searches: dict[str, Search] = {}

    async def search(request: Request) -> Body:
        kind = path_type(request)
        body = await json_body(request)
        if len((await request.body()).decode(errors="replace")) > LONGEST_BODY:
            message = f"The request body exceeds {LONGEST_BODY} characters"
            raise invalid(message)
        limit = checked_limit(_integer(body.get("limit", 10)), MOST)
        offset = _offset(body.get("after"), limit)
        request.state.after = str(offset)
        wanted = Wanted(kind, texts(body, "properties"), [], [])
        if kind.name not in searches:
            searches[kind.name] = Search(portal, kind)
        lag = request.state.faults.get("search_lag")
        found = searches[kind.name].find(body, lag["minutes"] if lag else 0)
        collection = portal.objects(kind.name)
        rows = [
            collection.live.rows[position]
            for position in found[offset : offset + limit].tolist()
        ]
        answer: Body = {
            "total": len(found),
            "results": [record(portal, collection.parse(row), wanted) for row in rows],
        }
        if offset + limit < len(found):
            answer["paging"] = {"next": next_page(request, str(offset + limit))}
        return answer

    path = "/{object_type}/search"
    return gate.routes("/crm/objects", path, search, method="POST")


class Search:
    """Search over one object type."""

    def __init__(self, portal: Portal, kind: ObjectType) -> None:
        self._portal = portal
        self._kind = kind
        self._columns = Columns(portal, kind)
        self._answers: OrderedDict[bytes, np.ndarray] = OrderedDict()

    def find(self, body: dict[str, Any], lag_minutes: float) -> np.ndarray:
        """Return the positions of the objects that match, in the order asked for."""
        groups, sort = _groups(body), _sort(body)
        query = str(body.get("query") or "")
        key = orjson.dumps([groups, sort, query, lag_minutes])
        if key not in self._answers:
            self._answers[key] = self._find(groups, sort, query, lag_minutes)
            if len(self._answers) > REMEMBERED:
                self._answers.popitem(last=False)
        self._answers.move_to_end(key)
        return self._answers[key]

    def _find(
        self, groups: list, sort: tuple[str, bool], query: str, lag_minutes: float
    ) -> np.ndarray:
        columns = self._columns
        passing = np.full(columns.size, not groups)
        for group in groups:
            together = np.full(columns.size, True)
            for entry in group:
                together &= self._mask(entry)
            passing |= together
        for word in query.lower().split():
            passing &= self._mentions(word)
        if lag_minutes:
            changed = columns.numbers(self._kind.changed)
            passing &= changed <= self._newest_indexed(changed, lag_minutes)
        return self._sorted(np.flatnonzero(passing), *sort)

    def _mask(self, entry: filters.Filter) -> np.ndarray:
        name = entry["propertyName"]
        if name.startswith("associations."):
            return self._associated(name, entry)
        if not self._columns.is_known(name):
            message = f"Property {name} does not exist"
            raise invalid(message)
        return filters.mask(self._columns, entry)

    def _associated(self, name: str, entry: filters.Filter) -> np.ndarray:
        other = object_type(name.removeprefix("associations."))
        if other is None or entry["operator"] not in ("EQ", "IN"):
            message = f"{name} can be searched by EQ or IN with the id of an object"
            raise invalid(message)
        values = entry["values"] if entry["operator"] == "IN" else [entry["value"]]
        wanted = {str(value) for value in values}
        associated = self._portal.associated(self._kind.name, other.name)
        holders = {
            identifier
            for identifier, others in associated.items()
            if any(found["toObjectId"] in wanted for found in others)
        }
        ids = self._columns.texts("hs_object_id")
        return np.array([identifier in holders for identifier in ids], bool)

    def _mentions(self, word: str) -> np.ndarray:
        found = np.full(self._columns.size, False)
        for name in self._kind.searched:
            texts_of = self._columns.texts(name)
            found |= np.array([word in (text or "").lower() for text in texts_of], bool)
        return found

    def _newest_indexed(self, changed: np.ndarray, lag_minutes: float) -> float:
        if "as_of" in self._portal.store.description:
            now = self._portal.store.clock.timestamp() * 1000
        else:
            now = float(np.nanmax(changed, initial=0))
        return now - lag_minutes * 60_000

    def _sorted(self, found: np.ndarray, name: str, descending: bool) -> np.ndarray:
        """Sort stably, ties by id, objects without a value last."""
        if name == "hs_object_id" and not descending:
            return found
        if self._columns.kind(name) in (NUMBER, INSTANT):
            values = self._columns.numbers(name)[found]
            order = np.argsort(-values if descending else values, kind="stable")
            return found[order]
        texts_of = self._columns.texts(name)
        some = [row for row in found.tolist() if texts_of[row] is not None]
        none = [row for row in found.tolist() if texts_of[row] is None]
        some.sort(key=lambda row: str(texts_of[row]).lower(), reverse=descending)
        return np.array([*some, *none], dtype=found.dtype)


def _groups(body: dict[str, Any]) -> list[list[filters.Filter]]:
    groups = body.get("filterGroups") or []
    if not groups and body.get("filters"):
        groups = [{"filters": body["filters"]}]
    if not isinstance(groups, list) or any(
        not isinstance(group, dict) or not isinstance(group.get("filters"), list)
        for group in groups
    ):
        message = "Invalid input JSON: filterGroups must be a list of {filters: […]}"
        raise invalid(message)
    checked = [[filters.check(entry) for entry in group["filters"]] for group in groups]
    if len(checked) > MOST_GROUPS:
        message = f"There are {len(checked)} filterGroups, at most {MOST_GROUPS} fit"
        raise invalid(message)
    if any(len(group) > MOST_FILTERS for group in checked):
        message = f"A filterGroup has more than {MOST_FILTERS} filters"
        raise invalid(message)
    if sum(map(len, checked)) > MOST_FILTERS_IN_ALL:
        message = f"There are more than {MOST_FILTERS_IN_ALL} filters in all"
        raise invalid(message)
    return checked


def _sort(body: dict[str, Any]) -> tuple[str, bool]:
    """Return the property to sort by and whether it descends."""
    sorts = body.get("sorts") or []
    if not isinstance(sorts, list) or len(sorts) > 1:
        message = "Only one sort is supported"
        raise invalid(message)
    if not sorts:
        return "createdAt", False
    sort = sorts[0]
    if isinstance(sort, str) and sort.strip("-"):
        return sort.removeprefix("-"), sort.startswith("-")
    if not isinstance(sort, dict) or not isinstance(sort.get("propertyName"), str):
        message = "Invalid input JSON: a sort needs propertyName"
        raise invalid(message)
    direction = sort.get("direction", "ASCENDING")
    if direction not in ("ASCENDING", "DESCENDING"):
        message = f"Invalid input JSON: {direction!r} is not a sort direction"
        raise invalid(message)
    return sort["propertyName"], direction == "DESCENDING"


def _integer(value: object) -> object:
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def _offset(after: object, limit: int) -> int:
    offset = _integer(0 if after in (None, "") else after)
    if isinstance(offset, bool) or not isinstance(offset, int) or offset < 0:
        message = f"Invalid value for after: {after!r} is not an offset"
        raise invalid(message)
    if offset + limit > CAP:
        message = (
            f"Paging beyond {CAP} results is not supported: after {offset} with limit "
            f"{limit}. Narrow the search."
        )
        raise invalid(message)
    return offset
