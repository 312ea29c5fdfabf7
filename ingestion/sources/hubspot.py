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

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import dlt
from dlt.common.typing import TSecretStrValue
from dlt.extract import DltResource

from ingestion.extraction import Extraction, Row
from ingestion.records import BadValueError, RawTable, timestamp_value
from ingestion.rest import Api, ApiError
from ingestion.settings import Settings
from ingestion.sources._hubspot_api import (
    LIST_PAGE,
    VERSION,
    api_for,
    listing,
    results_of,
)
from ingestion.sources._hubspot_objects import CrmObjects
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

__all__ = ["ASKS_FOR_CHANGES", "CRM_OBJECTS", "source"]

ASKS_FOR_CHANGES = True

TEAMS_VERSION = "2026-03"  # the users API has no later generally available version
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
    api = api_for(access_token, base_url)
    objects, portal = CrmObjects(api, extraction), _Portal(api, extraction)
    for crm in CRM_OBJECTS:
        table = OBJECT_TABLES[crm.name]
        yield extraction.resource(table, lambda crm=crm: objects.records(crm))
    # In this order: history and associations are those of the records just read,
    # participations those of the events.
    for table, rows in (
        (DEAL_PROPERTY_HISTORY, objects.deal_property_history),
        (ASSOCIATIONS, objects.associations),
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
    yield from extraction.closing_resources()


class _Portal:
    """What a portal has beside CRM objects: small, read whole, loaded where changed."""

    def __init__(self, api: Api, extraction: Extraction) -> None:
        self._api = api
        self._extraction = extraction
        self._counts = extraction.counts
        self._events_to_read: list[str] = []
        self._pipelines: list[Any] | None = None

    def _listed(
        self, table: RawTable, path: str, key: str = "id", **params: str
    ) -> Iterator[Row]:
        """Yield every usable record of a paged list."""
        pages = self._api.pages(path, listing(), params={"limit": LIST_PAGE, **params})
        for page in pages:
            for record in page:
                if self._extraction.is_usable(table, record, key):
                    yield record

    def _all_pipelines(self) -> list[Any]:
        # Pipelines and their stages are two tables of one answer.
        if self._pipelines is None:
            path = f"crm/pipelines/{VERSION}/deals"
            self._pipelines = results_of(self._api.fetch(path))
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
            for team in results_of(self._api.fetch(path))
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
        self._events_to_read = list(to_read)

    def participations(self) -> Iterator[Row]:
        """Yield who registered for and attended recent or changed marketing events."""
        table = MARKETING_EVENT_PARTICIPATIONS
        base = f"marketing/marketing-events/{VERSION}/participations"
        rows = (
            _participation(event_id, participation)
            for event_id in self._events_to_read
            for participation in self._listed(table, f"{base}/{event_id}/breakdown")
        )
        return self._extraction.changed(table, rows, whole=False)

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
                for one in results_of(body):
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
