"""HubSpot's CRM objects: what changed, its history and its associations."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import dlt

from ingestion.changes import Watermark
from ingestion.extraction import Extraction, Row
from ingestion.records import BadValueError, timestamp_value
from ingestion.rest import Api, ApiError
from ingestion.sources._hubspot_api import (
    LIST_PAGE,
    SEARCH_PAGE,
    VERSION,
    SearchPaginator,
    chunks,
    failed_ids,
    listing,
    merged_ids,
    results_of,
)
from ingestion.sources._hubspot_reading import ObjectReading
from ingestion.sources._hubspot_tables import (
    ASSOCIATIONS,
    CRM_OBJECTS,
    DEAL_PROPERTY_HISTORY,
    OBJECT_TABLES,
    CrmObject,
)

HISTORY_BATCH = 50
ASSOCIATIONS_BATCH = 1_000
READ_BATCH = 100


class CrmObjects:
    """The CRM objects of one portal in one extraction, and the ids that changed."""

    def __init__(self, api: Api, extraction: Extraction) -> None:
        self._api = api
        self._extraction = extraction
        self._changed: dict[str, list[str]] = {}

    def records(self, crm: CrmObject) -> Iterator[Row]:
        """Yield what changed of a CRM object, archived and restored included."""
        state = dlt.current.resource_state()
        mark = Watermark(
            state, self._extraction.as_of_at, read_all=self._extraction.read_all
        )
        reading = ObjectReading(self._extraction, crm, mark)
        for page in self._pages(crm, mark.lower_bound):
            yield from reading.live(page)
        yield from self._archived(crm, reading, state)
        if mark.lower_bound is None:
            yield from self._missed(crm, reading)
        mark.advance()
        self._changed[crm.name] = list(reading.changed)

    def _pages(self, crm: CrmObject, since: datetime | None) -> Iterator[list[Any]]:
        path = f"crm/objects/{VERSION}/{crm.name}"
        if since is None:
            yield from self._api.pages(path, listing(), params=_list_params(crm))
            return
        filters = [
            {
                "propertyName": crm.cursor,
                "operator": "GTE",
                "value": str(int(since.timestamp() * 1000)),
            },
            {"propertyName": "hs_object_id", "operator": "GT", "value": "0"},
        ]
        query = {
            "filterGroups": [{"filters": filters}],
            "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
            "properties": [*crm.properties, "hs_object_id"],
            "limit": SEARCH_PAGE,
        }
        yield from self._api.pages(f"{path}/search", SearchPaginator(), json=query)

    def _archived(
        self, crm: CrmObject, reading: ObjectReading, state: dict[str, Any]
    ) -> Iterator[Row]:
        """Yield what is in the recycle bin, and what was taken out of it again."""
        known: dict[str, str] = state.get("archived", {})
        found: dict[str, str] = {}
        path = f"crm/objects/{VERSION}/{crm.name}"
        params = {**_list_params(crm), "archived": "true"}
        for page in self._api.pages(path, listing(), params=params):
            yield from reading.archived(page, known, found)
        # Restoring need not touch the modification date. What was purged stays away.
        gone = [record_id for record_id in known if record_id not in found]
        wanted = {"properties": list(crm.properties)}
        for ids in chunks(gone, READ_BATCH):
            yield from reading.live(self._batch_read(crm, ids, wanted))
        state["archived"] = found

    def _missed(self, crm: CrmObject, reading: ObjectReading) -> Iterator[Row]:
        """Yield what the lists left out, and note what no longer exists.

        A live record can be deleted for good (as privacy laws demand), or be merged into
        another: it is in no list then, not even in that of the archived ones.
        """
        table = OBJECT_TABLES[crm.name]
        known = self._extraction.known_ids(table)
        alive = self._extraction.known_ids(table, where="archived is not true")
        wanted = {"properties": list(crm.properties)}
        for ids in chunks(sorted(alive - reading.listed), READ_BATCH):
            yield from reading.live(self._batch_read(crm, ids, wanted))
        # What was archived leaves the recycle bin after 90 days and stays archived.
        self._extraction.listed_whole(table, reading.listed | (known - alive))

    def _batch_read(
        self, crm: CrmObject, ids: list[str], wanted: dict[str, Any]
    ) -> list[Any]:
        path = f"crm/objects/{VERSION}/{crm.name}/batch/read"
        query = {"properties": [], "inputs": [{"id": one} for one in ids], **wanted}
        body = self._api.fetch(path, json=query)
        results = results_of(body)
        # A record that was merged into another is answered by that one.
        swallowed = [one for record in results for one in merged_ids(record)]
        if not set(ids) <= {
            *(str(record.get("id")) for record in results if isinstance(record, dict)),
            *failed_ids(body),
            *swallowed,
        }:
            message = (
                f"hubspot: {path} left out records that were asked for: {len(ids)} "
                f"asked, {len(results)} answered. Load again later."
            )
            raise ApiError(message)
        return results

    def deal_property_history(self) -> Iterator[Row]:
        """Yield every kept version of the changed deals' followed properties."""
        for crm in CRM_OBJECTS:
            wanted = {"propertiesWithHistory": list(crm.history)}
            changed = self._changed.get(crm.name, []) if crm.history else []
            for ids in chunks(changed, HISTORY_BATCH):
                for record in self._batch_read(crm, ids, wanted):
                    yield from self._versions_of(record)

    def _versions_of(self, record: dict[str, Any]) -> Iterator[Row]:
        table = DEAL_PROPERTY_HISTORY
        counts = self._extraction.table(table)
        seen: set[tuple[Any, ...]] = set()
        for name, versions in (record.get("propertiesWithHistory") or {}).items():
            for version in versions:
                counts.received += 1
                try:
                    changed_at = timestamp_value(version.get("timestamp"))
                except BadValueError as error:
                    self._extraction.counts.reject_row(
                        table.name,
                        f"timestamp of {name} is {error}",
                        record_id=record["id"],
                        raw_value=version,
                    )
                    continue
                value = version.get("value") or ""
                if (name, changed_at, value) in seen:
                    counts.duplicates += 1
                    continue
                seen.add((name, changed_at, value))
                yield {
                    "deal_id": record["id"],
                    "property": name,
                    "value": value,
                    "changed_at": changed_at,
                    "source_type": version.get("sourceType"),
                    "source_id": version.get("sourceId"),
                }

    def associations(self) -> Iterator[Row]:
        """Yield the whole present set of associations of each changed record."""
        for crm in CRM_OBJECTS:
            for to_type in crm.associations:
                for ids in chunks(self._changed.get(crm.name, []), ASSOCIATIONS_BATCH):
                    yield from self._associations_of(crm.name, to_type, ids)

    def _associations_of(
        self, from_type: str, to_type: str, ids: list[str]
    ) -> Iterator[Row]:
        counts = self._extraction.table(ASSOCIATIONS)
        path = f"crm/associations/{VERSION}/{from_type}/{to_type}/batch/read"
        seen: set[tuple[str, str, Any]] = set()
        inputs: list[dict[str, str]] = [{"id": from_id} for from_id in ids]
        while inputs:
            body = self._api.fetch(path, json={"inputs": inputs})
            inputs = []
            for result in results_of(body):
                from_id = str(result["from"]["id"])
                for to_id, kind in _targets(result):
                    counts.received += 1
                    if (from_id, to_id, kind.get("typeId")) in seen:
                        counts.duplicates += 1
                        continue
                    seen.add((from_id, to_id, kind.get("typeId")))
                    yield {
                        "from_type": from_type,
                        "from_id": from_id,
                        "to_type": to_type,
                        "to_id": to_id,
                        "type_id": kind.get("typeId"),
                        "category": kind.get("category"),
                        "label": kind.get("label"),
                    }
                if after := _next_after(result):
                    inputs.append({"id": from_id, "after": after})
            _refuse_failures(body, path)
        # A record that has none now loses those that it had.
        with_some = {from_id for from_id, _, _ in seen}
        for from_id in ids:
            if from_id not in with_some:
                counts.received += 1
                row = {"from_type": from_type, "from_id": from_id, "to_type": to_type}
                yield {**row, "to_id": "", "type_id": 0}


def _list_params(crm: CrmObject) -> dict[str, Any]:
    names = ",".join([*crm.properties, "hs_object_id"])
    return {"limit": LIST_PAGE, "properties": names}


def _targets(result: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for target in result.get("to") or []:
        for kind in target.get("associationTypes") or [{}]:
            # Older versions send a number.
            yield str(target["toObjectId"]), kind


def _next_after(result: dict[str, Any]) -> str | None:
    return ((result.get("paging") or {}).get("next") or {}).get("after")


def _refuse_failures(body: dict[str, Any], path: str) -> None:
    """Let pass that a record has no associations; any other failure is one.

    Raises:
        ApiError: names the failure.
    """
    for error in body.get("errors") or []:
        kind = str(error.get("subCategory") or error.get("category"))
        if "NO_ASSOCIATIONS_FOUND" not in kind and "NOT_FOUND" not in kind:
            message = f"hubspot: {path} failed in part: {kind}. Load again later."
            raise ApiError(message)
