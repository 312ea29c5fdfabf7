"""Tickets and everything that happens to them, and the users that they name.

Events are read first: every one is about a ticket that the export of tickets, read
after it, must show. What it does not show is asked for by id. A ticket that was imported
with a creation in the past has events that lie before what is read now; those are in its
audits. In the same way the users whom tickets name are asked for by id where the export
of users lacks them.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import dlt

from ingestion.changes import Watermark, content_digest
from ingestion.extraction import Extraction, Row
from ingestion.records import BadValueError, RawTable, timestamp_value
from ingestion.rest import ApiError
from ingestion.sources._zendesk_api import ZendeskApi
from ingestion.sources._zendesk_events import (
    Spool,
    audit_row,
    child_rows,
    event_row,
    text_id,
)
from ingestion.sources._zendesk_exports import CursorExport, EventExport, MetricExport
from ingestion.sources._zendesk_rows import metric_event_row, ticket_row, user_row
from ingestion.sources._zendesk_tables import (
    TICKET_AUDITS,
    TICKET_CHILD_EVENTS,
    TICKET_EVENTS,
    TICKET_METRIC_EVENTS,
    TICKETS,
    USERS,
)

EVENTS_OVERLAP = timedelta(hours=1)
# Breaches are taken back, and targets applied, at instants that passed days ago.
METRIC_EVENTS_OVERLAP = timedelta(days=7)


class TicketReading:
    """One load of tickets, their events and their users, in this order of resources.

    Args:
        api: the account's API.
        extraction: the load.
        first: the first second of interest.
    """

    def __init__(self, api: ZendeskApi, extraction: Extraction, first: int) -> None:
        self._api = api
        self._extraction = extraction
        self._first = first
        self._children = Spool()
        self._event_ids: set[str] = set()
        # The tickets that events of this load are about.
        self._happened: set[str] = set()
        # Events before this instant are not read.
        self._events_since = first
        # The first second of which not all events were shown.
        self._skipped_since: int | None = None
        # Tickets whose audits are read, and those of them that need not be new to us.
        self._audited: list[str] = []
        self._unsure: set[str] = set()
        self._people: set[str] = set()

    def events(self) -> Iterator[Row]:
        """Yield the events of all tickets since the last load."""
        mark = Watermark(
            dlt.current.resource_state(),
            self._extraction.as_of_at,
            read_all=self._extraction.read_all,
            overlap=EVENTS_OVERLAP,
        )
        self._events_since = self._start(mark)
        export = EventExport(
            self._api,
            "incremental/ticket_events",
            "ticket_events",
            include="comment_events",
        )
        for event in self._new(TICKET_EVENTS, export.pages(self._events_since), mark):
            self._event_ids.add(str(event["id"]))
            if ticket_id := text_id(event.get("ticket_id")):
                self._happened.add(ticket_id)
            self._keep_children(event)
            yield event_row(event)
        mark.advance()
        self._skipped_since = export.first_skipped

    def _start(self, mark: Watermark) -> int:
        since = mark.lower_bound
        return self._first if since is None else max(epoch(since), self._first)

    def _new(
        self,
        table: RawTable,
        pages: Iterator[list[Any]],
        mark: Watermark,
        version: Callable[[Row], str] = lambda _: "",
        at: str = "created_at",
    ) -> Iterator[Row]:
        """Yield the records that were not loaded before, each once."""
        counts = self._extraction.table(table)
        seen: set[str] = set()
        for page in pages:
            for record in page:
                if not self._extraction.is_usable(table, record):
                    continue
                record_id = f"{record['id']}{version(record)}"
                if record_id in seen:
                    counts.duplicates += 1
                    continue
                seen.add(record_id)
                mark.saw(record_id, record.get(at))
                if mark.is_known(record_id, record.get(at)):
                    counts.skipped += 1
                else:
                    yield record

    def tickets(self) -> Iterator[Row]:
        """Yield the tickets that changed, deleted ones included."""
        shown: dict[str, Any] = {}
        export = CursorExport(
            self._api,
            "incremental/tickets/cursor",
            "tickets",
            lambda ticket: ticket.get("generated_timestamp"),
            dlt.current.resource_state(),
            include="metric_sets",
            support_type_scope="all",
        )
        read_all = self._extraction.read_all
        for page in export.pages(self._first, read_all=read_all):
            yield from self._once(TICKETS, page, shown, "generated_timestamp")
        lost = sorted(self._happened - shown.keys())
        found = self._api.many(
            "tickets/show_many", "tickets", lost, include="metric_sets"
        )
        yield from self._once(TICKETS, found, shown, "generated_timestamp")
        if read_all and self._is_from_the_beginning():
            self._extraction.listed_whole(TICKETS, shown)

    def _is_from_the_beginning(self) -> bool:
        # No ticket is older than Zendesk; a later START_DATE leaves older ones unlisted.
        return self._first <= BEFORE_ZENDESK

    def _once(
        self, table: RawTable, page: list[Any], shown: dict[str, Any], stamp: str
    ) -> Iterator[Row]:
        """Yield a page's rows; of a record that comes again only a newer version."""
        counts = self._extraction.table(table)
        make = ticket_row if table is TICKETS else user_row
        for record in page:
            if not self._extraction.is_usable(table, record):
                continue
            record_id = str(record["id"])
            if record_id in shown:
                # dlt keeps the newest of the two.
                counts.duplicates += 1
                if shown[record_id] == record.get(stamp):
                    continue
            shown[record_id] = record.get(stamp)
            if table is TICKETS:
                self._note(record)
            yield make(record)

    def _note(self, ticket: Row) -> None:
        """Note whom a ticket names, and whether its past must be asked for."""
        for name in ("requester_id", "submitter_id", "assignee_id"):
            if person := text_id(ticket.get(name)):
                self._people.add(person)
        if ticket.get("status") == "deleted":
            # Its audits are gone with it.
            return
        created = _instant(ticket.get("created_at"))
        changed = ticket.get("generated_timestamp") or 0
        if self._skipped_since is not None and changed >= self._skipped_since:
            self._audited.append(str(ticket["id"]))
            self._unsure.add(str(ticket["id"]))
        elif created is not None and epoch(created) < self._events_since:
            self._audited.append(str(ticket["id"]))

    def audits(self) -> Iterator[Row]:
        """Yield the audits of tickets whose history the events do not have.

        That are tickets that are new to us and older than the events (imported ones), and
        those that changed since a second that had too many events. A ticket that was
        deleted meanwhile has none.
        """
        if not self._audited:
            return
        known = self._extraction.known_ids(TICKETS)
        counts = self._extraction.table(TICKET_AUDITS)
        for ticket_id in self._audited:
            if ticket_id in known and ticket_id not in self._unsure:
                continue
            path = f"tickets/{ticket_id}/audits"
            try:
                audits = list(self._api.listed(path, "audits"))
            except ApiError as error:
                if error.status != 404:
                    raise
                continue
            for audit in audits:
                if not self._extraction.is_usable(TICKET_AUDITS, audit):
                    continue
                if str(audit["id"]) in self._event_ids:
                    counts.duplicates += 1
                    continue
                self._event_ids.add(str(audit["id"]))
                audit.setdefault("ticket_id", ticket_id)
                self._keep_children(audit)
                yield audit_row(audit)

    def _keep_children(self, event: Row) -> None:
        rows = list(child_rows(event))
        for row in rows:
            if row["field_name"] == "" and row["author_id"]:
                self._people.add(row["author_id"])
        self._children.add(iter(rows))

    def child_events(self) -> Iterator[Row]:
        """Yield what the events and audits just read consist of."""
        counts = self._extraction.table(TICKET_CHILD_EVENTS)
        for row in self._children.rows():
            counts.received += 1
            yield row

    def metric_events(self) -> Iterator[Row]:
        """Yield what happened to targets and timers, and what was taken back."""
        mark = Watermark(
            dlt.current.resource_state(),
            self._extraction.as_of_at,
            read_all=self._extraction.read_all,
            overlap=METRIC_EVENTS_OVERLAP,
        )
        path = "incremental/ticket_metric_events"
        export = MetricExport(self._api, path, "ticket_metric_events")
        for event in self._new(
            TICKET_METRIC_EVENTS,
            export.pages(self._start(mark)),
            mark,
            # It changes without changing its time.
            version=lambda event: f":{content_digest(event)[:8]}",
            at="time",
        ):
            yield metric_event_row(event)
        mark.advance()

    def users(self) -> Iterator[Row]:
        """Yield the users that changed, inactive ones included."""
        shown: dict[str, Any] = {}
        export = CursorExport(
            self._api,
            "incremental/users/cursor",
            "users",
            _updated,
            dlt.current.resource_state(),
        )
        read_all = self._extraction.read_all
        for page in export.pages(self._first, read_all=read_all):
            yield from self._once(USERS, page, shown, "updated_at")
        # -1 is Zendesk itself.
        named = {one for one in self._people if one.isdecimal()} - shown.keys()
        lost = sorted(named - self._extraction.known_ids(USERS)) if named else []
        found = self._api.many("users/show_many", "users", lost)
        yield from self._once(USERS, found, shown, "updated_at")
        if read_all and self._is_from_the_beginning():
            self._extraction.listed_whole(USERS, shown)


BEFORE_ZENDESK = 1_167_609_600  # 2007-01-01


def epoch(instant: datetime) -> int:
    """Return an instant as epoch seconds, rounded down."""
    return int(instant.timestamp())


def _instant(text: object) -> datetime | None:
    try:
        return timestamp_value(text)
    except BadValueError:
        return None


def _updated(record: Row) -> int | None:
    instant = _instant(record.get("updated_at"))
    return None if instant is None else epoch(instant)
