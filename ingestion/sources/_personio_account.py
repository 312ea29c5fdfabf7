"""What an account has in Personio: people, their employments, pay and absences."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import dlt

from ingestion.changes import Fingerprints, Watermark, content_digest
from ingestion.extraction import Extraction, Row
from ingestion.rest import ApiError, ForbiddenError, Json
from ingestion.sources._personio_api import LIST_PAGE, PERSONS_PAGE, PersonioApi
from ingestion.sources._personio_rows import (
    absence_row,
    compensation_row,
    employment_row,
    own,
)
from ingestion.sources._personio_tables import (
    ABSENCE_PERIODS,
    COMPENSATIONS,
    EMPLOYMENTS,
    ORG_UNITS,
    PERSONS,
    REQUIRED_OF_EMPLOYMENTS,
)
from ingestion.vanished import is_doubtful

# Pay is corrected for some months back.
RETRO_MONTHS = 3
# `updated_at` can be asked for by day alone.
ABSENCE_OVERLAP = timedelta(days=1)


class Account:
    """One account, for one load.

    Args:
        api: the account's API.
        extraction: the load.
        compensation_months: how far back pay is read at the first load.
        breakdown_days: absences that ended longer ago get no length.
    """

    def __init__(
        self,
        api: PersonioApi,
        extraction: Extraction,
        *,
        compensation_months: int,
        breakdown_days: int,
    ) -> None:
        self._api = api
        self._extraction = extraction
        self._months = compensation_months
        self._breakdowns_since = extraction.as_of_at.date() - timedelta(breakdown_days)
        # Of each person a digest and his employments.
        self._persons: dict[str, tuple[str, list[str]]] = {}
        self._org_units: dict[str, str] = {}

    def persons(self) -> Iterator[Row]:
        """Yield the persons that changed; the list is read whole, to miss the deleted."""
        records = self._api.whole_list("v2/persons", PERSONS_PAGE)
        records += self._unlisted({str(record.get("id")) for record in records})
        rows = [
            PERSONS.renamed(
                record,
                **own(record, PERSONS)
                | {
                    "id": str(record["id"]),
                    "custom_attributes": record.get("custom_attributes") or [],
                    "employments": record.get("employments") or [],
                },
            )
            for record in records
            if self._extraction.is_usable(PERSONS, record)
        ]
        for row in rows:
            ids = [str(one["id"]) for one in row["employments"] if one.get("id")]
            self._persons[row["id"]] = content_digest(row), ids
        yield from self._extraction.changed(PERSONS, rows)

    def _unlisted(self, listed: set[str]) -> Iterator[dict[str, Any]]:
        """Yield persons whom the list lacks and who exist; the others were deleted."""
        known = self._extraction.known_ids(PERSONS)
        missing = sorted(known - listed)
        if is_doubtful(len(missing), len(known)):
            # A permission was lost; the load says so without a request each.
            return
        for person_id in missing:
            found = self._one(f"v2/persons/{person_id}")
            if found is not None:
                yield found

    def employments(self) -> Iterator[Row]:
        """Yield new versions of the employments of persons that changed."""
        state = dlt.current.resource_state()
        # The persons as they were when their employments were read.
        read: dict[str, str] = state.setdefault("persons", {})
        known = Fingerprints(state)
        counts = self._extraction.table(EMPLOYMENTS)
        records = [
            (person_id, record)
            for person_id, (digest, _) in self._persons.items()
            if read.get(person_id) != digest or self._extraction.read_all
            for record in self._of_person(person_id)
        ]
        _require([record for _, record in records])
        for person_id, record in records:
            if not self._extraction.is_usable(EMPLOYMENTS, record):
                continue
            row = employment_row(person_id, record)
            for unit in row["org_units"]:
                self._org_units[str(unit.get("id"))] = str(unit.get("type") or "")
            version = known.version(row["id"], row)
            if version is None:
                counts.skipped += 1
                continue
            seen_at = self._extraction.as_of_at
            yield {**row, "row_hash": version, "extracted_at": seen_at}
        state["persons"] = {one: digest for one, (digest, _) in self._persons.items()}
        # Each person names his employments, changed or not.
        present = {one for _, ids in self._persons.values() for one in ids}
        if self._persons:
            known.note_absent(present)
            self._extraction.listed_whole(EMPLOYMENTS, present, key=("id",))

    def _of_person(self, person_id: str) -> list[dict[str, Any]]:
        path = f"v2/persons/{person_id}/employments"
        wanted = set(self._persons[person_id][1])
        found: dict[str, dict[str, Any]] = {}
        for _ in range(2):
            try:
                for record in self._api.listed(path, PERSONS_PAGE):
                    found[str(record.get("id"))] = record
            except ApiError as error:
                if error.status == 404:
                    return []
                raise
            if wanted <= found.keys():
                return list(found.values())
        message = (
            f"personio: GET {path} left out records that the person names: "
            f"{len(wanted - found.keys())} of {len(wanted)}. Nothing of this run was "
            "stored; load again later."
        )
        raise ApiError(message)

    def org_units(self) -> Iterator[Row]:
        """Yield the departments and teams that employments name, where they changed."""
        state = dlt.current.resource_state()
        kinds: dict[str, str] = state.setdefault("kinds", {})
        new = {one: kind for one, kind in self._org_units.items() if one not in kinds}
        rows = []
        wanted = {**kinds, **new} if self._extraction.read_all else new
        for unit_id, kind in wanted.items():
            params = {"type": kind} if kind else {}
            record = self._one(f"v2/org-units/{unit_id}", params)
            if record is not None and self._extraction.is_usable(ORG_UNITS, record):
                kept = own(record, ORG_UNITS)
                kept = {**kept, "id": unit_id, "type": record.get("type") or kind}
                rows.append(kept)
        known = Fingerprints(state)
        for row in rows:
            if known.changed(row["id"], row) or self._extraction.read_all:
                yield row
            else:
                self._extraction.table(ORG_UNITS).skipped += 1
        kinds.update(new)

    def compensations(self) -> Iterator[Row]:
        """Yield pay as of each month; Personio has no list of its history."""
        state = dlt.current.resource_state()
        is_first = "was_read" not in state or self._extraction.read_all
        months = self._months if is_first else RETRO_MONTHS
        today = self._extraction.as_of_at.date()
        days = [*_firsts_of_months(today, months), today]
        known = Fingerprints(state)
        counts = self._extraction.table(COMPENSATIONS)
        seen: set[str] = set()
        for day in days:
            params = {"as_of": day.isoformat()}
            records = self._api.listed("v2/compensations", LIST_PAGE, params)
            for record in records:
                if not self._extraction.is_usable(COMPENSATIONS, record):
                    continue
                row = compensation_row(record)
                if row["id"] in seen:
                    # It holds for several months.
                    counts.duplicates += 1
                    continue
                seen.add(row["id"])
                if known.changed(row["id"], row) or self._extraction.read_all:
                    yield row
                else:
                    counts.skipped += 1
        state["was_read"] = True

    def absence_periods(self) -> Iterator[Row]:
        """Yield absences that changed; all are listed at first and on demand."""
        mark = Watermark(
            dlt.current.resource_state(),
            self._extraction.as_of_at,
            read_all=self._extraction.read_all,
            overlap=ABSENCE_OVERLAP,
        )
        params: dict[str, str] = {}
        if mark.lower_bound:
            params["updated_at.gte"] = mark.lower_bound.date().isoformat()
        records = self._api.whole_list("v2/absence-periods", LIST_PAGE, params)
        counts = self._extraction.table(ABSENCE_PERIODS)
        for record in records:
            if not self._extraction.is_usable(ABSENCE_PERIODS, record):
                continue
            row = absence_row(record)
            mark.saw(row["id"], row["updated_at"])
            if mark.is_known(row["id"], row["updated_at"]):
                counts.skipped += 1
            else:
                yield {**row, **self._length(row)}
        mark.advance()
        if not params:
            ids = {str(one["id"]) for one in records if one.get("id")}
            self._extraction.listed_whole(ABSENCE_PERIODS, ids)

    def _length(self, row: Row) -> Row:
        """Return how long an absence is, which only its days say, one request each."""
        end = str(row["ends_at_date"] or row["starts_from_date"] or "")
        if end < self._breakdowns_since.isoformat():
            return {}
        path = f"v2/absence-periods/{row['id']}/breakdowns"
        try:
            days = list(self._api.listed(path, LIST_PAGE))
        except ApiError as error:
            # It was deleted meanwhile; or lengths are a right that is not given.
            if error.status == 404 or isinstance(error, ForbiddenError):
                return {}
            raise
        lengths = [one.get("effective_duration") or {} for one in days]
        units = {one.get("unit") for one in lengths if one.get("unit")}
        if len(units) != 1:
            return {}
        value = sum(float(one.get("value") or 0) for one in lengths)
        return {"effective_unit": units.pop(), "effective_value": value}

    def _one(self, path: str, params: dict[str, str] | None = None) -> Json:
        """Return one record; None when there is none (any more)."""
        try:
            return self._api.fetch(path, needs="id", params=params)
        except ApiError as error:
            if error.status == 404:
                return None
            raise


def _require(records: list[dict[str, Any]]) -> None:
    """Refuse employments that all lack what the credentials may not see."""
    for name in REQUIRED_OF_EMPLOYMENTS:
        if records and not any(name in one for one in records):
            message = (
                f"{name} is missing in all {len(records):,} employments, so the API "
                "credentials have no right to it. Let them read that attribute (in "
                "Personio: Settings, Integrations, API credentials)"
            )
            raise ForbiddenError(message)


def _firsts_of_months(today: date, count: int) -> list[date]:
    """Return the first days of so many months, the oldest first."""
    number = today.year * 12 + today.month - 1
    return [
        date((number - back) // 12, (number - back) % 12 + 1, 1)
        for back in reversed(range(count))
    ]
