"""BambooHR: employees, their status, job and pay histories, time off.

Endpoints: GET /employees (cursor), GET /employees/{id} for fields that the list lacks,
GET /employees/changed, GET /employees/{all|id}/tables/{table} and
GET /employees/changed/tables/{table} for employmentStatus, jobInfo and compensation,
GET /time_off/requests; below https://{company}.bamboohr.com/api/v1 or the older gateway
https://api.bamboohr.com/api/gateway.php/{company}/v1 (set it whole as the base URL).

Employees are listed whole at every load, so that one who was deleted is missed. The
histories are read whole at first, then those of changed employees, always all rows of
an employee: HR corrects and removes rows of the past, and every set is kept. Time off
has no time of change; what touches the last 60 days or the next 365 is read again.
"""

from collections.abc import Iterable

import dlt
from dlt.common.typing import TSecretStrValue
from dlt.extract import DltResource

from ingestion.extraction import Extraction
from ingestion.settings import Settings
from ingestion.sources._bamboohr_api import api_for
from ingestion.sources._bamboohr_changes import Feed
from ingestion.sources._bamboohr_company import Company
from ingestion.sources._bamboohr_history import Histories
from ingestion.sources._bamboohr_tables import (
    EMPLOYEE_CHANGES,
    EMPLOYEE_DETAILS,
    EMPLOYEES,
    HISTORY_TABLES,
    TIME_OFF,
)

__all__ = ["source"]


@dlt.source(name="bamboohr", max_table_nesting=0)
def source(
    settings: Settings,
    api_key: TSecretStrValue = dlt.secrets.value,
    company: str = "",
    base_url: str = "",
    skip: str = "",
    read_all: bool = False,
) -> Iterable[DltResource]:
    """Return the resources of one company, one per table of `raw_bamboohr`.

    Args:
        settings: the run's clock and the first day of interest.
        api_key: a user's API key, SOURCES__BAMBOOHR__API_KEY; the user's access level
            decides which fields and employees are seen.
        company: the first part of the company's address, SOURCES__BAMBOOHR__COMPANY.
        base_url: where the API is instead, SOURCES__BAMBOOHR__BASE_URL.
        skip: tables (comma-separated) that the key may not read.
        read_all: read all histories and all time off again.
    """
    extraction = Extraction("bamboohr", settings, skip=skip, read_all=read_all)
    api = api_for(api_key, company, base_url)
    feed = Feed(api, extraction)
    people = Company(api, extraction, feed, settings.start_date)
    histories = Histories(api, extraction, feed)
    # Changes first: what changes while the rest is read is read again next time.
    yield extraction.resource(EMPLOYEE_CHANGES, people.changes)
    yield extraction.resource(EMPLOYEES, people.employees)
    yield extraction.resource(EMPLOYEE_DETAILS, people.details)
    for table in HISTORY_TABLES:
        yield extraction.resource(table.raw, lambda table=table: histories.rows(table))
    yield extraction.resource(TIME_OFF, people.time_off)
    yield from extraction.closing_resources()
