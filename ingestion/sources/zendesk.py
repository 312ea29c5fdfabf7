"""Zendesk Support: tickets and their history, users, organizations, SLA, ratings.

Endpoints (/api/v2): GET /incremental/tickets/cursor and /incremental/users/cursor,
/incremental/ticket_events, /incremental/ticket_metric_events,
/incremental/organizations, /tickets/show_many, /users/show_many, /tickets/{id}/audits,
/organizations, /groups, /group_memberships, /brands, /ticket_fields,
/satisfaction_ratings, /slas/policies, /business_hours/schedules and /{id}/holidays,
/deleted_tickets; POST /oauth/tokens.

Tickets and users go on from the cursor of the last load; events and organizations from
its last second, with an overlap. Everything else is small and read whole, and loaded
where it changed. Deleted tickets and users are exported as such; what was erased, and
deleted organizations, are found when all records are read again.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

import dlt
from dlt.common.typing import TSecretStrValue
from dlt.extract import DltResource

from ingestion.changes import Watermark
from ingestion.extraction import Extraction, Row
from ingestion.records import RawTable
from ingestion.rest import ApiError
from ingestion.settings import Settings
from ingestion.sources._zendesk_api import ZendeskApi, api_for
from ingestion.sources._zendesk_auth import auth_for
from ingestion.sources._zendesk_exports import OrganizationExport
from ingestion.sources._zendesk_rows import organization_row, plain_row
from ingestion.sources._zendesk_tables import (
    BRANDS,
    DELETED_TICKETS,
    GROUP_MEMBERSHIPS,
    GROUPS,
    ORGANIZATIONS,
    SATISFACTION_RATINGS,
    SCHEDULE_HOLIDAYS,
    SCHEDULES,
    SLA_POLICIES,
    TICKET_AUDITS,
    TICKET_CHILD_EVENTS,
    TICKET_EVENTS,
    TICKET_FIELDS,
    TICKET_METRIC_EVENTS,
    TICKETS,
    USERS,
)
from ingestion.sources._zendesk_tickets import BEFORE_ZENDESK, TicketReading, epoch

__all__ = ["ASKS_FOR_CHANGES", "source"]

ASKS_FOR_CHANGES = True

ORGANIZATIONS_OVERLAP = timedelta(hours=1)
# A ticket's rating changes until the ticket is closed, at most 28 days after the solve.
RATINGS_OVERLAP = timedelta(days=60)


@dlt.source(name="zendesk", max_table_nesting=0)
def source(
    settings: Settings,
    subdomain: str = "",
    access_token: TSecretStrValue | None = None,
    client_id: str = "",
    client_secret: TSecretStrValue | None = None,
    refresh_token: TSecretStrValue | None = None,
    email: str = "",
    api_token: TSecretStrValue | None = None,
    base_url: str = "",
    skip: str = "",
    read_all: bool = False,
) -> Iterable[DltResource]:
    """Return the resources of one account, one per table of `raw_zendesk`.

    One of three ways to be let in is needed: an access token; an OAuth client, with a
    refresh token where it acts for a user; an address and an API token.

    Args:
        settings: the run's clock, the first day of interest and the warehouse.
        subdomain: the account's, as in {subdomain}.zendesk.com.
        access_token: OAuth access token, SOURCES__ZENDESK__ACCESS_TOKEN.
        client_id: OAuth client, SOURCES__ZENDESK__CLIENT_ID.
        client_secret: its secret, SOURCES__ZENDESK__CLIENT_SECRET.
        refresh_token: the first refresh token; later ones are kept below the
            warehouse's directory, because each is valid once.
        email: whose API token it is, SOURCES__ZENDESK__EMAIL.
        api_token: API token, SOURCES__ZENDESK__API_TOKEN.
        base_url: where the API is, instead of the subdomain's address.
        skip: tables (comma-separated) that the account's plan or the token lacks.
        read_all: read everything again; finds what was erased without a trace.

    Raises:
        ApiError: neither address nor credentials are set.
    """
    extraction = Extraction("zendesk", settings, skip=skip, read_all=read_all)
    secrets = {
        "access_token": access_token or "",
        "client_id": client_id,
        "client_secret": client_secret or "",
        "refresh_token": refresh_token or "",
        "email": email,
        "api_token": api_token or "",
    }
    given = {name: value.strip() for name, value in secrets.items() if value.strip()}
    address = _address(base_url, subdomain)
    auth, remedy = auth_for(address, settings.warehouse_dir, given)
    api = api_for(
        address,
        auth,
        secrets=[
            given[name]
            for name in ("access_token", "client_secret", "refresh_token", "api_token")
            if name in given
        ],
        remedy=remedy,
    )
    start = datetime.combine(settings.start_date, datetime.min.time(), UTC)
    first = max(epoch(start), 0)
    reading = TicketReading(api, extraction, first)
    account = _Account(api, extraction, first)
    # In this order: what events are about must be among the tickets read after them,
    # and whom tickets name among the users.
    for table, rows in (
        (TICKET_EVENTS, reading.events),
        (TICKETS, reading.tickets),
        (TICKET_AUDITS, reading.audits),
        (TICKET_CHILD_EVENTS, reading.child_events),
        (TICKET_METRIC_EVENTS, reading.metric_events),
        (USERS, reading.users),
        (ORGANIZATIONS, account.organizations),
        (GROUPS, account.groups),
        (GROUP_MEMBERSHIPS, account.group_memberships),
        (BRANDS, account.brands),
        (TICKET_FIELDS, account.ticket_fields),
        (SATISFACTION_RATINGS, account.satisfaction_ratings),
        (SLA_POLICIES, account.sla_policies),
        (SCHEDULES, account.schedules),
        (SCHEDULE_HOLIDAYS, account.schedule_holidays),
        (DELETED_TICKETS, account.deleted_tickets),
    ):
        yield extraction.resource(table, rows)
    yield from extraction.closing_resources()


def _address(base_url: str, subdomain: str) -> str:
    if base_url.strip():
        return base_url.strip()
    name = subdomain.strip().removeprefix("https://").removesuffix(".zendesk.com")
    if not name or not name.replace("-", "").isalnum():
        message = (
            f"zendesk: SOURCES__ZENDESK__SUBDOMAIN={subdomain!r} names no account. Set "
            "it to acme for https://acme.zendesk.com. Nothing was requested."
        )
        raise ApiError(message)
    return f"https://{name}.zendesk.com"


class _Account:
    """What an account has beside tickets and users."""

    def __init__(self, api: ZendeskApi, extraction: Extraction, first: int) -> None:
        self._api = api
        self._extraction = extraction
        self._first = first
        self._schedules: list[Row] | None = None

    def _changed(
        self, table: RawTable, records: Iterable[Row], *, whole: bool = True
    ) -> Iterator[Row]:
        rows = (
            plain_row(table, record)
            for record in records
            if self._extraction.is_usable(table, record)
        )
        return self._extraction.changed(table, rows, whole=whole)

    def organizations(self) -> Iterator[Row]:
        """Yield the organizations that changed; a full reading finds deleted ones."""
        mark = Watermark(
            dlt.current.resource_state(),
            self._extraction.as_of_at,
            read_all=self._extraction.read_all,
            overlap=ORGANIZATIONS_OVERLAP,
        )
        since = mark.lower_bound
        start = self._first if since is None else max(epoch(since), self._first)
        path = "incremental/organizations"
        export = OrganizationExport(self._api, path, "organizations")
        counts = self._extraction.table(ORGANIZATIONS)
        seen: dict[str, str | None] = {}
        for page in export.pages(start):
            for record in page:
                if not self._extraction.is_usable(ORGANIZATIONS, record):
                    continue
                record_id, modified = str(record["id"]), record.get("updated_at")
                if record_id in seen:
                    counts.duplicates += 1
                    if seen[record_id] == modified:
                        continue
                elif mark.is_known(record_id, modified):
                    counts.skipped += 1
                    mark.saw(record_id, modified)
                    continue
                seen[record_id] = modified
                mark.saw(record_id, modified)
                yield organization_row(record)
        mark.advance()
        if self._extraction.read_all and self._first <= BEFORE_ZENDESK:
            # The export also shows deleted ones; the list only those that exist.
            listed = self._api.listed("organizations", "organizations")
            ids = {str(one["id"]) for one in listed if one.get("id")}
            self._extraction.listed_whole(ORGANIZATIONS, ids)

    def groups(self) -> Iterator[Row]:
        """Yield the groups, deleted ones included."""
        return self._changed(GROUPS, self._api.listed("groups", "groups"))

    def group_memberships(self) -> Iterator[Row]:
        """Yield who is a member of which group now."""
        path = "group_memberships"
        return self._changed(GROUP_MEMBERSHIPS, self._api.listed(path, path))

    def brands(self) -> Iterator[Row]:
        """Yield the brands."""
        return self._changed(BRANDS, self._api.listed("brands", "brands"))

    def ticket_fields(self) -> Iterator[Row]:
        """Yield the definitions of fields, their options included."""
        path = "ticket_fields"
        return self._changed(TICKET_FIELDS, self._api.listed(path, path))

    def satisfaction_ratings(self) -> Iterator[Row]:
        """Yield ratings that are new or changed; one goes from offered to good or bad."""
        mark = Watermark(
            dlt.current.resource_state(),
            self._extraction.as_of_at,
            read_all=self._extraction.read_all,
            overlap=RATINGS_OVERLAP,
        )
        since = mark.lower_bound
        start = self._first if since is None else max(epoch(since), self._first)
        path = "satisfaction_ratings"
        records = self._api.listed(path, path, start_time=str(start))
        counts = self._extraction.table(SATISFACTION_RATINGS)
        for row in self._once(SATISFACTION_RATINGS, records):
            mark.saw(row["id"], row["updated_at"])
            if mark.is_known(row["id"], row["updated_at"]):
                counts.skipped += 1
            else:
                yield row
        mark.advance()

    def _once(self, table: RawTable, records: Iterable[Row]) -> Iterator[Row]:
        seen: set[str] = set()
        for record in records:
            if not self._extraction.is_usable(table, record):
                continue
            row = plain_row(table, record) | {"id": str(record["id"])}
            if row["id"] in seen:
                self._extraction.table(table).duplicates += 1
                continue
            seen.add(row["id"])
            yield row

    def sla_policies(self) -> Iterator[Row]:
        """Yield the SLA policies as they are now."""
        records = self._api.numbered("slas/policies", "sla_policies")
        return self._changed(SLA_POLICIES, records)

    def _all_schedules(self) -> list[Row]:
        # Schedules and their holidays are two tables.
        if self._schedules is None:
            body = self._api.fetch("business_hours/schedules", needs="schedules")
            self._schedules = body["schedules"]
        return self._schedules or []

    def schedules(self) -> Iterator[Row]:
        """Yield the schedules as they are now."""
        return self._changed(SCHEDULES, self._all_schedules())

    def schedule_holidays(self) -> Iterator[Row]:
        """Yield the holidays of every schedule."""
        return self._changed(SCHEDULE_HOLIDAYS, self._all_holidays())

    def _all_holidays(self) -> Iterator[Row]:
        for schedule in self._all_schedules():
            path = f"business_hours/schedules/{schedule['id']}/holidays"
            for holiday in self._api.fetch(path, needs="holidays")["holidays"]:
                yield {**holiday, "schedule_id": schedule["id"]}

    def deleted_tickets(self) -> Iterator[Row]:
        """Yield who deleted which ticket in the last 30 days."""
        path = "deleted_tickets"
        return self._changed(
            DELETED_TICKETS, map(_deletion, self._api.listed(path, path)), whole=False
        )


def _deletion(record: Row) -> Row:
    actor = record.get("actor") if isinstance(record, dict) else None
    if not isinstance(actor, dict):
        return record
    return {**record, "actor_id": actor.get("id"), "actor_name": actor.get("name")}
