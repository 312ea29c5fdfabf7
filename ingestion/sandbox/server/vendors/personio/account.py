"""The endpoints over the files of one account."""

import base64
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request

from ingestion.sandbox.server.collection import id_order
from ingestion.sandbox.server.gate import Body
from ingestion.sandbox.server.store import Store
from ingestion.sandbox.server.vendors.personio.dialect import bad_request, not_found

DEFAULT_LIMIT = 10
Item = dict[str, Any]


class Account:
    """The persons of the data directory; files are read at the first request."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def _all(self, name: str) -> dict[str, Item]:
        found = {str(one["id"]): one for one in self._store.lines("personio", name)}
        return dict(sorted(found.items(), key=lambda pair: id_order(pair[0])))

    @cached_property
    def _persons(self) -> dict[str, Item]:
        return self._all("persons")

    @cached_property
    def _employments(self) -> dict[str, list[Item]]:
        found: dict[str, list[Item]] = {}
        for one in self._all("employments").values():
            found.setdefault(str(one["person"]["id"]), []).append(one)
        return found

    @cached_property
    def _absences(self) -> dict[str, Item]:
        return self._all("absence_periods")

    @cached_property
    def _org_units(self) -> dict[str, Item]:
        return self._all("org_units")

    @cached_property
    def _pay(self) -> list[tuple[str, str, Item]]:
        """Compensations with the days on which they begin and end to hold."""
        by_kind: dict[tuple[str, str], list[Item]] = {}
        for one in self._all("compensations").values():
            kind = str(one["person"]["id"]), str(one["type"]["category"])
            by_kind.setdefault(kind, []).append(one)
        found = []
        for rows in by_kind.values():
            rows.sort(key=lambda one: one["effective_from"])
            ends = [*(one["effective_from"] for one in rows[1:]), "9999-12-31"]
            found += [
                (one["effective_from"], end, one)
                for one, end in zip(rows, ends, strict=True)
            ]
        return found

    def persons(self, request: Request) -> Body:
        """List persons."""
        return _page(request, _updated(request, list(self._persons.values())), most=50)

    def person(self, request: Request) -> Body:
        """Return one person."""
        return self._person(request)

    def _person(self, request: Request) -> Item:
        found = self._persons.get(request.path_params["id"])
        if found is None:
            raise not_found("Person not found")
        return found

    def employments(self, request: Request) -> Body:
        """List the employments of a person."""
        person_id = str(self._person(request)["id"])
        return _page(request, self._employments.get(person_id, []), most=50)

    def employment(self, request: Request) -> Body:
        """Return one employment."""
        wanted = request.path_params["employment"]
        for one in self._employments.get(str(self._person(request)["id"]), []):
            if str(one["id"]) == wanted:
                return one
        raise not_found("Employment not found")

    def org_unit(self, request: Request) -> Body:
        """Return a department or team."""
        found = self._org_units.get(request.path_params["id"])
        kind = request.query_params.get("type")
        if found is None or (kind and kind != found.get("type")):
            raise not_found("Org unit not found")
        return found

    def compensations(self, request: Request) -> Body:
        """List what holds on a day, or within at most a month."""
        asked = request.query_params
        if "as_of" in asked:
            start = end = _day(asked["as_of"], "as_of")
        else:
            start = _day(asked.get("start_date", ""), "start_date")
            end = _day(asked.get("end_date", ""), "end_date")
        if end - start > timedelta(days=31):
            raise bad_request("The range is longer than a month")
        found = [
            one
            for first, last, one in self._pay
            if first <= end.isoformat() and last > start.isoformat()
        ]
        return _page(request, found, most=100)

    def absences(self, request: Request) -> Body:
        """List absences."""
        found = [
            {name: value for name, value in one.items() if name != "breakdowns"}
            for one in _updated(request, list(self._absences.values()))
        ]
        return _page(request, found, most=100)

    def breakdowns(self, request: Request) -> Body:
        """List the days of an absence."""
        found = self._absences.get(request.path_params["id"])
        if found is None:
            raise not_found("Absence period not found")
        return _page(request, found.get("breakdowns") or [], most=100)


def _updated(request: Request, rows: list[Item]) -> list[Item]:
    """Return the rows that a filter on updated_at lets through; it takes days alone."""
    for name, text in request.query_params.items():
        field, _, operator = name.rpartition(".")
        if field != "updated_at":
            continue
        day = _day(text, name).isoformat()
        tests = {
            "gt": lambda value, day=day: value > day,
            "gte": lambda value, day=day: value >= day,
            "lt": lambda value, day=day: value < day,
            "lte": lambda value, day=day: value <= day,
        }
        if operator not in tests:
            raise bad_request(f"{name} is not supported")
        keeps = tests[operator]
        rows = [one for one in rows if keeps(str(one.get("updated_at") or "")[:10])]
    return rows


def _page(request: Request, rows: list[Item], *, most: int) -> Body:
    asked = dict(request.query_params)
    limit = asked.get("limit", str(DEFAULT_LIMIT))
    if not limit.isdecimal() or not 1 <= int(limit) <= most:
        raise bad_request("Provided value for limit is not valid")
    start = 0
    if cursor := asked.get("cursor"):
        try:
            start = int(base64.urlsafe_b64decode(cursor).decode())
        except ValueError:
            raise bad_request("Provided cursor is not valid") from None
    end = start + int(limit)
    body: Item = {"_data": [dict(one) for one in rows[start:end]]}
    links: Item = {}
    if end < len(rows):
        following = base64.urlsafe_b64encode(str(end).encode()).decode()
        query = urlencode({**asked, "cursor": following})
        # The link names Personio's own host, whoever was asked.
        path = request.url.path
        links["next"] = {"href": f"https://api.personio.de{path}?{query}"}
    body["_meta"] = {"links": links}
    return body


def _day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise bad_request(f"Provided value for {name} is not a date") from None
