"""SObjects: describe, one record, deleted and updated; versions and limits of the org."""

from collections.abc import Callable
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.routing import Route

from ingestion.sandbox.server.gate import Body, Gate
from ingestion.sandbox.server.vendors.salesforce.errors import (
    not_found,
    refused,
)
from ingestion.sandbox.server.vendors.salesforce.gate import SalesforceDialect
from ingestion.sandbox.server.vendors.salesforce.instants import instant_of, written
from ingestion.sandbox.server.vendors.salesforce.org import Org, Table
from ingestion.sandbox.server.vendors.salesforce.paths import (
    BASE,
    VERSIONS,
    in_both_forms,
)
from ingestion.sandbox.server.vendors.salesforce.queries import attributes
from ingestion.sandbox.server.vendors.salesforce.schema import UNFILTERABLE

LOG_REACH = timedelta(days=30)
# The delete log is purged of what is older.
LOG_KEPT = timedelta(days=15)


class Objects:
    """What the API says of SObjects beside queries."""

    def __init__(self, org: Org, dialect: SalesforceDialect) -> None:
        self._org = org
        self._dialect = dialect

    def _table(self, request: Request) -> Table:
        name = request.path_params["sobject"]
        if name.lower() not in (known.lower() for known in self._org.names()):
            raise not_found()
        return self._org.table(name)

    def global_describe(self, _: Request) -> Body:
        """List the SObjects."""
        tables = (self._org.table(name) for name in self._org.names())
        return {
            "encoding": "UTF-8",
            "maxBatchSize": 200,
            "sobjects": [_about(table) for table in tables],
        }

    def describe(self, request: Request) -> Body:
        """Describe an SObject's fields."""
        table = self._table(request)
        fields = [_field(name, kind) for name, kind in table.fields.items()]
        return {**_about(table), "fields": fields, "recordTypeInfos": []}

    def record(self, request: Request) -> Body:
        """Return one record, all fields or those of `fields`."""
        table = self._table(request)
        item = table.find(request.path_params["identifier"])
        if item is None:
            raise not_found()
        if item.get("IsDeleted"):
            raise refused(404, "ENTITY_IS_DELETED", "entity is deleted")
        wanted = request.query_params.get("fields")
        names = (
            [table.field(one.strip()) for one in wanted.split(",")]
            if wanted
            else (list(table.fields))
        )
        shown = {"attributes": attributes(table.name, item["Id"])}
        return shown | {name: item.get(name) for name in names}

    def deleted(self, request: Request) -> Body:
        """Return the delete log of a stretch of time."""
        start, end = self._span(request)
        clock = self._org.store.clock
        logged = self._org.delete_log(self._table(request).name)
        return {
            "deletedRecords": [
                {"id": identifier, "deletedDate": written(moment)}
                for identifier, moment in logged
                if start <= moment < end
            ],
            "earliestDateAvailable": written(clock - LOG_KEPT),
            "latestDateCovered": written(min(end, clock)),
        }

    def updated(self, request: Request) -> Body:
        """Return the ids that changed in a stretch of time."""
        start, end = self._span(request)
        entries = self._table(request).between(start, end)
        return {
            "ids": [one.identifier for one in entries if not one.is_deleted],
            "latestDateCovered": written(min(end, self._org.store.clock)),
        }

    def _span(self, request: Request) -> tuple[datetime, datetime]:
        def moment(name: str) -> datetime:
            try:
                found = instant_of(request.query_params.get(name))
            except ValueError:
                found = None
            if found is None:
                raise refused(400, "INVALID_REPLICATION_DATE", f"{name} is no dateTime")
            return found.replace(second=0, microsecond=0)

        start, end = moment("start"), moment("end")
        if end - start < timedelta(minutes=1):
            message = "startDate must be at least one minute before endDate"
            raise refused(400, "INVALID_REPLICATION_DATE", message)
        if self._org.store.clock - start > LOG_REACH:
            message = "startDate before org replication enabled date or 30 days ago"
            raise refused(400, "INVALID_REPLICATION_DATE", message)
        return start, end

    def limits(self, _: Request) -> Body:
        """Return what is left of the org's limits."""
        most = self._dialect.limits["per_day"]
        return {
            "DailyApiRequests": {"Max": most, "Remaining": self._dialect.remaining()},
            "DailyBulkV2QueryJobs": {"Max": 10_000, "Remaining": 10_000},
        }


def versions(_: Request) -> Body:
    """List the versions that the org speaks; asks for no session."""
    return [
        {
            "label": f"Release {one}",
            "url": f"{BASE}{one}",
            "version": one.removeprefix("v"),
        }
        for one in VERSIONS
    ]


def resources(request: Request) -> Body:
    """List the resources of a version."""
    base = f"{BASE}{request.path_params['version']}"
    return {
        name: f"{base}/{name}" for name in ("query", "queryAll", "sobjects", "limits")
    }


def _about(table: Table) -> Body:
    url = f"{BASE}v66.0/sobjects/{table.name}"
    return {
        "name": table.name,
        "label": table.name,
        "labelPlural": f"{table.name}s",
        "keyPrefix": table.prefix,
        "queryable": True,
        "retrieveable": True,
        "replicateable": "IsDeleted" in table.fields,
        "custom": table.name.endswith("__c"),
        "urls": {"sobject": url, "describe": f"{url}/describe"},
    }


def _field(name: str, kind: str) -> Body:
    return {
        "name": name,
        "label": name,
        "type": kind,
        "nillable": name != "Id",
        "custom": name.endswith("__c"),
        "calculated": False,
        "compoundFieldName": None,
        "filterable": name not in UNFILTERABLE,
        "sortable": name not in UNFILTERABLE,
        "length": 18 if kind in ("id", "reference") else 255,
        "relationshipName": name[:-2] if kind == "reference" else None,
        "picklistValues": [],
    }


def routes(org: Org, gate: Gate, dialect: SalesforceDialect) -> list[Route]:
    """Return the routes of SObjects."""
    objects = Objects(org, dialect)
    handlers: tuple[tuple[str, Callable[[Request], Body]], ...] = (
        ("sobjects", objects.global_describe),
        ("sobjects/{sobject}/describe", objects.describe),
        ("sobjects/{sobject}/deleted", objects.deleted),
        ("sobjects/{sobject}/updated", objects.updated),
        ("sobjects/{sobject}/{identifier}", objects.record),
        ("limits", objects.limits),
    )
    return [
        gate.route(BASE, versions, is_open=True),
        gate.route(BASE.rstrip("/"), versions, is_open=True),
        *(
            gate.route(path, handler)
            for rest, handler in handlers
            for path in in_both_forms(rest)
        ),
        gate.route(f"{BASE}{{version}}/", resources),
        gate.route(f"{BASE}{{version}}", resources),
    ]
