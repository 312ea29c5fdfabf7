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
loaded where it changed.
"""

import time
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
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

from ingestion.changes import Watermark
from ingestion.extraction import Extraction, Row
from ingestion.records import BadValueError, RawTable, timestamp_value
from ingestion.rest import Api, ApiError, Json
from ingestion.settings import Settings
from ingestion.sources._hubspot_tables import (
    ACCOUNT_INFO,
    ASSOCIATIONS,
    CRM_OBJECTS,
    DEAL_PROPERTY_HISTORY,
    EMAIL_COUNTERS,
    EXCHANGE_RATES,
    MARKETING_EMAILS,
    MARKETING_EVENT_PARTICIPATIONS,
    MARKETING_EVENTS,
    OBJECT_TABLES,
    OWNERS,
    PIPELINE_STAGES,
    PIPELINES,
    PROPERTIES,
    TEAMS,
    UNFIT_TYPES,
    CrmObject,
)

__all__ = ["CRM_OBJECTS", "source"]

VERSION = "2026-09"
TEAMS_VERSION = "2026-03"  # the users API has no later generally available version
LIST_PAGE = 100
SEARCH_PAGE = 200
HISTORY_BATCH = 50
ASSOCIATIONS_BATCH = 1_000
READ_BATCH = 100
# Attendance is uploaded days after a fair.
PARTICIPATION_WINDOW = timedelta(days=30)


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
    extraction = Extraction("hubspot", settings, skip=skip, read_all=read_all)
    portal = _Portal(_api(access_token, base_url), extraction)
    for crm in CRM_OBJECTS:
        table = OBJECT_TABLES[crm.name]
        yield extraction.resource(table, lambda crm=crm: portal.crm_object(crm))
    # In this order: history and associations are those of the records just read,
    # participations those of the events.
    for table, rows in (
        (DEAL_PROPERTY_HISTORY, portal.deal_property_history),
        (ASSOCIATIONS, portal.associations),
        (PIPELINES, portal.pipelines),
        (PIPELINE_STAGES, portal.pipeline_stages),
        (OWNERS, portal.owners),
        (TEAMS, portal.teams),
        (ACCOUNT_INFO, portal.account_info),
        (EXCHANGE_RATES, portal.exchange_rates),
        (MARKETING_EVENTS, portal.marketing_events),
        (MARKETING_EVENT_PARTICIPATIONS, portal.participations),
        (MARKETING_EMAILS, portal.marketing_emails),
        (PROPERTIES, portal.properties),
    ):
        yield extraction.resource(table, rows)
    yield from extraction.counts.resources()


def _api(access_token: str, base_url: str) -> Api:
    remedy = (
        "Set SOURCES__HUBSPOT__ACCESS_TOKEN to a valid service key (in HubSpot: "
        "Settings, Integrations, Service keys)."
    )
    if not access_token.strip():
        message = f"hubspot: the token is empty. {remedy} Nothing was requested."
        raise ApiError(message)
    return Api(
        "hubspot",
        base_url,
        BearerTokenAuth(access_token),
        secret=access_token,
        token_remedy=f"{remedy} Nothing of this run was stored.",
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

    def __init__(self) -> None:
        super().__init__()
        self._seen: set[str] = set()
        self._last_id: str | None = None

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        """Note the last id; the last page is the one that holds all that is left."""
        ids = [
            str(record["id"])
            for record in data or []
            if isinstance(record, dict) and record.get("id")
        ]
        total = response.json().get("total")
        if not isinstance(total, int):
            message = "hubspot: a search answered without `total`; its API changed."
            raise ApiError(message)
        # A record that is sent again is none of those that are left.
        new = set(ids) - self._seen
        self._seen |= new
        self._last_id = ids[-1] if ids else self._last_id
        self._has_next_page = total > len(new)

    def update_request(self, request: Request) -> None:
        """Ask for what comes after the last id."""
        if self._last_id is not None:
            filters = request.json["filterGroups"][0]["filters"]
            filters[-1]["value"] = self._last_id


def _listing() -> JSONResponseCursorPaginator:
    return JSONResponseCursorPaginator(
        cursor_path="paging.next.after", cursor_param="after"
    )


class _Portal:
    """One portal in one extraction: its tables' rows, and the ids that changed."""

    def __init__(self, api: Api, extraction: Extraction) -> None:
        self._api = api
        self._extraction = extraction
        self._counts = extraction.counts
        self._changed: dict[str, list[str]] = {}
        self._pipelines: list[Any] | None = None

    def crm_object(self, crm: CrmObject) -> Iterator[Row]:
        """Yield what changed of a CRM object, archived and restored included."""
        state = dlt.current.resource_state()
        mark = Watermark(
            state, self._extraction.as_of_at, read_all=self._extraction.read_all
        )
        reading = _ObjectReading(self._extraction, crm, mark)
        for page in self._pages(crm, mark.lower_bound):
            yield from reading.live(page)
        yield from self._archived(crm, reading, state)
        mark.advance()
        self._changed[crm.name] = list(reading.changed)

    def _pages(self, crm: CrmObject, since: datetime | None) -> Iterator[list[Any]]:
        path = f"crm/objects/{VERSION}/{crm.name}"
        if since is None:
            yield from self._api.pages(path, _listing(), params=_list_params(crm))
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
        yield from self._api.pages(f"{path}/search", _SearchPaginator(), json=query)

    def _archived(
        self, crm: CrmObject, reading: "_ObjectReading", state: dict[str, Any]
    ) -> Iterator[Row]:
        """Yield what is in the recycle bin, and what was taken out of it again."""
        known: dict[str, str] = state.get("archived", {})
        found: dict[str, str] = {}
        path = f"crm/objects/{VERSION}/{crm.name}"
        params = {**_list_params(crm), "archived": "true"}
        for page in self._api.pages(path, _listing(), params=params):
            yield from reading.archived(page, known, found)
        # Restoring need not touch the modification date. What was purged stays away.
        gone = [record_id for record_id in known if record_id not in found]
        wanted = {"properties": list(crm.properties)}
        for ids in _chunks(gone, READ_BATCH):
            yield from reading.live(self._batch_read(crm, ids, wanted))
        state["archived"] = found

    def _batch_read(
        self, crm: CrmObject, ids: list[str], wanted: dict[str, Any]
    ) -> list[Any]:
        path = f"crm/objects/{VERSION}/{crm.name}/batch/read"
        query = {"properties": [], "inputs": [{"id": one} for one in ids], **wanted}
        body = self._api.fetch(path, json=query)
        results = _results(body)
        if len(results) + len(_failed_ids(body)) < len(ids):
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
            for ids in _chunks(changed, HISTORY_BATCH):
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
                    self._counts.reject_row(
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
                for ids in _chunks(self._changed.get(crm.name, []), ASSOCIATIONS_BATCH):
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
            for result in _results(body):
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

    def _listed(
        self, table: RawTable, path: str, key: str = "id", **params: str
    ) -> Iterator[Row]:
        """Yield every usable record of a paged list."""
        pages = self._api.pages(path, _listing(), params={"limit": LIST_PAGE, **params})
        for page in pages:
            for record in page:
                if self._extraction.is_usable(table, record, key):
                    yield record

    def _all_pipelines(self) -> list[Any]:
        # Pipelines and their stages are two tables of one answer.
        if self._pipelines is None:
            path = f"crm/pipelines/{VERSION}/deals"
            self._pipelines = _results(self._api.fetch(path))
        return self._pipelines

    def pipelines(self) -> Iterator[Row]:
        """Yield the deal pipelines; one that vanishes stays in the table."""
        rows = (
            PIPELINES.renamed(pipeline, id=str(pipeline["id"]))
            for pipeline in self._all_pipelines()
            if self._extraction.is_usable(PIPELINES, pipeline)
        )
        return self._extraction.changed(PIPELINES, rows)

    def pipeline_stages(self) -> Iterator[Row]:
        """Yield the stages; whether won follows from `is_closed` and `probability`."""
        rows = (
            PIPELINE_STAGES.renamed(
                stage,
                pipeline_id=str(pipeline["id"]),
                id=str(stage["id"]),
                is_closed=(stage.get("metadata") or {}).get("isClosed"),
                probability=(stage.get("metadata") or {}).get("probability"),
            )
            for pipeline in self._all_pipelines()
            if isinstance(pipeline, dict) and pipeline.get("id")
            for stage in pipeline.get("stages") or []
            if self._extraction.is_usable(PIPELINE_STAGES, stage)
        )
        return self._extraction.changed(PIPELINE_STAGES, rows)

    def owners(self) -> Iterator[Row]:
        """Yield new versions of owners, deactivated ones included."""
        path = f"crm/owners/{VERSION}"
        rows = (
            OWNERS.renamed(
                owner,
                id=str(owner["id"]),
                archived=owner.get("archived", archived == "true"),
                teams=owner.get("teams") or [],
            )
            for archived in ("false", "true")
            for owner in self._listed(OWNERS, path, archived=archived)
        )
        return self._extraction.versions(OWNERS, rows)

    def teams(self) -> Iterator[Row]:
        """Yield new versions of teams; HubSpot keeps no history of membership."""
        path = f"settings/users/{TEAMS_VERSION}/teams"
        rows = (
            TEAMS.renamed(
                team,
                id=str(team["id"]),
                user_ids=team.get("userIds") or [],
                secondary_user_ids=team.get("secondaryUserIds") or [],
            )
            for team in _results(self._api.fetch(path))
            if self._extraction.is_usable(TEAMS, team)
        )
        return self._extraction.versions(TEAMS, rows)

    def account_info(self) -> Iterator[Row]:
        """Yield the portal's own row.

        Raises:
            ApiError: the warehouse holds another portal's records.
        """
        details = self._api.fetch(f"account-info/{VERSION}/details", needs="portalId")
        if not self._extraction.is_usable(ACCOUNT_INFO, details, "portalId"):
            return
        portal_id = str(details["portalId"])
        known = dlt.current.resource_state().setdefault("portal_id", portal_id)
        if known != portal_id:
            message = (
                f"hubspot: the token is one of portal {portal_id}, and the warehouse "
                f"holds records of portal {known}, whose ids mean others. Give the "
                "portal a WAREHOUSE_DIR of its own, or correct "
                "SOURCES__HUBSPOT__ACCESS_TOKEN. Nothing of this run was stored."
            )
            raise ApiError(message)
        currencies = details.get("additionalCurrencies") or []
        row = ACCOUNT_INFO.renamed(details, additional_currencies=currencies)
        yield from self._extraction.changed(ACCOUNT_INFO, [row])

    def exchange_rates(self) -> Iterator[Row]:
        """Yield the portal's exchange rates."""
        path = f"settings/currencies/{VERSION}/exchange-rates"
        rows = (
            EXCHANGE_RATES.renamed(rate, id=str(rate["id"]))
            for rate in self._listed(EXCHANGE_RATES, path)
        )
        return self._extraction.changed(EXCHANGE_RATES, rows)

    def marketing_events(self) -> Iterator[Row]:
        """Yield the fairs and webinars; notes which participations to read again."""
        path = f"marketing/marketing-events/{VERSION}"
        since = self._extraction.as_of_at - PARTICIPATION_WINDOW
        to_read: dict[str, None] = {}

        def all_rows() -> Iterator[Row]:
            for event in self._listed(MARKETING_EVENTS, path, "objectId"):
                row = MARKETING_EVENTS.renamed(
                    event,
                    id=str(event["objectId"]),
                    start_at=event.get("startDateTime"),
                    end_at=event.get("endDateTime"),
                    custom_properties=event.get("customProperties") or [],
                )
                if _ended_after(row, since):
                    to_read[row["id"]] = None
                yield row

        for row in self._extraction.changed(MARKETING_EVENTS, all_rows()):
            to_read[row["id"]] = None
            yield row
        self._changed["marketing_events"] = list(to_read)

    def participations(self) -> Iterator[Row]:
        """Yield who registered for and attended recent or changed marketing events."""
        table = MARKETING_EVENT_PARTICIPATIONS
        base = f"marketing/marketing-events/{VERSION}/participations"
        rows = (
            _participation(event_id, participation)
            for event_id in self._changed.get("marketing_events", [])
            for participation in self._listed(table, f"{base}/{event_id}/breakdown")
        )
        return self._extraction.changed(table, rows)

    def marketing_emails(self) -> Iterator[Row]:
        """Yield marketing e-mails with their statistics.

        Statistics rise for weeks without touching `updatedAt`, so all are read.
        """
        path = f"marketing/emails/{VERSION}"
        rows = (
            _marketing_email(email, archived)
            for archived in ("false", "true")
            for email in self._listed(
                MARKETING_EMAILS, path, includeStats="true", archived=archived
            )
        )
        return self._extraction.changed(MARKETING_EMAILS, rows)

    def properties(self) -> Iterator[Row]:
        """Yield the definitions of properties, and report those that drifted."""
        return self._extraction.changed(PROPERTIES, self._all_properties())

    def _all_properties(self) -> Iterator[Row]:
        reported: list[str] = dlt.current.resource_state().setdefault("drift", [])
        for crm in CRM_OBJECTS:
            path = f"crm/properties/{VERSION}/{crm.name}"
            portal_types: dict[str, str] = {}
            for archived in ("false", "true"):
                body = self._api.fetch(path, params={"archived": archived})
                for one in _results(body):
                    if not self._extraction.is_usable(PROPERTIES, one, "name"):
                        continue
                    if archived == "false":
                        portal_types[one["name"]] = one.get("type")
                    yield PROPERTIES.renamed(
                        one,
                        object_type=crm.name,
                        archived=one.get("archived", archived == "true"),
                        options=one.get("options") or [],
                    )
            for name, reason in _drift(crm, portal_types):
                if f"{crm.name}.{name}: {reason}" not in reported:
                    reported.append(f"{crm.name}.{name}: {reason}")
                    self._counts.report_drift(crm.name, name, reason)


class _ObjectReading:
    """The records of one CRM object in one load: told apart, counted, made rows."""

    def __init__(self, extraction: Extraction, crm: CrmObject, mark: Watermark) -> None:
        self._extraction = extraction
        self._cursor = crm.cursor
        self._table = OBJECT_TABLES[crm.name]
        self._counts = extraction.table(self._table)
        self._mark = mark
        self._yielded: dict[str, str | None] = {}
        # The ids whose history and associations must be read again.
        self.changed: dict[str, None] = {}

    def live(self, page: list[Any]) -> Iterator[Row]:
        """Yield the rows of records that are not known as they are."""
        for record in page:
            if self._extraction.is_usable(self._table, record):
                yield from self._live(self._row(record))

    def _live(self, row: Row) -> Iterator[Row]:
        modified = row.get(self._cursor) or row["updated_at"]
        self._mark.saw(row["id"], modified)
        if row["id"] in self._yielded:
            # dlt keeps the newest of the two.
            self._counts.duplicates += 1
            if self._yielded[row["id"]] == modified:
                return
        elif self._mark.is_known(
            row["id"], modified
        ) or self._extraction.is_before_start(modified):
            self._counts.skipped += 1
            return
        self._yielded[row["id"]] = modified
        self.changed[row["id"]] = None
        yield row

    def archived(
        self, page: list[Any], known: dict[str, str], found: dict[str, str]
    ) -> Iterator[Row]:
        """Yield the rows of archived records that were not known as archived."""
        for record in page:
            if not self._extraction.is_usable(self._table, record):
                continue
            row = self._row(record)
            if row["archived"] is not True:
                yield from self._live(row)
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

    def _row(self, record: dict[str, Any]) -> Row:
        properties = record.get("properties")
        return {
            **(properties if isinstance(properties, dict) else {}),
            "id": str(record["id"]),
            "created_at": record.get("createdAt"),
            "updated_at": record.get("updatedAt"),
            "archived": record.get("archived", False),
            "archived_at": record.get("archivedAt"),
        }


def _list_params(crm: CrmObject) -> dict[str, Any]:
    names = ",".join([*crm.properties, "hs_object_id"])
    return {"limit": LIST_PAGE, "properties": names}


def _participation(event_id: str, participation: dict[str, Any]) -> Row:
    contact = (participation.get("associations") or {}).get("contact") or {}
    return MARKETING_EVENT_PARTICIPATIONS.renamed(
        participation.get("properties") or {},
        id=str(participation["id"]),
        marketing_event_id=event_id,
        contact_id=contact.get("contactId"),
        contact_email=contact.get("email"),
    )


def _marketing_email(email: dict[str, Any], archived: str) -> Row:
    counters = (email.get("stats") or {}).get("counters") or {}
    subscription = email.get("subscriptionDetails") or {}
    return MARKETING_EMAILS.renamed(
        email,
        id=str(email["id"]),
        subscription_id=subscription.get("subscriptionId"),
        archived=email.get("archived", archived == "true"),
        **{name: counters.get(name) for name in EMAIL_COUNTERS.split()},
    )


def _ended_after(row: Row, since: datetime) -> bool:
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
        elif portal_type in UNFIT_TYPES.get(declared, ()):
            yield name, f"the portal's type is {portal_type}, it is read as {declared}"


def _chunks(ids: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def _results(body: Json) -> list[Any]:
    # Teams come as a bare list, everything else in an envelope.
    return body["results"] if isinstance(body, dict) else body


def _failed_ids(body: dict[str, Any]) -> list[str]:
    return [
        failed
        for error in body.get("errors") or []
        for failed in (error.get("context") or {}).get("ids") or []
    ]


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
