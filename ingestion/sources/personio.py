"""Personio: persons, employments, org units, compensations, absences (API v2).

Endpoints: POST /v2/auth/token (client credentials), GET /v2/persons and /{id},
/v2/persons/{id}/employments, /v2/org-units/{id}, /v2/compensations?as_of,
/v2/absence-periods and /{id}/breakdowns.

Persons are listed whole at every load, so that one who was deleted is missed; their
employments, one request a person, are read where the person changed, and every version
that was seen is kept. Absences are asked for by day of change. With everything read
again (a weekly schedule), what changed without touching its person is found, too.
"""

from collections.abc import Iterable

import dlt
from dlt.common.typing import TSecretStrValue
from dlt.extract import DltResource

from ingestion.extraction import Extraction
from ingestion.settings import Settings
from ingestion.sources._personio_account import Account
from ingestion.sources._personio_api import api_for
from ingestion.sources._personio_tables import (
    ABSENCE_PERIODS,
    COMPENSATIONS,
    EMPLOYMENTS,
    ORG_UNITS,
    PERSONS,
)

__all__ = ["source"]


@dlt.source(name="personio", max_table_nesting=0)
def source(
    settings: Settings,
    client_id: TSecretStrValue = dlt.secrets.value,
    client_secret: TSecretStrValue = dlt.secrets.value,
    base_url: str = "https://api.personio.de",
    skip: str = "",
    read_all: bool = False,
    compensation_months: int = 24,
    breakdown_days: int = 400,
) -> Iterable[DltResource]:
    """Return the resources of one account, one per table of `raw_personio`.

    Args:
        settings: the run's clock and the first day of interest.
        client_id: of the API credentials, SOURCES__PERSONIO__CLIENT_ID.
        client_secret: of the API credentials, SOURCES__PERSONIO__CLIENT_SECRET.
        base_url: where the API is, SOURCES__PERSONIO__BASE_URL.
        skip: tables (comma-separated) that the credentials may not read.
        read_all: read all employments, pay and absences again.
        compensation_months: how far back pay is read at the first load.
        breakdown_days: absences that ended longer ago get no length; it takes one
            request each.
    """
    extraction = Extraction("personio", settings, skip=skip, read_all=read_all)
    account = Account(
        api_for(client_id, client_secret, base_url),
        extraction,
        compensation_months=compensation_months,
        breakdown_days=breakdown_days,
    )
    # In this order: employments are those of the persons just read, org units those
    # of the employments.
    for table, rows in (
        (PERSONS, account.persons),
        (EMPLOYMENTS, account.employments),
        (ORG_UNITS, account.org_units),
        (COMPENSATIONS, account.compensations),
        (ABSENCE_PERIODS, account.absence_periods),
    ):
        yield extraction.resource(table, rows)
    yield from extraction.closing_resources()
