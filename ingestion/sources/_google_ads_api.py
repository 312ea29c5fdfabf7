"""How Google Ads is asked: tokens, GAQL, pages, and what its errors mean."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from requests import Response
from requests.exceptions import ChunkedEncodingError, ContentDecodingError

from ingestion.oauth import OAuthToken
from ingestion.records import RawTable
from ingestion.rest import LONGEST_WAIT_SECONDS, Api, ApiError, Json

Record = dict[str, Any]
# A page token that expired, or rows that are missing: the query is asked once more.
MOST_READS = 3
_STALE_TOKENS = {"EXPIRED_PAGE_TOKEN", "INVALID_PAGE_TOKEN"}
_DELAY = re.compile(r"(\d+)(\.\d+)?s")
_PREFIX = "SOURCES__GOOGLE_ADS__"
_TOKEN_REMEDY = (
    f"Set {_PREFIX}REFRESH_TOKEN to a new one of scope "
    "https://www.googleapis.com/auth/adwords, given to the OAuth client of "
    f"{_PREFIX}CLIENT_ID and {_PREFIX}CLIENT_SECRET."
)
_DAILY = (
    "The operations of the Google Cloud project's access level are used up. Load again "
    "tomorrow, or apply for a higher level. Nothing of this run was stored."
)
_ACCOUNT = f"Correct {_PREFIX}CUSTOMER_IDS or {_PREFIX}LOGIN_CUSTOMER_ID."
_PROJECT = (
    "Give the Google Cloud project of the OAuth client access to the Google Ads API, "
    "at a level that may read production accounts."
)
# Error codes that waiting does not mend, and that are not about one account.
_FATAL = {
    "UNSUPPORTED_VERSION": (
        f"Google no longer serves this version: set {_PREFIX}API_VERSION to one that "
        "it does, and compare the fields with its release notes."
    ),
    "RESOURCE_EXHAUSTED": _DAILY,
    "EXCESSIVE_LONG_TERM_QUERY_RESOURCE_CONSUMPTION": _DAILY,
    "ACCESS_PROHIBITED": _PROJECT,
    "CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION": _PROJECT,
    "CLOUD_PROJECT_NOT_FOUND": _PROJECT,
    "PROJECT_DISABLED": _PROJECT,
    "CUSTOMER_NOT_FOUND": _ACCOUNT,
    "CLIENT_CUSTOMER_ID_INVALID": _ACCOUNT,
    "NOT_ADS_USER": "Its Google user has no Google Ads account. " + _TOKEN_REMEDY,
    "DEVELOPER_TOKEN_INVALID": f"Correct or unset {_PREFIX}DEVELOPER_TOKEN.",
    "DEVELOPER_TOKEN_PROHIBITED": f"Correct or unset {_PREFIX}DEVELOPER_TOKEN.",
    "DEVELOPER_TOKEN_NOT_APPROVED": f"Correct or unset {_PREFIX}DEVELOPER_TOKEN.",
}


class TooMuchError(ApiError):
    """An answer broke off or took too long: a shorter one may come through."""


@dataclass(frozen=True)
class Query:
    """What is asked for one table: a resource and a GAQL field per column."""

    table: RawTable
    resource: str
    fields: Mapping[str, str]

    def text(self, condition: str = "", order_by: str = "") -> str:
        """Return the query as GAQL."""
        text = f"SELECT {', '.join(self.fields.values())} FROM {self.resource}"
        text += f" WHERE {condition}" if condition else ""
        return text + (f" ORDER BY {order_by}" if order_by else "")

    def row(self, record: Record) -> dict[str, Any]:
        """Return the row of a result: each column by its field's path."""
        return {
            column: value_at(record, field) for column, field in self.fields.items()
        }


def value_at(record: Record, field: str) -> Json:
    """Return a result's value of a GAQL field; None where proto3 JSON leaves it out."""
    value: Any = record
    for name in _json_path(field):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _json_path(field: str) -> tuple[str, ...]:
    if field not in _PATHS:
        _PATHS[field] = tuple(
            re.sub("_(.)", lambda found: found[1].upper(), part)
            for part in field.split(".")
        )
    return _PATHS[field]


_PATHS: dict[str, tuple[str, ...]] = {}


class GoogleAds:
    """The API of every account that a login reaches.

    Args:
        credentials: client_id, client_secret and refresh_token of an OAuth client.
        token_url: the token endpoint.
        base_url: where the API is.
        version: of the API, such as v26.
        developer_token: sent where it is set; Google ignores it since September 2026.

    Raises:
        ApiError: a credential is empty.
    """

    def __init__(
        self,
        credentials: Mapping[str, str],
        token_url: str,
        base_url: str,
        version: str,
        developer_token: str,
    ) -> None:
        for name, value in credentials.items():
            if not value.strip():
                message = (
                    f"google_ads: {_PREFIX}{name.upper()} is empty. {_TOKEN_REMEDY} "
                    "Nothing was requested."
                )
                raise ApiError(message)
        form = {"grant_type": "refresh_token", **credentials}
        self._version = version
        self._api = Api(
            "google_ads",
            base_url,
            OAuthToken("google_ads", token_url, form, remedy=_TOKEN_REMEDY),
            secrets=[
                credentials["client_secret"],
                credentials["refresh_token"],
                developer_token,
            ],
            token_remedy=_TOKEN_REMEDY,
            stop_reason=_stop_reason,
            error_text=_error_text,
            after_response=_note_delay,
            headers={"developer-token": developer_token} if developer_token else None,
        )

    def accessible_customers(self) -> list[str]:
        """Return the ids of the accounts that the login itself was given."""
        path = f"{self._version}/customers:listAccessibleCustomers"
        names = self._api.fetch(path, needs="resourceNames")["resourceNames"]
        return [str(name).removeprefix("customers/") for name in names]

    def first(
        self, customer_id: str, login: str, query: Query, text: str
    ) -> Record | None:
        """Return the first result of a GAQL text, None where there is none.

        Args:
            customer_id: the account.
            login: the manager through which it is reached, "" for none.
            query: for which table it is asked.
            text: the GAQL, without a LIMIT.

        Raises:
            ApiError: naming the table and the account.
        """
        asked = customer_id, login, query.table.name, f"{text} LIMIT 1"
        found = self._complete(*asked, lambda records: len(records[:1]), 1)
        return found[0] if found else None

    def search(
        self, customer_id: str, login: str, query: Query, condition: str = ""
    ) -> list[Record]:
        """Return every result of a query; those sent twice are in it twice.

        Args:
            customer_id: the account.
            login: the manager through which it is reached, "" for none.
            query: what is asked.
            condition: a GAQL condition.

        Raises:
            ApiError: naming the table and the account.
        """
        key = [query.fields[one] for one in query.table.key if one in query.fields]

        def different(records: list[Record]) -> int:
            found = ([value_at(record, field) for field in key] for record in records)
            return len({orjson.dumps(one) for one in found})

        asked = customer_id, login, query.table.name, query.text(condition)
        return self._complete(*asked, different)

    def _complete(
        self,
        customer_id: str,
        login: str,
        table: str,
        text: str,
        count: Callable[[list[Record]], int],
        limit: int | None = None,
    ) -> list[Record]:
        """Return the results of a query, as many as Google says that there are.

        Where some are missing, or a page token has expired, the query is asked again.
        """
        came = total = 0
        for reads_left in reversed(range(MOST_READS)):
            try:
                records, total = self._pages(customer_id, login, text)
            except ApiError as error:
                if reads_left and codes(error.body) & _STALE_TOKENS:
                    continue
                raise _named(error, table, customer_id) from None
            # Google counts what the LIMIT leaves out as well.
            total = total if limit is None else min(total, limit)
            came = count(records)
            if came == total:
                return records
        message = (
            f"google_ads: {table} of account {customer_id}: the answer left out "
            f"records, {total:,} were announced and {came:,} came. Nothing of this run "
            "was stored; load again later, and if it stays so, tell Google."
        )
        raise ApiError(message)

    def _pages(
        self, customer_id: str, login: str, query: str
    ) -> tuple[list[Record], int]:
        """Return all results and how many Google says there are."""
        records: list[Record] = []
        total, token, seen = 0, "", set()
        settings = {"returnTotalResultsCount": True}
        while token not in seen:
            seen.add(token)
            body = {"query": query, "searchSettings": settings}
            body |= {"pageToken": token} if token else {}
            answer = self._page(customer_id, login, body)
            records += _results(answer)
            # int64 as text; proto3 JSON leaves out zero.
            total = max(total, int(answer.get("totalResultsCount") or 0))
            token = answer.get("nextPageToken") or ""
            if not token:
                return records, total
        message = (
            f"google_ads: {query[:60]}… never ends: it answers a page token again. "
            "Nothing of this run was stored; load again later."
        )
        raise ApiError(message)

    def _page(self, customer_id: str, login: str, body: Record) -> Record:
        return self._api.fetch(
            f"{self._version}/customers/{customer_id}/googleAds:search",
            # Every answer says which fields it has; `results` is missing when empty.
            needs="fieldMask",
            json=body,
            headers={"login-customer-id": login} if login else None,
        )


def _results(answer: Record) -> list[Record]:
    results = answer.get("results") or []
    return [one if isinstance(one, dict) else {} for one in results]


def _named(error: ApiError, table: str, customer_id: str) -> ApiError:
    """Return the error with the table and the account in its message."""
    said = str(error).removeprefix("google_ads: ")
    message = f"google_ads: {table} of account {customer_id}: {said}"
    is_cut = isinstance(error.__context__, ChunkedEncodingError | ContentDecodingError)
    kind = TooMuchError if is_cut or error.status in (200, 504) else type(error)
    return kind(message, status=error.status, body=error.body)


def failures(body: Json) -> Iterator[Record]:
    """Yield the errors of a GoogleAdsFailure; a stream wraps it in a list."""
    answer = body[0] if isinstance(body, list) and body else body
    error = answer.get("error") if isinstance(answer, dict) else None
    for detail in error.get("details") or [] if isinstance(error, dict) else []:
        yield from detail.get("errors") or []


def codes(body: Json) -> set[str]:
    """Return the error codes of a body, such as CUSTOMER_NOT_ENABLED."""
    return {
        str(code)
        for failure in failures(body)
        for code in (failure.get("errorCode") or {}).values()
    }


def _error_text(body: Json) -> str:
    answer = body[0] if isinstance(body, list) and body else body
    error = answer.get("error") if isinstance(answer, dict) else None
    if not isinstance(error, dict):
        return ""
    said = [f"{', '.join(sorted(codes(body)))}"] if codes(body) else []
    first = next(failures(body), {})
    parts = [error.get("status"), *said, first.get("message") or error.get("message")]
    return ": ".join(str(part) for part in parts if part)


def _parsed(response: Response) -> Json:
    try:
        return orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return None


def _stop_reason(response: Response) -> str | None:
    found = codes(_parsed(response))
    return next((_FATAL[code] for code in sorted(found) if code in _FATAL), None)


def _note_delay(response: Response) -> None:
    """Give the wait that Google writes into the body to what honours Retry-After."""
    if response.status_code < 400 or "Retry-After" in response.headers:
        return
    for failure in failures(_parsed(response)):
        quota = (failure.get("details") or {}).get("quotaErrorDetails") or {}
        if delay := _DELAY.fullmatch(str(quota.get("retryDelay", ""))):
            seconds = min(int(delay[1]) + bool(delay[2]), LONGEST_WAIT_SECONDS)
            response.headers["Retry-After"] = str(seconds)
