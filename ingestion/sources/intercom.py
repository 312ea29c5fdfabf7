"""Intercom: conversations with their parts, contacts, companies, teammates, hours.

Endpoints (Intercom-Version 2.16): GET /conversations, /contacts, /conversations/{id},
/conversations/deleted, /companies/scroll, /admins, /teams, /tags, /me,
/office_hours_schedules and its /office_hours_exceptions; POST /conversations/search,
/contacts/search, /companies/list.

Conversations and contacts are listed at the first load and then searched by `updated_at`;
parts are those of the conversations that changed. Everything else is read whole, and
loaded where it changed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import dlt
from dlt.common.typing import TSecretStrValue
from dlt.extract import DltResource

from ingestion.changes import Watermark
from ingestion.extraction import Extraction, Row
from ingestion.records import RawTable
from ingestion.rest import ApiError, Json
from ingestion.settings import Settings
from ingestion.sources._intercom_api import Workspace
from ingestion.sources._intercom_directory import Directory
from ingestion.sources._intercom_tables import (
    ADMINS,
    COMPANIES,
    CONTACTS,
    CONVERSATION_PARTS,
    CONVERSATIONS,
    DELETED_CONVERSATIONS,
    OFFICE_HOURS_EXCEPTIONS,
    OFFICE_HOURS_SCHEDULES,
    TAGS,
    TEAMS,
    WORKSPACES,
    contact_row,
    conversation_row,
    part_row,
    row_of,
)

ASKS_FOR_CHANGES = True
RowOf = Callable[[Mapping[str, Any]], Row]
# Contacts are searched by whole days of the workspace's time zone, `>` meaning from the
# next day on: two days back, no zone can hide a change.
CONTACTS_OVERLAP = timedelta(days=2)
MOST_PARTS = 500  # of a conversation Intercom gives the newest


@dlt.source(name="intercom", max_table_nesting=0)
def source(
    settings: Settings,
    access_token: TSecretStrValue = dlt.secrets.value,
    base_url: str = "https://api.intercom.io",
    api_version: str = "2.16",
    skip: str = "",
    read_all: bool = False,
) -> Iterable[DltResource]:
    """Return the resources of one workspace, one per table of `raw_intercom`.

    Args:
        settings: the run's clock and the first day of interest.
        access_token: of a private app, SOURCES__INTERCOM__ACCESS_TOKEN.
        base_url: of the workspace's region, SOURCES__INTERCOM__BASE_URL.
        api_version: the Intercom-Version header, SOURCES__INTERCOM__API_VERSION.
        skip: tables (comma-separated) that the workspace's plan or the token lacks.
        read_all: list everything again instead of searching for changes; finds what
            was deleted without a trace.
    """
    extraction = Extraction("intercom", settings, skip=skip, read_all=read_all)
    workspace = Workspace(access_token, base_url, api_version)
    helpdesk = _Helpdesk(workspace, extraction)
    directory = Directory(workspace, extraction)
    # In this order: the workspace must be the right one, parts are those of the
    # conversations just read, exceptions those of the schedules.
    for table, rows in (
        (WORKSPACES, directory.workspaces),
        (CONVERSATIONS, helpdesk.conversations),
        (CONVERSATION_PARTS, helpdesk.conversation_parts),
        (DELETED_CONVERSATIONS, helpdesk.deleted_conversations),
        (CONTACTS, helpdesk.contacts),
        (COMPANIES, directory.companies),
        (ADMINS, directory.admins),
        (TEAMS, directory.teams),
        (TAGS, directory.tags),
        (OFFICE_HOURS_SCHEDULES, directory.office_hours_schedules),
        (OFFICE_HOURS_EXCEPTIONS, directory.office_hours_exceptions),
    ):
        yield extraction.resource(table, rows)
    yield from extraction.closing_resources()


class _Helpdesk:
    """Conversations, their parts, and contacts: what changed since the last load."""

    def __init__(self, workspace: Workspace, extraction: Extraction) -> None:
        self._workspace = workspace
        self._extraction = extraction
        # dict: in the order met, and a conversation that is met twice only once.
        self._changed: dict[str, None] = {}

    def conversations(self) -> Iterator[Row]:
        """Yield the conversations that changed; notes whose parts to read."""
        mark = Watermark(
            dlt.current.resource_state(),
            self._extraction.as_of_at,
            read_all=self._extraction.read_all,
        )
        since = mark.lower_bound
        pages = (
            self._workspace.listed("conversations", "conversations")
            if since is None
            else self._workspace.changed_since(
                "conversations/search", "conversations", since
            )
        )
        for row in self._news(CONVERSATIONS, pages, conversation_row, mark):
            self._changed[row["id"]] = None
            yield row

    def contacts(self) -> Iterator[Row]:
        """Yield the contacts that changed, with the contacts merged into them."""
        mark = Watermark(
            dlt.current.resource_state(),
            self._extraction.as_of_at,
            read_all=self._extraction.read_all,
            overlap=CONTACTS_OVERLAP,
        )
        since = mark.lower_bound
        params = {"include_merge_history": "true"}
        pages = (
            self._workspace.listed("contacts", "data", **params)
            if since is None
            else self._workspace.changed_since(
                "contacts/search", "data", since, **params
            )
        )
        yield from self._news(CONTACTS, pages, contact_row, mark)

    def _news(
        self,
        table: RawTable,
        pages: Iterator[list[Json]],
        row_of_record: RowOf,
        mark: Watermark,
    ) -> Iterator[Row]:
        """Yield the rows of records that are not known as they are."""
        counts = self._extraction.table(table)
        yielded: dict[str, str] = {}
        present: set[str] = set()
        is_whole = mark.lower_bound is None
        for page in pages:
            for record in page:
                if not self._extraction.is_usable(table, record):
                    continue
                row = row_of_record(record)
                row["id"] = str(row["id"])
                present.add(row["id"])
                updated = row["updated_at"]
                stamp = updated.isoformat() if isinstance(updated, datetime) else None
                mark.saw(row["id"], stamp)
                if row["id"] in yielded:
                    # dlt keeps the newest of the two.
                    counts.duplicates += 1
                    if yielded[row["id"]] == str(stamp):
                        continue
                elif mark.is_known(
                    row["id"], stamp
                ) or self._extraction.is_before_start(stamp):
                    counts.skipped += 1
                    continue
                yielded[row["id"]] = str(stamp)
                yield row
        if is_whole:
            self._extraction.listed_whole(table, present)
        mark.advance()

    def conversation_parts(self) -> Iterator[Row]:
        """Yield the parts of the conversations that changed.

        Raises:
            ApiError: a conversation came without some of its parts.
        """
        table = CONVERSATION_PARTS
        for conversation_id in self._changed:
            path = f"conversations/{conversation_id}"
            try:
                body = self._workspace.fetch(path, needs="conversation_parts")
            except ApiError as error:
                if error.status != 404:
                    raise
                # Deleted since it was listed; its parts went with it.
                continue
            parts = body["conversation_parts"]
            seen: set[str] = set()
            for part in parts.get("conversation_parts") or []:
                if not self._extraction.is_usable(table, part):
                    continue
                if str(part["id"]) in seen:
                    self._extraction.table(table).duplicates += 1
                    continue
                seen.add(str(part["id"]))
                yield part_row(conversation_id, part)
            self._compare(conversation_id, parts.get("total_count"), len(seen))

    def _compare(self, conversation_id: str, total: object, arrived: int) -> None:
        if not isinstance(total, int) or arrived >= total:
            return
        if arrived < MOST_PARTS:
            message = (
                f"intercom: conversation {conversation_id} came without "
                f"{total - arrived} of its {total} parts (conversation_parts). Nothing "
                "of this run was stored; load again later."
            )
            raise ApiError(message)
        self._extraction.counts.report_drift(
            CONVERSATION_PARTS.name,
            "id",
            f"conversation {conversation_id} has {total} parts, Intercom gives the "
            f"newest {MOST_PARTS}; older ones are here only if loaded before",
        )

    def deleted_conversations(self) -> Iterator[Row]:
        """Yield which conversations were deleted; their rows stay, marked."""
        table = DELETED_CONVERSATIONS
        rows = (
            row_of(table, record, id=str(record["id"]))
            for page in self._workspace.deleted_conversations()
            for record in page
            if self._extraction.is_usable(table, record)
        )
        # One that is no longer listed stays deleted.
        return self._extraction.changed(table, rows, whole=False)
