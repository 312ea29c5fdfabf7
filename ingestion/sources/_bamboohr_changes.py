"""What changed in BambooHR since the last load, by BambooHR's own clock."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import dlt

from ingestion.changes import OVERLAP
from ingestion.extraction import Extraction
from ingestion.records import BadValueError, RawTable, timestamp_value
from ingestion.rest import Api, ApiError, ForbiddenError, Json
from ingestion.sources._bamboohr_api import mapping


class Feed:
    """The answers of /employees/changed; each resource keeps since when it asks."""

    def __init__(self, api: Api, extraction: Extraction) -> None:
        self._api = api
        self._extraction = extraction
        self._answers: dict[str, dict[str, Any]] = {}

    @property
    def since(self) -> str | None:
        """Since when the current resource must ask for changes; None: for all."""
        return dlt.current.resource_state().get("since")

    @property
    def asks_all(self) -> bool:
        """Whether the current resource reads everything."""
        return self.since is None or self._extraction.read_all

    def changes(self) -> dict[str, dict[str, Any]]:
        """Return by employee what happened to him since the current resource's mark."""
        return mapping(self._answer()["employees"])

    def changed_ids(self) -> list[str]:
        """Return who was inserted or updated, and may still exist."""
        return [
            str(change.get("id") or employee_id)
            for employee_id, change in self.changes().items()
            if str(change.get("action")).lower() != "deleted"
        ]

    def advance(self) -> None:
        """Move the mark to when the answer was given; call it after the last row.

        It is BambooHR's time and not ours, and taken before anything was read, so
        that what changes while we read is read again.
        """
        since = self.since
        try:
            latest = timestamp_value(self._answer().get("latest")).isoformat()
        except BadValueError:
            latest = since or self._extraction.as_of_at.isoformat()
        dlt.current.resource_state()["since"] = max(since or latest, latest)

    def asked_since(self) -> str:
        """Return the instant of a request, some minutes before the mark."""
        since = self.since or self._extraction.as_of_at.isoformat()
        moment = datetime.fromisoformat(since) - OVERLAP
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def _answer(self) -> dict[str, Any]:
        asked = self.asked_since()
        if asked not in self._answers:
            self._answers[asked] = self._api.fetch(
                "employees/changed",
                needs="employees",
                params={"since": asked, "type": "all"},
            )
        return self._answers[asked]


def fetch_if_there(
    api: Api, path: str, *, needs: str, params: dict[str, str] | None = None
) -> Json:
    """Return what is known of one employee; None when he is gone."""
    try:
        return api.fetch(path, needs=needs, params=params)
    except ApiError as error:
        if error.status == 404:
            return None
        raise


def require(
    extraction: Extraction,
    table: RawTable,
    records: list[dict[str, Any]],
    fields: Iterable[str],
) -> None:
    """Refuse a table whose rows all lack a field: a permission was taken away.

    BambooHR leaves out, or lists in `_restrictedFields`, what the key's user may not
    see, and answers 200. Where it is hidden in some rows only, that is reported.
    """
    reported: list[str] = dlt.current.resource_state().setdefault("hidden", [])
    for field in fields:
        hidden = sum(
            field not in one or field in (one.get("_restrictedFields") or [])
            for one in records
        )
        if records and hidden == len(records):
            message = (
                f"{field} is hidden in all {hidden:,} records, so the key's user has "
                f"no access to it. Let his access level see {field} (in BambooHR: "
                "Settings, Access Levels)"
            )
            raise ForbiddenError(message)
        if hidden and field not in reported:
            reported.append(field)
            extraction.counts.report_drift(
                table.name,
                field,
                f"hidden in {hidden} of {len(records)} records: the key's user may not "
                "see it there; the column is NULL",
            )
