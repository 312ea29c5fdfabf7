"""Google Ads: accounts, campaigns, ads, conversion actions and their daily figures.

Endpoints (REST, v26): POST customers/{id}/googleAds:search with a GAQL query, GET
customers:listAccessibleCustomers; tokens from POST oauth2.googleapis.com/token.

Lists are read whole and loaded where they changed. Figures are read from the account's
first day on, then again for as long as its conversions may still be restated; a day
that differs is replaced whole. Days and money are the account's own.
"""

from collections.abc import Iterable, Iterator

import dlt
from dlt.common.typing import TSecretStrValue
from dlt.extract import DltResource

from ingestion.days import days_of
from ingestion.extraction import Extraction, Row
from ingestion.settings import Settings, SettingsError
from ingestion.sources._google_ads_accounts import Accounts, customer_ids_of
from ingestion.sources._google_ads_api import GoogleAds, Query
from ingestion.sources._google_ads_figures import Figures
from ingestion.sources._google_ads_tables import (
    CONVERSION_ACTIONS,
    CUSTOMERS,
    FACTS,
    LISTS,
)

__all__ = ["FACTS", "LISTS", "source"]

LONGEST_LOOKBACK_DAYS = 400


@dlt.source(name="google_ads", max_table_nesting=0)
def source(
    settings: Settings,
    client_id: TSecretStrValue = dlt.secrets.value,
    client_secret: TSecretStrValue = dlt.secrets.value,
    refresh_token: TSecretStrValue = dlt.secrets.value,
    developer_token: str = "",
    login_customer_id: str = "",
    customer_ids: str = "",
    skip_customer_ids: str = "",
    lookback_days: int = 0,
    api_version: str = "v26",
    base_url: str = "https://googleads.googleapis.com",
    token_url: str = "https://oauth2.googleapis.com/token",
    skip: str = "",
    read_all: bool = False,
    days: str = "",
) -> Iterable[DltResource]:
    """Return the resources of a login's accounts, one per table of `raw_google_ads`.

    Args:
        settings: the run's clock and the first day of interest.
        client_id: of the OAuth client, SOURCES__GOOGLE_ADS__CLIENT_ID.
        client_secret: of the OAuth client, SOURCES__GOOGLE_ADS__CLIENT_SECRET.
        refresh_token: of scope adwords, SOURCES__GOOGLE_ADS__REFRESH_TOKEN.
        developer_token: sent where set; Google ignores it since September 2026.
        login_customer_id: the manager account through which the others are reached.
        customer_ids: the accounts to read (comma-separated), a manager for all below
            it; default: all below `login_customer_id`, else all of the login.
        skip_customer_ids: accounts (comma-separated) that are never read.
        lookback_days: for how many days figures are read again; 0: the longest click
            window of the account's conversion actions, at least 30.
        api_version: the one place that says which version is spoken.
        base_url: where the API is.
        token_url: where tokens are.
        skip: tables (comma-separated) not to read.
        read_all: load also what did not change since the last load.
        days: of the figures, read only these days (2026-01-01/2026-01-31), and replace
            them.

    Raises:
        SettingsError: a parameter is unusable.
    """
    if not 0 <= lookback_days <= LONGEST_LOOKBACK_DAYS:
        message = (
            f"google_ads: SOURCES__GOOGLE_ADS__LOOKBACK_DAYS={lookback_days} is not "
            f"usable: write 0 to {LONGEST_LOOKBACK_DAYS}."
        )
        raise SettingsError(message)
    login = customer_ids_of(login_customer_id, "LOGIN_CUSTOMER_ID")
    named = customer_ids_of(customer_ids, "CUSTOMER_IDS")
    left_out = customer_ids_of(skip_customer_ids, "SKIP_CUSTOMER_IDS")
    credentials = {
        "client_id": client_id,
        "client_secret": client_secret,
        "refresh_token": refresh_token,
    }
    api = GoogleAds(credentials, token_url, base_url, api_version, developer_token)
    extraction = Extraction("google_ads", settings, skip=skip, read_all=read_all)
    accounts = Accounts(api, extraction, ",".join(login[:1]), named, left_out)
    again = days_of("google_ads", days)
    figures = Figures(api, extraction, settings.start_date, lookback_days, again)

    def conversion_actions() -> Iterator[Row]:
        # Read before the figures: they say for how long figures may change.
        def rows() -> Iterator[Row]:
            for row in accounts.results(CONVERSION_ACTIONS):
                if row["status"] != "REMOVED":
                    days = row["click_through_lookback_window_days"]
                    figures.note_window(row["customer_id"], days)
                yield row

        yield from extraction.changed(CONVERSION_ACTIONS.table, rows(), whole=False)

    yield extraction.resource(CUSTOMERS.table, accounts.customers)
    yield extraction.resource(CONVERSION_ACTIONS.table, conversion_actions)
    for query in LISTS:
        # Nothing vanishes: what is removed stays with that status.
        yield extraction.resource(
            query.table,
            lambda query=query: extraction.changed(
                query.table, accounts.results(query), whole=False
            ),
        )
    for query in FACTS:
        yield extraction.resource(
            query.table, lambda query=query: _figures(query, accounts, figures)
        )
    yield from extraction.closing_resources()


def _figures(query: Query, accounts: Accounts, figures: Figures) -> Iterator[Row]:
    state = dlt.current.resource_state().setdefault("accounts", {})
    return accounts.each(lambda account: figures.rows(query, account, state))
