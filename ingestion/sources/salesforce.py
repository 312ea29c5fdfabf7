"""Salesforce CRM: opportunities, accounts, contacts, leads, activities, campaigns, quotas.

Endpoints (v66.0): POST /services/oauth2/token, GET /services/data/v66.0/query and
/queryAll with their cursors, /sobjects/{object}/describe and /sobjects/{object}/deleted.

Objects are queried by `SystemModstamp` through queryAll, which shows deleted records and
archived activities. What was deleted for good between two loads is in the delete log;
`--all-records` compares the ids of everything. Objects that set up the org are small:
they are read whole and loaded where changed.
"""

from collections.abc import Iterable

import dlt
from dlt.common.typing import TSecretStrValue
from dlt.extract import DltResource

from ingestion.extraction import Extraction
from ingestion.settings import Settings
from ingestion.sources._salesforce_api import Org
from ingestion.sources._salesforce_objects import Objects
from ingestion.sources._salesforce_tables import (
    CHANGING_OBJECTS,
    ORGANIZATIONS,
    VERSIONED_OBJECTS,
    WHOLE_OBJECTS,
    versions_table,
)

__all__ = ["ASKS_FOR_CHANGES", "CHANGING_OBJECTS", "VERSIONED_OBJECTS", "source"]

ASKS_FOR_CHANGES = True


@dlt.source(name="salesforce", max_table_nesting=0)
def source(
    settings: Settings,
    client_id: str = "",
    client_secret: TSecretStrValue = dlt.secrets.value,
    refresh_token: TSecretStrValue = "",
    instance_url: str = "",
    login_url: str = "",
    api_version: str = "v66.0",
    quota_share: float = 0.8,
    currency: str = "",
    lost_reason_field: str = "",
    won_reason_field: str = "",
    meeting_outcome_field: str = "",
    skip: str = "",
    read_all: bool = False,
) -> Iterable[DltResource]:
    """Return the resources of one org, one per table of `raw_salesforce`.

    Args:
        settings: the run's clock and the first day of interest.
        client_id: consumer key of the external client app,
            SOURCES__SALESFORCE__CLIENT_ID.
        client_secret: its secret, SOURCES__SALESFORCE__CLIENT_SECRET.
        refresh_token: for the refresh-token flow; without one the client-credentials
            flow is used.
        instance_url: the org's My Domain address, https://acme.my.salesforce.com;
            with a refresh token it may be left out.
        login_url: where a refresh token is exchanged, https://login.salesforce.com
            (https://test.salesforce.com for a sandbox org).
        api_version: the version of the REST API.
        quota_share: stop when this part of the org's daily requests is used.
        currency: the currency (EUR) of an org that has only one, which it tells nobody.
        lost_reason_field: the org's own field of an opportunity for why it was lost.
        won_reason_field: likewise why it was won.
        meeting_outcome_field: the org's own field of an event for how it ended;
            without one an event that is over counts as held.
        skip: tables (comma-separated) that the org's edition or the user lacks.
        read_all: query everything again instead of the changes, and find the records
            that were deleted for good.
    """
    extraction = Extraction("salesforce", settings, skip=skip, read_all=read_all)
    org = Org(
        instance_url,
        login_url,
        client_id,
        client_secret,
        refresh_token,
        api_version,
        quota_share,
    )
    custom = {
        "lost_reason_field": lost_reason_field,
        "won_reason_field": won_reason_field,
        "meeting_outcome_field": meeting_outcome_field,
    }
    objects = Objects(org, extraction, custom)
    # First: whether these are the credentials of the org whose records we hold.
    yield extraction.resource(ORGANIZATIONS, lambda: objects.organization(currency))
    for sobject in CHANGING_OBJECTS:
        yield extraction.resource(
            sobject.raw, lambda sobject=sobject: objects.changes(sobject)
        )
    for sobject in WHOLE_OBJECTS:
        yield extraction.resource(
            sobject.raw, lambda sobject=sobject: objects.whole(sobject)
        )
    for sobject in VERSIONED_OBJECTS:
        yield extraction.resource(
            versions_table(sobject), lambda sobject=sobject: objects.versions(sobject)
        )
    yield from extraction.closing_resources()
