"""The employees of a company and their time off."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import dlt

from ingestion.changes import Fingerprints
from ingestion.extraction import Extraction, Row
from ingestion.records import RawTable
from ingestion.rest import Api, ApiError
from ingestion.sources._bamboohr_api import (
    LIST_PAGE,
    cleaned,
    is_bad_page,
    listing,
    mapping,
)
from ingestion.sources._bamboohr_changes import Feed, fetch_if_there, require
from ingestion.sources._bamboohr_tables import (
    DETAIL_FIELDS,
    EMPLOYEE_CHANGES,
    EMPLOYEE_DETAILS,
    EMPLOYEES,
    OPTIONAL_FIELDS,
    REQUIRED_FIELDS,
    TIME_OFF,
)

# A list whose cursor broke, or that came short, is begun again so often.
LISTINGS = 3
TIME_OFF_BACK = timedelta(days=60)
TIME_OFF_AHEAD = timedelta(days=365)
TIME_OFF_STATUS = "approved,denied,superceded,requested,canceled"  # codespell:ignore
_YEAR = timedelta(days=365)


class Company:
    """The people of one company, for one load."""

    def __init__(
        self, api: Api, extraction: Extraction, feed: Feed, start_date: date
    ) -> None:
        self._api = api
        self._extraction = extraction
        self._feed = feed
        self._start_date = start_date
        self._employee_ids: list[str] = []

    def changes(self) -> Iterator[Row]:
        """Yield who was inserted, updated or deleted since the last load."""
        changes = self._feed.changes()
        if self._feed.since:
            known = Fingerprints(dlt.current.resource_state())
            seen = []
            for employee_id, change in changes.items():
                row = EMPLOYEE_CHANGES.renamed(
                    change, employee_id=str(change.get("id") or employee_id)
                )
                if self._extraction.is_usable(EMPLOYEE_CHANGES, row, "employee_id"):
                    seen.append(EMPLOYEE_CHANGES.record_id(row))
                    yield from self._if_changed(EMPLOYEE_CHANGES, known, row)
            known.keep_only(seen)
        self._feed.advance()

    def employees(self) -> Iterator[Row]:
        """Yield the employees that changed; future hires and leavers are listed too."""
        records = [
            record
            for status in ("active", "inactive")
            for record in self._listed(status)
        ]
        require(self._extraction, EMPLOYEES, records, REQUIRED_FIELDS)
        rows = [
            EMPLOYEES.renamed(
                cleaned(record),
                employee_id=str(record["employeeId"]),
                restricted_fields=record.get("_restrictedFields") or [],
            )
            for record in records
            if self._extraction.is_usable(EMPLOYEES, record, "employeeId")
        ]
        self._employee_ids = list(dict.fromkeys(row["employee_id"] for row in rows))
        yield from self._extraction.changed(EMPLOYEES, rows)

    def _listed(self, status: str) -> list[dict[str, Any]]:
        records: list[dict[str, Any]] = []
        total = 0
        for again in reversed(range(LISTINGS)):
            try:
                records, total = self._listed_once(status)
            except ApiError as error:
                if not (is_bad_page(error) and again):
                    raise
            else:
                if len({str(one.get("employeeId")) for one in records}) >= total:
                    return records
        message = (
            f"bamboohr: GET employees left out records: BambooHR has {total:,} {status} "
            f"employees and sent {len(records):,}. Nothing of this run was stored; load "
            "again later."
        )
        raise ApiError(message)

    def _listed_once(self, status: str) -> tuple[list[dict[str, Any]], int]:
        params = {
            "fields": ",".join(OPTIONAL_FIELDS),
            "filter[status]": status,
            "page[limit]": LIST_PAGE,
        }
        records: list[dict[str, Any]] = []
        total = 0
        pages = self._api.answers("employees", listing(), select="data", params=params)
        for page in pages:
            records += [one for one in page.records if isinstance(one, dict)]
            # Of the last page: somebody may leave while we read.
            total = int(mapping(page.body.get("meta")).get("total") or 0)
        return records, total

    def details(self) -> Iterator[Row]:
        """Yield of new and changed employees what the list cannot say."""
        changed_ids = self._feed.changed_ids()
        state = dlt.current.resource_state()
        # A field that is new here is asked of everybody once.
        is_whole = self._feed.asks_all or state.get("fields") != [*DETAIL_FIELDS]
        wanted = self._employee_ids if is_whole else changed_ids
        known = Fingerprints(state)
        params = {"fields": ",".join(DETAIL_FIELDS), "onlyCurrent": "false"}
        for employee_id in wanted:
            path = f"employees/{employee_id}"
            record = fetch_if_there(self._api, path, needs="id", params=params)
            if record is None:
                continue
            if self._extraction.is_usable(EMPLOYEE_DETAILS, record):
                row = EMPLOYEE_DETAILS.renamed(cleaned(record), employee_id=employee_id)
                yield from self._if_changed(EMPLOYEE_DETAILS, known, row)
        state["fields"] = [*DETAIL_FIELDS]
        self._feed.advance()

    def _if_changed(
        self, table: RawTable, known: Fingerprints, row: Row
    ) -> Iterator[Row]:
        if known.changed(table.record_id(row), row) or self._extraction.read_all:
            yield row
        else:
            self._extraction.table(table).skipped += 1

    def time_off(self) -> Iterator[Row]:
        """Yield the requests that changed; all of them at the first load."""
        state = dlt.current.resource_state()
        today = self._extraction.as_of_at.date()
        is_whole = self._extraction.read_all or "was_read" not in state
        start = self._start_date if is_whole else today - TIME_OFF_BACK
        rows = (
            _time_off_row(cleaned(request))
            for request in self._requests(start, today + TIME_OFF_AHEAD)
            if self._extraction.is_usable(TIME_OFF, request)
        )
        yield from self._extraction.changed(TIME_OFF, rows, whole=is_whole)
        state["was_read"] = True

    def _requests(self, start: date, end: date) -> Iterator[Any]:
        while start <= end:
            last = min(start + _YEAR, end)
            params = {
                "start": start.isoformat(),
                "end": last.isoformat(),
                "status": TIME_OFF_STATUS,
            }
            yield from self._api.fetch("time_off/requests", needs="", params=params)
            # What spans two windows is sent in both, and counted as a duplicate.
            start = last + timedelta(days=1)


def _time_off_row(request: dict[str, Any]) -> Row:
    status = request.get("status")
    status = status if isinstance(status, dict) else {"status": status}
    kind, amount = mapping(request.get("type")), mapping(request.get("amount"))
    return TIME_OFF.renamed(
        request,
        id=str(request["id"]),
        # Their own names are words of SQL.
        start_date=request.get("start"),
        end_date=request.get("end"),
        status=status.get("status"),
        status_last_changed=status.get("lastChanged"),
        status_last_changed_by_user_id=status.get("lastChangedByUserId"),
        type_id=kind.get("id"),
        type_name=kind.get("name"),
        amount_unit=amount.get("unit"),
        amount=amount.get("amount"),
        dates=mapping(request.get("dates")),
        notes=request.get("notes") or {},
    )
