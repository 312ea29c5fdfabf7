"""Meta Ads: Facebook and Instagram campaigns, ad sets, ads, creatives, daily figures.

Endpoints (Graph API v26.0): GET /me/adaccounts or /act_{id}, /act_{id}/campaigns,
/act_{id}/adsets, /act_{id}/ads, /act_{id}/adcreatives, /act_{id}/insights; for many days
POST /act_{id}/insights, then GET /{report_run_id} and /{report_run_id}/insights.

Objects are read whole, deleted and archived ones included, and loaded where they
changed: an ad's effective status follows its campaign without any trace in the ad's
`updated_time`. Of the figures the attribution window is read again at every load.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import dlt
import orjson
from dlt.common.typing import TSecretStrValue
from dlt.extract import DltResource

from ingestion.days import days_of
from ingestion.extraction import Extraction, Row
from ingestion.records import RawTable
from ingestion.rest import ApiError, ForbiddenError
from ingestion.settings import Settings
from ingestion.sources._meta_ads_api import api_for, is_permission
from ingestion.sources._meta_ads_insights import Account, Insights, account_of
from ingestion.sources._meta_ads_lists import Lists, Record
from ingestion.sources._meta_ads_tables import (
    AD_ACCOUNTS,
    AD_STATUSES,
    ADCREATIVES,
    ADS,
    ADSET_STATUSES,
    ADSETS,
    CAMPAIGN_STATUSES,
    CAMPAIGNS,
    INSIGHTS_BY_AGE_AND_GENDER,
    INSIGHTS_BY_PLATFORM,
)

__all__ = ["source"]

OBJECTS_PER_PAGE = 200
# A creative is a big object.
CREATIVES_PER_PAGE = 100


@dlt.source(name="meta_ads", max_table_nesting=0)
def source(
    settings: Settings,
    access_token: TSecretStrValue = dlt.secrets.value,
    app_secret: TSecretStrValue = "",
    base_url: str = "https://graph.facebook.com",
    api_version: str = "v26.0",
    account_ids: str = "",
    lookback_days: int = 28,
    check_totals: bool = True,
    skip: str = "",
    read_all: bool = False,
    days: str = "",
) -> Iterable[DltResource]:
    """Return the resources of the ad accounts that a token reads.

    Args:
        settings: the run's clock and the first day of interest.
        access_token: a token with ads_read, SOURCES__META_ADS__ACCESS_TOKEN.
        app_secret: the app's secret, where the app demands a proof of it.
        base_url: where the API is, SOURCES__META_ADS__BASE_URL.
        api_version: the version of the Graph API.
        account_ids: ad accounts (comma-separated); default all that the token sees.
        lookback_days: for how long after a day its figures may still change.
        check_totals: fail when a list is shorter than Meta says it is.
        skip: tables (comma-separated) not to read.
        read_all: read all of Meta's 37 months again, not only the look-back.
        days: of the figures, read only these days (2026-01-01/2026-01-31), and replace
            them.
    """
    extraction = Extraction("meta_ads", settings, skip=skip, read_all=read_all)
    api = api_for(access_token, app_secret, base_url)
    lists = Lists(api, api_version, check_totals=check_totals)
    accounts = _Accounts(lists, extraction, settings, account_ids)
    again = days_of("meta_ads", days)
    yield extraction.resource(AD_ACCOUNTS, accounts.rows)
    for table, statuses, limit in (
        (CAMPAIGNS, CAMPAIGN_STATUSES, OBJECTS_PER_PAGE),
        (ADSETS, ADSET_STATUSES, OBJECTS_PER_PAGE),
        (ADS, AD_STATUSES, OBJECTS_PER_PAGE),
        (ADCREATIVES, (), CREATIVES_PER_PAGE),
    ):
        objects = _Objects(lists, extraction, table, statuses, limit)
        yield extraction.resource(
            table,
            lambda table=table, objects=objects: extraction.changed(
                table, accounts.each(objects.rows)
            ),
        )
    for table in (INSIGHTS_BY_PLATFORM, INSIGHTS_BY_AGE_AND_GENDER):
        insights = Insights(lists, extraction, table, lookback_days, again)
        yield extraction.resource(
            table, lambda insights=insights: accounts.each(insights.rows)
        )
    yield from extraction.closing_resources()


class _Accounts:
    """The ad accounts to read: those named, or all that the token sees."""

    def __init__(
        self, lists: Lists, extraction: Extraction, settings: Settings, ids: str
    ) -> None:
        self._lists = lists
        self._extraction = extraction
        self._settings = settings
        named = (one.strip().removeprefix("act_") for one in ids.split(","))
        self._named = [one for one in named if one]
        self._records: list[Record] | None = None
        self._refused: list[str] = []

    def rows(self) -> Iterator[Row]:
        """Yield the accounts that changed; one that is gone has vanished."""

        def usable() -> Iterator[Row]:
            for record in self._found():
                if self._extraction.is_usable(AD_ACCOUNTS, record):
                    yield {name: record.get(name) for name in AD_ACCOUNTS.columns}
            if self._refused:
                raise ForbiddenError("; ".join(self._refused))

        return self._extraction.changed(AD_ACCOUNTS, usable())

    def each(self, read: Callable[[Account], Iterator[Row]]) -> Iterator[Row]:
        """Yield the rows of every account; one that is refused costs no other.

        Raises:
            ForbiddenError: at the end, if any account was refused.
        """
        refused = []
        start = self._settings.start_date
        for record in self._found():
            if not isinstance(record, dict) or not record.get("id"):
                continue
            account = account_of(record, self._extraction.as_of_at, start)
            try:
                yield from read(account)
            except ApiError as error:
                if not isinstance(error, ForbiddenError) and not is_permission(error):
                    raise
                refused.append(f"account {account.account_id}: {error}")
        if refused or self._refused:
            # What is missing of them must not look as if it had vanished.
            raise ForbiddenError("; ".join([*refused, *self._refused]))

    def _found(self) -> list[Record]:
        if self._records is None:
            fields = tuple(AD_ACCOUNTS.columns)
            if not self._named:
                self._records = self._lists.objects(
                    "me/adaccounts", fields=",".join(fields), limit=OBJECTS_PER_PAGE
                )
            else:
                self._records = [
                    record
                    for account_id in self._named
                    for record in self._one(account_id, fields)
                ]
        return self._records

    def _one(self, account_id: str, fields: Iterable[str]) -> Iterator[Record]:
        try:
            yield self._lists.node(f"act_{account_id}", fields)
        except ApiError as error:
            if not isinstance(error, ForbiddenError) and not is_permission(error):
                raise
            self._refused.append(
                f"account {account_id} of SOURCES__META_ADS__ACCOUNT_IDS: {error}"
            )


class _Objects:
    """The objects of one edge of an ad account."""

    def __init__(
        self,
        lists: Lists,
        extraction: Extraction,
        table: RawTable,
        statuses: tuple[str, ...],
        limit: int,
    ) -> None:
        self._lists = lists
        self._extraction = extraction
        self._table = table
        # Meta nests what our columns join.
        fields = [
            "creative{id}" if name == "creative_id" else name for name in table.columns
        ]
        self._params: dict[str, Any] = {"fields": ",".join(fields), "limit": limit}
        if statuses:
            self._params["effective_status"] = orjson.dumps(statuses).decode()

    def rows(self, account: Account) -> Iterator[Row]:
        """Yield the account's objects, deleted and archived ones included."""
        path = f"{account.node_id}/{self._table.name}"
        for record in self._lists.objects(path, **self._params):
            if not self._extraction.is_usable(self._table, record):
                continue
            row = {name: record.get(name) for name in self._table.columns}
            row["account_id"] = account.account_id
            if "creative_id" in row:
                row["creative_id"] = (record.get("creative") or {}).get("id")
            yield row
