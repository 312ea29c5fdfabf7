"""The endpoints over the files of one company."""

from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request

from ingestion.sandbox.server.collection import id_order
from ingestion.sandbox.server.gate import Body
from ingestion.sandbox.server.store import Store
from ingestion.sandbox.server.vendors.bamboohr.dialect import error, list_error

ALWAYS = (
    "employeeId",
    "firstName",
    "lastName",
    "preferredName",
    "photoUrl",
    "jobTitleName",
    "status",
)
# What `fields` of the list may name; other names are ignored, as BambooHR does.
OPTIONAL = (
    *("workEmail", "homeEmail", "middleName", "workPhone", "mobilePhone"),
    *("birthDate", "hireDate", "divisionName", "divisionId", "departmentName"),
    *("departmentId", "locationName", "locationId", "jobTitleId"),
    *("employmentStatusName", "employmentStatusId", "reportsToName", "reportsToId"),
)
DIRECTORY = {
    "id": "employeeId",
    "displayName": "displayName",
    "firstName": "firstName",
    "lastName": "lastName",
    "preferredName": "preferredName",
    "jobTitle": "jobTitleName",
    "workEmail": "workEmail",
    "department": "departmentName",
    "location": "locationName",
    "division": "divisionName",
    "supervisor": "reportsToName",
}
TABLES = ("jobInfo", "employmentStatus", "compensation")
STATUSES = (
    "approved",
    "denied",
    "superceded",  # codespell:ignore
    "requested",
    "canceled",
)
DEFAULT_LIMIT, MOST = 50, 100
LONG_AGO = "1970-01-01T00:00:00+00:00"
Item = dict[str, Any]


class Company:
    """The employees of the data directory; files are read at the first request."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._employees: dict[str, Item] | None = None
        self._rows: dict[str, dict[str, list[Item]]] = {}

    def _everybody(self) -> dict[str, Item]:
        if self._employees is None:
            lines = self._store.lines("bamboohr", "employees")
            found = {str(item["employeeId"]): item for item in lines}
            self._employees = dict(
                sorted(found.items(), key=lambda one: id_order(one[0]))
            )
        return self._employees

    def _present(self) -> list[Item]:
        return [one for one in self._everybody().values() if not one.get("deleted")]

    def _table_rows(self, table: str) -> dict[str, list[Item]]:
        if table not in TABLES:
            raise error(404, f"Table {table} not found")
        if table not in self._rows:
            gone = {key for key, one in self._everybody().items() if one.get("deleted")}
            rows: dict[str, list[Item]] = {}
            for item in self._store.lines("bamboohr", f"tables_{table}"):
                employee_id = str(item["employeeId"])
                if employee_id not in gone:
                    rows.setdefault(employee_id, []).append(item)
            self._rows[table] = rows
        return self._rows[table]

    def employees(self, request: Request) -> Body:
        """List employees by cursor."""
        asked = request.query_params
        wanted = asked.get("filter[status]")
        if wanted not in (None, "active", "inactive"):
            raise list_error("BadRequest", f"filter[status] {wanted!r} is not valid")
        limit = _number(asked.get("page[limit]"), DEFAULT_LIMIT)
        if not 1 <= limit <= MOST:
            raise list_error("BadRequest", f"page[limit] must be 1 to {MOST}")
        found = [
            one
            for one in self._present()
            if wanted is None or str(one.get("status")).lower() == wanted
        ]
        after = asked.get("page[after]")
        start = 0
        if after is not None:
            ids = [str(one["employeeId"]) for one in found]
            if after not in ids:
                raise list_error("BadPage", "The page cursor is no longer valid")
            start = ids.index(after) + 1
        page = found[start : start + limit]
        more = start + limit < len(found)
        cursor = str(page[-1]["employeeId"]) if page and more else None
        names = [*ALWAYS]
        names += [one for one in asked.get("fields", "").split(",") if one in OPTIONAL]
        links: Item = {"self": {"href": str(request.url)}}
        if cursor:
            query = {**asked, "page[after]": cursor}
            links["next"] = {
                "href": f"{request.url.replace(query='')}?{urlencode(query)}"
            }
        return {
            "data": [_shown(one, names) for one in page],
            "meta": {
                "total": len(found),
                "page": {"limit": limit, "nextCursor": cursor, "prevCursor": None},
            },
            "_links": links,
        }

    def employee(self, request: Request) -> Body:
        """Return the fields asked for of one employee; a hidden one is left out."""
        item = self._one(request)
        names = [
            one for one in request.query_params.get("fields", "").split(",") if one
        ]
        if len(names) > 400:
            raise error(400, "Too many fields")
        hidden = item.get("_restrictedFields") or []
        said = {
            name: item.get(name) if item.get(name) is not None else _unset(name)
            for name in names
            if name in item and name not in hidden
        }
        return {"id": str(item["employeeId"]), **said}

    def _one(self, request: Request) -> Item:
        item = self._everybody().get(request.path_params["id"])
        if item is None or item.get("deleted"):
            raise error(404, "Employee not found")
        return item

    def changed(self, request: Request) -> Body:
        """Return who was inserted, updated or deleted since an instant."""
        wanted = request.query_params.get("type", "all").lower()
        if wanted not in ("inserted", "updated", "deleted", "all"):
            raise error(400, f"type {wanted} is not valid")
        since = _since(request)
        found = {}
        for employee_id, item in self._everybody().items():
            changed = _instant(item.get("lastChanged") or LONG_AGO)
            if changed < since:
                continue
            action = "Updated"
            if item.get("deleted"):
                action = "Deleted"
            elif _instant(item.get("created") or LONG_AGO) >= since:
                action = "Inserted"
            if wanted in ("all", action.lower()):
                found[employee_id] = {
                    "id": employee_id,
                    "action": action,
                    "lastChanged": changed.isoformat(),
                }
        # An empty map is written as an empty list, as PHP does.
        latest = self._store.clock.astimezone(UTC).isoformat(timespec="seconds")
        return {"latest": latest, "employees": found or []}

    def changed_table(self, request: Request) -> Body:
        """Return all rows of a table of each employee who changed in any field."""
        table = request.path_params["table"]
        rows = self._table_rows(table)
        since = _since(request)
        found = {}
        for item in self._present():
            changed = _instant(item.get("lastChanged") or LONG_AGO)
            if changed >= since:
                employee_id = str(item["employeeId"])
                found[employee_id] = {
                    "lastChanged": changed.isoformat(),
                    "rows": [
                        {
                            name: value
                            for name, value in row.items()
                            if name not in ("id", "employeeId")
                        }
                        for row in rows.get(employee_id, [])
                    ],
                }
        return {"table": table, "employees": found or []}

    def table(self, request: Request) -> Body:
        """Return the rows of a table, of one employee or of all."""
        rows = self._table_rows(request.path_params["table"])
        if request.path_params["id"] == "all":
            return [dict(row) for found in rows.values() for row in found]
        employee_id = str(self._one(request)["employeeId"])
        return [dict(row) for row in rows.get(employee_id, [])]

    def directory(self, request: Request) -> Body:
        """Return the directory, which has active employees only."""
        employees = [
            {
                name: item.get(field)
                if name != "displayName"
                else f"{item.get('firstName')} {item.get('lastName')}"
                for name, field in DIRECTORY.items()
            }
            for item in self._present()
            if item.get("status") == "Active"
        ]
        fields = [
            {"id": name, "type": "text", "name": name}
            for name in DIRECTORY
            if name != "id"
        ]
        return {"fields": fields, "employees": employees}

    def time_off(self, request: Request) -> Body:
        """Return the requests that touch a range of days."""
        asked = request.query_params
        start, end = _day(asked.get("start"), "start"), _day(asked.get("end"), "end")
        wanted = asked.get("status", ",".join(STATUSES)).split(",")
        if unknown := [one for one in wanted if one not in STATUSES]:
            raise error(400, f"status {unknown[0]} is not valid")
        return [
            item
            for item in self._store.lines("bamboohr", "time_off")
            if item["status"]["status"] in wanted
            and date.fromisoformat(item["start"]) <= end
            and date.fromisoformat(item["end"]) >= start
        ]

    def fields(self, _request: Request) -> Body:
        """Return the fields of an employee."""
        return [
            {"id": name, "name": name, "type": "text"} for name in (*ALWAYS, *OPTIONAL)
        ]


def _shown(item: Item, names: list[str]) -> Item:
    hidden = [name for name in item.get("_restrictedFields") or [] if name in names]
    shown = {name: None if name in hidden else item.get(name) for name in names}
    return {**shown, "_restrictedFields": hidden}


def _unset(name: str) -> str | None:
    return "0000-00-00" if name.endswith("Date") else None


def _number(text: str | None, default: int) -> int:
    if text is None:
        return default
    return int(text) if text.isdecimal() else 0


def _since(request: Request) -> datetime:
    text = request.query_params.get("since", "")
    try:
        return _instant(text)
    except ValueError:
        raise error(400, "since is missing or not an ISO 8601 instant") from None


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _day(text: str | None, name: str) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        raise error(400, f"{name} is missing or not a day") from None
