"""What a workspace has beside conversations: small, read whole, loaded where changed."""

from collections.abc import Iterable, Iterator

import dlt

from ingestion.extraction import Extraction, Row
from ingestion.records import RawTable
from ingestion.rest import ApiError, Json
from ingestion.sources._intercom_api import Workspace, left_out
from ingestion.sources._intercom_tables import (
    ADMINS,
    COMPANIES,
    OFFICE_HOURS_EXCEPTIONS,
    OFFICE_HOURS_SCHEDULES,
    TAGS,
    TEAMS,
    WORKSPACES,
    row_of,
)

# A list that lost more is doubted as a whole (see `vanished`).
MOST_ASKED_FOR = 20


class Directory:
    """Workspace, companies, teammates, teams, tags, office hours."""

    def __init__(self, workspace: Workspace, extraction: Extraction) -> None:
        self._workspace = workspace
        self._extraction = extraction
        self._schedules: list[str] = []

    def _checked(self, table: RawTable, path: str, rows: Iterable[Row]) -> list[Row]:
        """Return the rows of a list that says no total, once nothing is missing in it.

        Raises:
            ApiError: the list left out a record that still exists.
        """
        found = list(rows)
        missing = self._extraction.known_ids(table) - {row["id"] for row in found}
        for record_id in sorted(missing)[:MOST_ASKED_FOR]:
            if self._workspace.has(f"{path}/{record_id}"):
                raise left_out(path, len(found) + len(missing), len(found))
        return found

    def _all(
        self, table: RawTable, records: Iterable[Json], **more: object
    ) -> Iterator[Row]:
        for record in records:
            if self._extraction.is_usable(table, record):
                yield row_of(table, record, id=str(record["id"]), **more)

    def workspaces(self) -> Iterator[Row]:
        """Yield the workspace's own row.

        Raises:
            ApiError: the warehouse holds another workspace's records.
        """
        app = self._workspace.fetch("me", needs="app")["app"]
        if not self._extraction.is_usable(WORKSPACES, app, "id_code"):
            return
        id_code = str(app["id_code"])
        known = dlt.current.resource_state().setdefault("id_code", id_code)
        if known != id_code:
            message = (
                f"intercom: the token is one of workspace {id_code}, and the warehouse "
                f"holds records of workspace {known}, whose ids mean others. Give the "
                "workspace a WAREHOUSE_DIR of its own, or correct "
                "SOURCES__INTERCOM__ACCESS_TOKEN. Nothing of this run was stored."
            )
            raise ApiError(message)
        rows = [row_of(WORKSPACES, app)]
        yield from self._extraction.changed(WORKSPACES, rows, whole=False)

    def companies(self) -> Iterator[Row]:
        """Yield the companies that changed."""
        rows = self._all(COMPANIES, self._workspace.companies())
        return self._extraction.changed(
            COMPANIES, self._checked(COMPANIES, "companies", rows)
        )

    def _listed(self, table: RawTable, select: str) -> list[Row]:
        body = self._workspace.fetch(table.name, needs=select)
        return self._checked(table, table.name, self._all(table, body[select]))

    def admins(self) -> Iterator[Row]:
        """Yield the teammates that changed; one who left is no longer listed."""
        return self._extraction.changed(ADMINS, self._listed(ADMINS, "admins"))

    def teams(self) -> Iterator[Row]:
        """Yield the teams that changed."""
        return self._extraction.changed(TEAMS, self._listed(TEAMS, "teams"))

    def tags(self) -> Iterator[Row]:
        """Yield the tags that changed."""
        return self._extraction.changed(TAGS, self._listed(TAGS, "data"))

    def office_hours_schedules(self) -> Iterator[Row]:
        """Yield the schedules that changed; notes whose exceptions to read."""
        rows = self._listed(OFFICE_HOURS_SCHEDULES, "data")
        self._schedules = [row["id"] for row in rows]
        return self._extraction.changed(OFFICE_HOURS_SCHEDULES, rows)

    def office_hours_exceptions(self) -> Iterator[Row]:
        """Yield the days on which schedules are closed or have other hours."""
        table = OFFICE_HOURS_EXCEPTIONS
        rows = (
            row
            for schedule_id in self._schedules
            for row in self._all(
                table,
                self._workspace.fetch(
                    f"office_hours_schedules/{schedule_id}/office_hours_exceptions",
                    needs="data",
                )["data"],
                office_hours_schedule_id=schedule_id,
            )
        )
        return self._extraction.changed(table, rows)
