"""HubSpot CRM: deals, contacts, companies, activities, goals, marketing.

Endpoints (version 2026-09): GET /crm/objects/2026-09/{object} and its POST /search and
/batch/read, POST /crm/associations/2026-09/{from}/{to}/batch/read,
GET /crm/pipelines/2026-09/deals, GET /crm/owners/2026-09,
GET /settings/users/2026-03/teams, GET /crm/properties/2026-09/{object},
GET /marketing/marketing-events/2026-09 and /participations/{id}/breakdown,
GET /marketing/emails/2026-09, GET /settings/currencies/2026-09/exchange-rates,
GET /account-info/2026-09/details.

CRM objects are listed at the first load and then searched by modification date; the
archived ones are listed at every load. Everything else is small and read whole, and
loaded where it changed. `CONTRIBUTING.md` names this file's length as a deviation.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import dlt
from dlt.common.typing import TSecretStrValue
from dlt.extract import DltResource
from dlt.sources.helpers.rest_client.auth import BearerTokenAuth
from dlt.sources.helpers.rest_client.paginators import (
    BasePaginator,
    JSONResponseCursorPaginator,
)
from requests import Request, Response

from ingestion.changes import Fingerprints, Watermark
from ingestion.reconcile import Counts
from ingestion.records import BadValueError, RawTable, timestamp_value
from ingestion.rest import Api, ApiError, ForbiddenError
from ingestion.settings import Settings

VERSION = "2026-09"
TEAMS_VERSION = "2026-03"  # the users API has no later generally available version
LIST_PAGE = 100
SEARCH_PAGE = 200
HISTORY_BATCH = 50
ASSOCIATIONS_BATCH = 1_000
READ_BATCH = 100
ROWS_PER_BATCH = 5_000
# Attendance is uploaded days after a fair.
PARTICIPATION_WINDOW = timedelta(days=30)


def _columns(**names_by_type: str) -> dict[str, str]:
    return {
        name: declared
        for declared, names in names_by_type.items()
        for name in names.split()
    }


@dataclass(frozen=True)
class CrmObject:
    """A CRM object type: the properties we read, and what they are."""

    name: str
    cursor: str
    properties: dict[str, str]
    history: tuple[str, ...] = ()
    associations: tuple[str, ...] = ()


_ACTIVITY = _columns(
    timestamp="hs_timestamp hs_createdate hs_lastmodifieddate",
    text="hubspot_owner_id hs_created_by_user_id",
)
_ACTIVITY_ASSOCIATIONS = ("contacts", "companies", "deals")

CRM_OBJECTS = (
    CrmObject(
        "contacts",
        "lastmodifieddate",
        _columns(
            text="email firstname lastname phone country lifecyclestage hs_lead_status "
            "hs_analytics_source hs_analytics_source_data_1 hs_analytics_source_data_2 "
            "date_of_birth hubspot_owner_id associatedcompanyid hs_merged_object_ids "
            "hs_calculated_merged_vids",
            bool="hs_email_optout",
            timestamp="createdate lastmodifieddate",
        ),
        associations=("companies",),
    ),
    CrmObject(
        "companies",
        "hs_lastmodifieddate",
        _columns(
            text="name domain industry country state city lifecyclestage "
            "hubspot_owner_id hs_merged_object_ids",
            bigint="numberofemployees",
            decimal="annualrevenue",
            timestamp="createdate hs_lastmodifieddate",
        ),
    ),
    CrmObject(
        "deals",
        "hs_lastmodifieddate",
        _columns(
            text="dealname pipeline dealstage deal_currency_code dealtype "
            "closed_won_reason closed_lost_reason hubspot_owner_id hs_merged_object_ids",
            decimal="amount amount_in_home_currency hs_exchange_rate",
            bool="hs_is_closed hs_is_closed_won",
            double="hs_deal_stage_probability",
            timestamp="closedate createdate hs_lastmodifieddate",
        ),
        history=("dealstage", "pipeline", "amount", "closedate", "hubspot_owner_id"),
        associations=("contacts", "companies", "line_items"),
    ),
    CrmObject(
        "products",
        "hs_lastmodifieddate",
        _columns(
            text="name hs_sku description hs_product_type",
            decimal="price hs_cost_of_goods_sold",
            timestamp="createdate hs_lastmodifieddate",
        ),
    ),
    CrmObject(
        "line_items",
        "hs_lastmodifieddate",
        _columns(
            text="name hs_product_id hs_sku hs_line_item_currency_code",
            decimal="price quantity amount discount",
            timestamp="createdate hs_lastmodifieddate",
        ),
    ),
    CrmObject(
        "meetings",
        "hs_lastmodifieddate",
        _ACTIVITY
        | _columns(
            text="hs_meeting_title hs_meeting_outcome hs_activity_type "
            "hs_attendee_owner_ids",
            timestamp="hs_meeting_start_time hs_meeting_end_time",
        ),
        associations=_ACTIVITY_ASSOCIATIONS,
    ),
    CrmObject(
        "calls",
        "hs_lastmodifieddate",
        _ACTIVITY
        | _columns(
            text="hs_call_title hs_call_direction hs_call_status hs_call_disposition",
            bigint="hs_call_duration",
        ),
        associations=_ACTIVITY_ASSOCIATIONS,
    ),
    CrmObject(
        "emails",
        "hs_lastmodifieddate",
        _ACTIVITY
        | _columns(text="hs_email_direction hs_email_status hs_email_subject"),
        associations=_ACTIVITY_ASSOCIATIONS,
    ),
    CrmObject(
        "tasks",
        "hs_lastmodifieddate",
        _ACTIVITY
        | _columns(
            text="hs_task_subject hs_task_status hs_task_type hs_task_priority",
            timestamp="hs_task_completion_date",
        ),
        associations=_ACTIVITY_ASSOCIATIONS,
    ),
    CrmObject(
        "goal_targets",
        "hs_lastmodifieddate",
        _columns(
            text="hs_goal_name hs_goal_type hs_milestone hs_group_correlation_uuid "
            "hubspot_owner_id hs_assignee_team_id hs_kpi_object_type_id "
            "hs_kpi_metric_type hs_goal_target_currency_code",
            decimal="hs_target_amount",
            timestamp="hs_start_datetime hs_end_datetime hs_createdate "
            "hs_lastmodifieddate",
        ),
    ),
)
_RECORD = _columns(timestamp="created_at updated_at archived_at", bool="archived")

OBJECT_TABLES = {
    crm.name: RawTable(
        crm.name,
        {"id": "text", **crm.properties, **_RECORD},
        key=("id",),
        newest_by="updated_at",
    )
    for crm in CRM_OBJECTS
}
DEAL_PROPERTY_HISTORY = RawTable(
    "deal_property_history",
    _columns(
        text="deal_id property value source_type source_id", timestamp="changed_at"
    ),
    key=("deal_id", "property", "changed_at", "value"),
    strategy="insert-only",
    # "" is a cleared property, and NULL in a key never equals itself.
    keeps_empty=frozenset({"value"}),
)
ASSOCIATIONS = RawTable(
    "associations",
    _columns(text="from_type from_id to_type to_id category label", bigint="type_id"),
    key=("from_type", "from_id", "to_type", "to_id", "type_id"),
    replaced_set=("from_type", "from_id", "to_type"),
    keeps_empty=frozenset({"to_id"}),
)
PIPELINES = RawTable(
    "pipelines",
    _columns(
        text="id label",
        bigint="display_order",
        bool="archived",
        timestamp="created_at updated_at",
    ),
    key=("id",),
)
PIPELINE_STAGES = RawTable(
    "pipeline_stages",
    _columns(
        text="pipeline_id id label",
        bigint="display_order",
        bool="is_closed archived",
        double="probability",
        timestamp="created_at updated_at",
    ),
    key=("pipeline_id", "id"),
)
OWNERS = RawTable(
    "owners",
    _columns(
        text="id email type first_name last_name user_id user_id_including_inactive "
        "row_hash",
        bool="archived",
        json="teams",
        timestamp="created_at updated_at extracted_at",
    ),
    key=("id", "row_hash"),
    strategy="insert-only",
)
TEAMS = RawTable(
    "teams",
    _columns(
        text="id name row_hash",
        json="user_ids secondary_user_ids",
        timestamp="extracted_at",
    ),
    key=("id", "row_hash"),
    strategy="insert-only",
)
ACCOUNT_INFO = RawTable(
    "account_info",
    _columns(text="portal_id time_zone company_currency", json="additional_currencies"),
    key=("portal_id",),
    strategy="replace",
)
EXCHANGE_RATES = RawTable(
    "exchange_rates",
    # A rial is 0.0000208 euro: nine decimals would leave three digits of the rate.
    _columns(text="id from_currency_code to_currency_code")
    | {"conversion_rate": "decimal(38,18)"}
    | _columns(timestamp="effective_at updated_at"),
    key=("id",),
)
MARKETING_EVENTS = RawTable(
    "marketing_events",
    _columns(
        text="id external_event_id event_name event_type event_organizer event_status",
        bool="event_cancelled event_completed",
        bigint="registrants attendees cancellations no_shows",
        json="custom_properties",
        timestamp="start_at end_at created_at updated_at",
    ),
    key=("id",),
)
MARKETING_EVENT_PARTICIPATIONS = RawTable(
    "marketing_event_participations",
    _columns(
        text="id marketing_event_id contact_id contact_email attendance_state",
        bigint="attendance_duration_seconds",
        double="attendance_percentage",
        timestamp="occurred_at",
    ),
    key=("id",),
)
_EMAIL_COUNTERS = (
    "sent delivered open click bounce hardbounced softbounced unsubscribed reply "
    "spamreport"
)
MARKETING_EMAILS = RawTable(
    "marketing_emails",
    _columns(
        text="id name subject type state campaign campaign_name subscription_id",
        bigint=_EMAIL_COUNTERS,
        bool="is_ab archived",
        timestamp="publish_date created_at updated_at",
    ),
    key=("id",),
)
PROPERTIES = RawTable(
    "properties",
    _columns(
        text="object_type name label type field_type",
        bool="calculated hubspot_defined archived",
        json="options",
        timestamp="updated_at",
    ),
    key=("object_type", "name"),
)
# Portal types that can never hold what we read a property as.
_NOT_NUMBERS = {"string", "enumeration", "phone_number", "json", "date", "datetime"}
_UNFIT_TYPES = {
    "bigint": _NOT_NUMBERS | {"bool"},
    "decimal": _NOT_NUMBERS | {"bool"},
    "double": _NOT_NUMBERS | {"bool"},
    "timestamp": {"enumeration", "phone_number", "json", "bool", "number"},
}


@dlt.source(name="hubspot", max_table_nesting=0)
def source(
    settings: Settings,
    access_token: TSecretStrValue = dlt.secrets.value,
    base_url: str = "https://api.hubapi.com",
    skip: str = "",
    read_all: bool = False,
) -> Iterable[DltResource]:
    """Return the resources of one portal, one per table of `raw_hubspot`.

    Args:
        settings: the run's clock and the first day of interest.
        access_token: service key or private-app token, SOURCES__HUBSPOT__ACCESS_TOKEN.
        base_url: where the API is, SOURCES__HUBSPOT__BASE_URL.
        skip: tables (comma-separated) that the portal's plan or the token lacks.
        read_all: list everything again instead of searching for changes; finds
            changed associations and what the search index missed.
    """
    counts = Counts()
    portal = _Portal(_api(access_token, base_url), settings, counts, skip, read_all)
    yield from portal.resources()
    yield from counts.resources()


def _api(access_token: str, base_url: str) -> Api:
    return Api(
        "hubspot",
        base_url,
        BearerTokenAuth(access_token),
        token_remedy="Set SOURCES__HUBSPOT__ACCESS_TOKEN to a valid service key "
        "(Settings > Integrations > Service keys). Nothing of this run was stored.",
        stop_reason=_stop_reason,
        after_response=_Pace(),
    )


def _stop_reason(response: Response) -> str | None:
    if response.status_code == 477:
        return "HubSpot is moving this account, for up to a day. Load again then."
    if response.status_code == 429 and '"DAILY"' in response.text:
        return (
            "The day's requests of this account are used up; they come back at midnight "
            "in the portal's time zone. Load again then, or give other apps less."
        )
    return None


class _Pace:
    """Keeps below HubSpot's limits, which other apps of the account share."""

    SEARCHES_PER_SECOND = 5

    def __init__(self) -> None:
        self._searches: deque[float] = deque(maxlen=self.SEARCHES_PER_SECOND)

    def __call__(self, response: Response) -> None:
        """Wait as long as the next request must, judged by this response."""
        wait = 0.0
        if response.request.url.endswith("/search"):
            # Searches have their own limit and no headers.
            self._searches.append(time.monotonic())
            if len(self._searches) == self.SEARCHES_PER_SECOND:
                wait = self._searches[0] + 1.05 - time.monotonic()
        headers = response.headers
        try:
            most = int(headers["X-HubSpot-RateLimit-Max"])
            left = int(headers["X-HubSpot-RateLimit-Remaining"])
            interval = int(headers["X-HubSpot-RateLimit-Interval-Milliseconds"]) / 1000
        except (KeyError, ValueError):
            most = left = 0
        if most > 0 and left < most / 10:
            wait = max(wait, min(interval / most, 10.0))
        if wait > 0:
            time.sleep(wait)


class _SearchPaginator(BasePaginator):
    """Walks a search by record id instead of by offset.

    An offset may not pass 10,000, and rows that change while we read would shift it;
    `hs_object_id GT <last id>`, the search's last filter, has neither problem.
    """

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        """Note the last id; the last page is the one that holds all that is left."""
        ids = [row["id"] for row in data or [] if isinstance(row, dict) and "id" in row]
        total = response.json().get("total")
        if not isinstance(total, int):
            message = "hubspot: a search answered without `total`; its API changed."
            raise ApiError(message)
        self._last_id = str(ids[-1]) if ids else None
        self._has_next_page = total > len(data or [])

    def update_request(self, request: Request) -> None:
        """Ask for what comes after the last id."""
        if self._last_id is not None:
            filters = request.json["filterGroups"][0]["filters"]
            filters[-1]["value"] = self._last_id


def _listing() -> JSONResponseCursorPaginator:
    return JSONResponseCursorPaginator(
        cursor_path="paging.next.after", cursor_param="after"
    )


@dataclass
class _Portal:
    """One extraction of one portal: what it reads and what it has found so far."""

    api: Api
    settings: Settings
    counts: Counts
    skip: str
    read_all: bool
    changed: dict[str, list[str]] = field(default_factory=dict)
    _pipelines: list[Any] | None = None

    def resources(self) -> Iterator[DltResource]:
        """Yield the resources in the order in which they must run."""
        for crm in CRM_OBJECTS:
            table = OBJECT_TABLES[crm.name]
            yield self._resource(table, lambda crm=crm: self._crm_object(crm))
        for table, rows in (
            (DEAL_PROPERTY_HISTORY, self._deal_property_history),
            (ASSOCIATIONS, self._associations),
            (PIPELINES, self._pipeline_rows),
            (PIPELINE_STAGES, self._stage_rows),
            (OWNERS, self._owners),
            (TEAMS, self._teams),
            (ACCOUNT_INFO, self._account_info),
            (EXCHANGE_RATES, self._exchange_rates),
            (MARKETING_EVENTS, self._marketing_events),
            (MARKETING_EVENT_PARTICIPATIONS, self._participations),
            (MARKETING_EMAILS, self._marketing_emails),
            (PROPERTIES, self._properties),
        ):
            yield self._resource(table, rows)

    def _resource(
        self, table: RawTable, rows: Callable[[], Iterator[dict[str, Any]]]
    ) -> DltResource:
        return table.resource(self._batches(table, rows))

    def _batches(
        self, table: RawTable, rows: Callable[[], Iterator[dict[str, Any]]]
    ) -> Iterator[Any]:
        """Yield typed batches of the rows; an unreadable table yields none and says so.

        A token that may not read one object leaves the others loading; the load is
        reported as failed when all of it is stored.
        """
        counts = self.counts.table(table.name, is_insert_only=table.is_insert_only)
        if not table.exists_in(dlt.current.source_schema()):
            yield table.empty()
        if table.name in {name.strip() for name in self.skip.split(",")}:
            return
        batch: list[dict[str, Any]] = []
        with counts.timed():
            try:
                for row in rows():
                    batch.append(row)
                    if len(batch) == ROWS_PER_BATCH:
                        yield table.batch(batch, self.counts)
                        batch = []
            except ForbiddenError as error:
                counts.refusal = (
                    f"{table.name} was not loaded: {error}. Give the token the scope, "
                    f"or put {table.name} into SOURCES__HUBSPOT__SKIP. Everything else "
                    "was loaded."
                )
            if batch:
                yield table.batch(batch, self.counts)

    def _is_usable(self, table: RawTable, record: object, key: str = "id") -> bool:
        """Count a received record; quarantine what has no id."""
        self.counts.table(table.name).received += 1
        if isinstance(record, dict) and record.get(key) not in (None, ""):
            return True
        self.counts.reject_row(table.name, f"no {key}", raw_value=record)
        return False

    def _crm_object(self, crm: CrmObject) -> Iterator[dict[str, Any]]:
        state = dlt.current.resource_state()
        mark = Watermark(state, self.settings.as_of_at, read_all=self.read_all)
        reading = _ObjectReading(self, crm, mark)
        for page in self._object_pages(crm, mark.lower_bound):
            yield from reading.live(page)
        yield from self._archived(crm, reading, state)
        mark.advance()
        self.changed[crm.name] = list(reading.changed)

    def _object_pages(
        self, crm: CrmObject, since: datetime | None
    ) -> Iterator[list[Any]]:
        path = f"crm/objects/{VERSION}/{crm.name}"
        properties = [*crm.properties, "hs_object_id"]
        if since is None:
            params = {"limit": LIST_PAGE, "properties": ",".join(properties)}
            for page, _ in self.api.pages(path, _listing(), params=params):
                yield page
            return
        query = {
            "filterGroups": [
                {
                    "filters": [
                        {
                            "propertyName": crm.cursor,
                            "operator": "GTE",
                            "value": str(int(since.timestamp() * 1000)),
                        },
                        {
                            "propertyName": "hs_object_id",
                            "operator": "GT",
                            "value": "0",
                        },
                    ]
                }
            ],
            "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
            "properties": properties,
            "limit": SEARCH_PAGE,
        }
        pages = self.api.pages(f"{path}/search", _SearchPaginator(), json=query)
        for page, _ in pages:
            yield page

    def _archived(
        self, crm: CrmObject, reading: "_ObjectReading", state: dict[str, Any]
    ) -> Iterator[dict[str, Any]]:
        """Read what is in the recycle bin, and what was taken out of it again."""
        known: dict[str, str] = {} if self.read_all else state.get("archived", {})
        found: dict[str, str] = {}
        path = f"crm/objects/{VERSION}/{crm.name}"
        params = {
            "limit": LIST_PAGE,
            "archived": "true",
            "properties": ",".join([*crm.properties, "hs_object_id"]),
        }
        for page, _ in self.api.pages(path, _listing(), params=params):
            yield from reading.archived(page, known, found)
        # Restoring need not touch the modification date. What was purged stays away.
        gone = [record_id for record_id in known if record_id not in found]
        for ids in _chunks(gone, READ_BATCH):
            body = self._batch_read(crm, ids, {"properties": list(crm.properties)})
            yield from reading.live(body)
        state["archived"] = found

    def _batch_read(
        self, crm: CrmObject, ids: list[str], wanted: dict[str, Any]
    ) -> list[Any]:
        body = self.api.fetch(
            f"crm/objects/{VERSION}/{crm.name}/batch/read",
            json={"properties": [], "inputs": [{"id": i} for i in ids], **wanted},
        )
        return _results(body, f"{crm.name}/batch/read")

    def _deal_property_history(self) -> Iterator[dict[str, Any]]:
        counts = self.counts.table("deal_property_history")
        for crm in CRM_OBJECTS:
            if not crm.history:
                continue
            wanted = {"propertiesWithHistory": list(crm.history)}
            for ids in _chunks(self.changed.get(crm.name, []), HISTORY_BATCH):
                for deal in self._batch_read(crm, ids, wanted):
                    seen: set[tuple[Any, ...]] = set()
                    histories = deal.get("propertiesWithHistory") or {}
                    for name, versions in histories.items():
                        for version in versions:
                            counts.received += 1
                            row = {
                                "deal_id": deal["id"],
                                "property": name,
                                "value": version.get("value") or "",
                                "changed_at": version.get("timestamp"),
                                "source_type": version.get("sourceType"),
                                "source_id": version.get("sourceId"),
                            }
                            key = (name, row["changed_at"], row["value"])
                            if key in seen:
                                counts.duplicates += 1
                            elif self._has_instant(DEAL_PROPERTY_HISTORY, row):
                                seen.add(key)
                                yield row

    def _has_instant(self, table: RawTable, row: dict[str, Any]) -> bool:
        try:
            row["changed_at"] = timestamp_value(row["changed_at"])
        except BadValueError as error:
            reason = f"changed_at is {error}"
            self.counts.reject_row(
                table.name,
                reason,
                record_id=row["deal_id"],
                raw_value=row["changed_at"],
            )
            return False
        return True

    def _associations(self) -> Iterator[dict[str, Any]]:
        for crm in CRM_OBJECTS:
            for to_type in crm.associations:
                ids = self.changed.get(crm.name, [])
                for batch in _chunks(ids, ASSOCIATIONS_BATCH):
                    yield from self._associations_of(crm.name, to_type, batch)

    def _associations_of(
        self, from_type: str, to_type: str, ids: list[str]
    ) -> Iterator[dict[str, Any]]:
        counts = self.counts.table("associations")
        path = f"crm/associations/{VERSION}/{from_type}/{to_type}/batch/read"
        seen: set[tuple[str, str, Any]] = set()
        inputs: list[dict[str, str]] = [{"id": from_id} for from_id in ids]
        while inputs:
            body = self.api.fetch(path, json={"inputs": inputs})
            inputs = []
            for result in _results(body, path):
                from_id = str(result["from"]["id"])
                for target in result.get("to", []):
                    for kind in target.get("associationTypes") or [{}]:
                        counts.received += 1
                        to_id = str(target["toObjectId"])
                        key = (from_id, to_id, kind.get("typeId"))
                        if key in seen:
                            counts.duplicates += 1
                            continue
                        seen.add(key)
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
        # A record without associations loses those that it had.
        with_some = {from_id for from_id, _, _ in seen}
        for from_id in ids:
            if from_id not in with_some:
                counts.received += 1
                yield {
                    "from_type": from_type,
                    "from_id": from_id,
                    "to_type": to_type,
                    "to_id": "",
                    "type_id": 0,
                }

    def _whole(
        self, table: RawTable, rows: Iterable[dict[str, Any]]
    ) -> Iterator[dict[str, Any]]:
        """Yield those of all rows of a table that changed since the last load."""
        counts = self.counts.table(table.name)
        known = Fingerprints(dlt.current.resource_state())
        seen: set[str] = set()
        for row in rows:
            row_id = table.record_id(row)
            if row_id in seen:
                counts.duplicates += 1
                continue
            seen.add(row_id)
            if known.changed(row_id, row) or self.read_all:
                yield row
            else:
                counts.skipped += 1
        known.keep_only(seen)

    def _versions(
        self, table: RawTable, rows: Iterable[dict[str, Any]]
    ) -> Iterator[dict[str, Any]]:
        """Yield a new version of each row that changed since the last load."""
        counts = self.counts.table(table.name)
        known = Fingerprints(dlt.current.resource_state())
        seen: set[str] = set()
        for row in rows:
            if row["id"] in seen:
                counts.duplicates += 1
                continue
            seen.add(row["id"])
            version = known.version(row["id"], row)
            if version is None:
                counts.skipped += 1
                continue
            yield {
                **row,
                "row_hash": version,
                "extracted_at": self.settings.as_of_at,
            }

    def _listed(
        self, table: RawTable, path: str, key: str = "id", **params: str
    ) -> Iterator[dict[str, Any]]:
        """Yield every usable record of a paged list."""
        pages = self.api.pages(path, _listing(), params={"limit": LIST_PAGE, **params})
        for page, _ in pages:
            for record in page:
                if self._is_usable(table, record, key):
                    yield record

    def _all_pipelines(self) -> list[Any]:
        # Pipelines and their stages are two tables of one answer.
        if self._pipelines is None:
            path = f"crm/pipelines/{VERSION}/deals"
            self._pipelines = _results(self.api.fetch(path), path)
        return self._pipelines

    def _pipeline_rows(self) -> Iterator[dict[str, Any]]:
        yield from self._whole(
            PIPELINES,
            (
                {
                    "id": str(pipeline["id"]),
                    "label": pipeline.get("label"),
                    "display_order": pipeline.get("displayOrder"),
                    "archived": pipeline.get("archived"),
                    "created_at": pipeline.get("createdAt"),
                    "updated_at": pipeline.get("updatedAt"),
                }
                for pipeline in self._all_pipelines()
                if self._is_usable(PIPELINES, pipeline)
            ),
        )

    def _stage_rows(self) -> Iterator[dict[str, Any]]:
        yield from self._whole(
            PIPELINE_STAGES,
            (
                {
                    "pipeline_id": str(pipeline["id"]),
                    "id": str(stage["id"]),
                    "label": stage.get("label"),
                    "display_order": stage.get("displayOrder"),
                    "is_closed": (stage.get("metadata") or {}).get("isClosed"),
                    "probability": (stage.get("metadata") or {}).get("probability"),
                    "archived": stage.get("archived"),
                    "created_at": stage.get("createdAt"),
                    "updated_at": stage.get("updatedAt"),
                }
                for pipeline in self._all_pipelines()
                if isinstance(pipeline, dict) and pipeline.get("id")
                for stage in pipeline.get("stages") or []
                if self._is_usable(PIPELINE_STAGES, stage)
            ),
        )

    def _owners(self) -> Iterator[dict[str, Any]]:
        yield from self._versions(
            OWNERS,
            (
                {
                    "id": str(owner["id"]),
                    "email": owner.get("email"),
                    "type": owner.get("type"),
                    "first_name": owner.get("firstName"),
                    "last_name": owner.get("lastName"),
                    "user_id": owner.get("userId"),
                    "user_id_including_inactive": owner.get("userIdIncludingInactive"),
                    "archived": owner.get("archived", archived == "true"),
                    "created_at": owner.get("createdAt"),
                    "updated_at": owner.get("updatedAt"),
                    "teams": owner.get("teams") or [],
                }
                for archived in ("false", "true")
                for owner in self._listed(
                    OWNERS, f"crm/owners/{VERSION}", archived=archived
                )
            ),
        )

    def _teams(self) -> Iterator[dict[str, Any]]:
        path = f"settings/users/{TEAMS_VERSION}/teams"
        yield from self._versions(
            TEAMS,
            (
                {
                    "id": str(team["id"]),
                    "name": team.get("name"),
                    "user_ids": team.get("userIds") or [],
                    "secondary_user_ids": team.get("secondaryUserIds") or [],
                }
                for team in _results(self.api.fetch(path), path)
                if self._is_usable(TEAMS, team)
            ),
        )

    def _account_info(self) -> Iterator[dict[str, Any]]:
        details = self.api.fetch(f"account-info/{VERSION}/details")
        if self._is_usable(ACCOUNT_INFO, details, "portalId"):
            yield {
                "portal_id": str(details["portalId"]),
                "time_zone": details.get("timeZone"),
                "company_currency": details.get("companyCurrency"),
                "additional_currencies": details.get("additionalCurrencies") or [],
            }

    def _exchange_rates(self) -> Iterator[dict[str, Any]]:
        path = f"settings/currencies/{VERSION}/exchange-rates"
        yield from self._whole(
            EXCHANGE_RATES,
            (
                {
                    "id": str(rate["id"]),
                    "from_currency_code": rate.get("fromCurrencyCode"),
                    "to_currency_code": rate.get("toCurrencyCode"),
                    "conversion_rate": rate.get("conversionRate"),
                    "effective_at": rate.get("effectiveAt"),
                    "updated_at": rate.get("updatedAt"),
                }
                for rate in self._listed(EXCHANGE_RATES, path)
            ),
        )

    def _marketing_events(self) -> Iterator[dict[str, Any]]:
        path = f"marketing/marketing-events/{VERSION}"
        rows = (
            {
                "id": str(event["objectId"]),
                "external_event_id": event.get("externalEventId"),
                "event_name": event.get("eventName"),
                "event_type": event.get("eventType"),
                "event_organizer": event.get("eventOrganizer"),
                "start_at": event.get("startDateTime"),
                "end_at": event.get("endDateTime"),
                "event_cancelled": event.get("eventCancelled"),
                "event_completed": event.get("eventCompleted"),
                "event_status": event.get("eventStatus"),
                "registrants": event.get("registrants"),
                "attendees": event.get("attendees"),
                "cancellations": event.get("cancellations"),
                "no_shows": event.get("noShows"),
                "custom_properties": event.get("customProperties") or [],
                "created_at": event.get("createdAt"),
                "updated_at": event.get("updatedAt"),
            }
            for event in self._listed(MARKETING_EVENTS, path, "objectId")
        )
        changed: list[str] = []
        recent: list[str] = []
        since = self.settings.as_of_at - PARTICIPATION_WINDOW

        def noted() -> Iterator[dict[str, Any]]:
            for row in rows:
                if _ended_after(row, since):
                    recent.append(row["id"])
                yield row

        for row in self._whole(MARKETING_EVENTS, noted()):
            changed.append(row["id"])
            yield row
        self.changed["marketing_events"] = list(dict.fromkeys([*changed, *recent]))

    def _participations(self) -> Iterator[dict[str, Any]]:
        table = MARKETING_EVENT_PARTICIPATIONS
        base = f"marketing/marketing-events/{VERSION}/participations"
        yield from self._whole(
            table,
            (
                _participation(event_id, participation)
                for event_id in self.changed.get("marketing_events", [])
                for participation in self._listed(table, f"{base}/{event_id}/breakdown")
            ),
        )

    def _marketing_emails(self) -> Iterator[dict[str, Any]]:
        path = f"marketing/emails/{VERSION}"
        # Statistics rise for weeks without touching updatedAt, so all are read.
        yield from self._whole(
            MARKETING_EMAILS,
            (
                _marketing_email(email, archived)
                for archived in ("false", "true")
                for email in self._listed(
                    MARKETING_EMAILS, path, includeStats="true", archived=archived
                )
            ),
        )

    def _properties(self) -> Iterator[dict[str, Any]]:
        yield from self._whole(PROPERTIES, self._all_properties())

    def _all_properties(self) -> Iterator[dict[str, Any]]:
        state = dlt.current.resource_state()
        reported: list[str] = state.setdefault("drift", [])
        for crm in CRM_OBJECTS:
            path = f"crm/properties/{VERSION}/{crm.name}"
            portal_types: dict[str, str] = {}
            for archived in ("false", "true"):
                body = self.api.fetch(path, params={"archived": archived})
                for one in _results(body, path):
                    if not self._is_usable(PROPERTIES, one, "name"):
                        continue
                    if archived == "false":
                        portal_types[one["name"]] = one.get("type")
                    yield {
                        "object_type": crm.name,
                        "name": one["name"],
                        "label": one.get("label"),
                        "type": one.get("type"),
                        "field_type": one.get("fieldType"),
                        "calculated": one.get("calculated"),
                        "hubspot_defined": one.get("hubspotDefined"),
                        "archived": one.get("archived", archived == "true"),
                        "options": one.get("options") or [],
                        "updated_at": one.get("updatedAt"),
                    }
            for name, reason in _drift(crm, portal_types):
                if f"{crm.name}.{name}: {reason}" not in reported:
                    reported.append(f"{crm.name}.{name}: {reason}")
                    self.counts.report_drift(crm.name, name, reason)


class _ObjectReading:
    """The records of one CRM object in one load: told apart, counted, made rows."""

    def __init__(self, portal: _Portal, crm: CrmObject, mark: Watermark) -> None:
        self._portal = portal
        self._crm = crm
        self._table = OBJECT_TABLES[crm.name]
        self._counts = portal.counts.table(crm.name)
        self._mark = mark
        self._start = datetime.combine(
            portal.settings.start_date, datetime.min.time(), UTC
        )
        self._yielded: dict[str, str | None] = {}
        # The ids whose history and associations must be read again.
        self.changed: dict[str, None] = {}

    def live(self, page: list[Any]) -> Iterator[dict[str, Any]]:
        """Yield the rows of records that are not known as they are."""
        for record in page:
            if self._portal._is_usable(self._table, record):
                yield from self._live(record)

    def _live(self, record: dict[str, Any]) -> Iterator[dict[str, Any]]:
        row = self._row(record)
        record_id = row["id"]
        modified = row.get(self._crm.cursor) or row["updated_at"]
        if record_id in self._yielded:
            # dlt keeps the newest of the two.
            self._counts.duplicates += 1
            if self._yielded[record_id] == modified:
                return
        elif self._mark.is_known(record_id, modified) or self._is_too_old(modified):
            self._mark.saw(record_id, modified)
            self._counts.skipped += 1
            return
        self._mark.saw(record_id, modified)
        self._yielded[record_id] = modified
        self.changed[record_id] = None
        yield row

    def archived(
        self, page: list[Any], known: dict[str, str], found: dict[str, str]
    ) -> Iterator[dict[str, Any]]:
        """Yield the rows of archived records that were not known as archived."""
        for record in page:
            if not self._portal._is_usable(self._table, record):
                continue
            row = self._row(record)
            if row["archived"] is not True:
                yield from self._live(record)
                continue
            stamp = str(row["archived_at"] or row["updated_at"])
            found[row["id"]] = stamp
            if known.get(row["id"]) == stamp:
                self._counts.skipped += 1
                continue
            if row["id"] in self._yielded:
                # Archived while we read, or twice in the list: the later answer holds.
                self._counts.duplicates += 1
                row["updated_at"] = stamp
            self._yielded[row["id"]] = stamp
            yield row

    def _is_too_old(self, modified: str | None) -> bool:
        try:
            return modified is not None and timestamp_value(modified) < self._start
        except BadValueError:
            return False

    def _row(self, record: dict[str, Any]) -> dict[str, Any]:
        properties = record.get("properties")
        return {
            **(properties if isinstance(properties, dict) else {}),
            "id": str(record["id"]),
            "created_at": record.get("createdAt"),
            "updated_at": record.get("updatedAt"),
            "archived": record.get("archived", False),
            "archived_at": record.get("archivedAt"),
        }


def _participation(event_id: str, participation: dict[str, Any]) -> dict[str, Any]:
    contact = (participation.get("associations") or {}).get("contact") or {}
    properties = participation.get("properties") or {}
    return {
        "id": str(participation["id"]),
        "marketing_event_id": event_id,
        "contact_id": contact.get("contactId"),
        "contact_email": contact.get("email"),
        "attendance_state": properties.get("attendanceState"),
        "occurred_at": properties.get("occurredAt"),
        "attendance_duration_seconds": properties.get("attendanceDurationSeconds"),
        "attendance_percentage": properties.get("attendancePercentage"),
    }


def _marketing_email(email: dict[str, Any], archived: str) -> dict[str, Any]:
    counters = (email.get("stats") or {}).get("counters") or {}
    subscription = email.get("subscriptionDetails") or {}
    return {
        "id": str(email["id"]),
        "name": email.get("name"),
        "subject": email.get("subject"),
        "type": email.get("type"),
        "state": email.get("state"),
        "campaign": email.get("campaign"),
        "campaign_name": email.get("campaignName"),
        "publish_date": email.get("publishDate"),
        "is_ab": email.get("isAb"),
        "subscription_id": subscription.get("subscriptionId"),
        **{name: counters.get(name) for name in _EMAIL_COUNTERS.split()},
        "archived": email.get("archived", archived == "true"),
        "created_at": email.get("createdAt"),
        "updated_at": email.get("updatedAt"),
    }


def _ended_after(row: dict[str, Any], since: datetime) -> bool:
    """Whether the event ended after the instant, or has no readable end."""
    try:
        return timestamp_value(row["end_at"]) > since
    except BadValueError:
        return True


def _drift(crm: CrmObject, portal_types: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the properties that the portal lacks or types as something else.

    HubSpot ignores unknown names in a request, so a renamed property would otherwise
    just be NULL from then on.
    """
    if not portal_types:
        return
    for name, declared in crm.properties.items():
        portal_type = portal_types.get(name)
        if portal_type is None:
            yield name, "the portal has no property of this name; the column is NULL"
        elif portal_type in _UNFIT_TYPES.get(declared, ()):
            yield name, f"the portal's type is {portal_type}, it is read as {declared}"


def _chunks(ids: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def _results(body: Any, path: str) -> list[Any]:  # noqa: ANN401  whatever JSON holds
    # Teams come as a bare list, everything else in an envelope.
    results = body.get("results") if isinstance(body, dict) else body
    if not isinstance(results, list):
        message = f"hubspot: {path} answered without `results`. Load again later."
        raise ApiError(message)
    return results


def _next_after(result: dict[str, Any]) -> str | None:
    return ((result.get("paging") or {}).get("next") or {}).get("after")


def _refuse_failures(body: dict[str, Any], path: str) -> None:
    """Let pass that a record has no associations; any other failure is one."""
    for error in body.get("errors") or []:
        kind = error.get("subCategory") or error.get("category")
        if "NO_ASSOCIATIONS_FOUND" not in str(kind) and "NOT_FOUND" not in str(kind):
            message = f"hubspot: {path} failed in part: {kind}. Load again later."
            raise ApiError(message)
