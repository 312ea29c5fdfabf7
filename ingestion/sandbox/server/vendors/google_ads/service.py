"""The endpoints: who may ask whom, and how results are cut into pages and batches."""

import base64
import binascii
from hashlib import md5
from typing import Any

import orjson
from starlette.requests import Request

from ingestion.sandbox.server.gate import Refusal
from ingestion.sandbox.server.store import Store, checked_table
from ingestion.sandbox.server.vendors.google_ads import fields
from ingestion.sandbox.server.vendors.google_ads.account import Data
from ingestion.sandbox.server.vendors.google_ads.errors import refusal, request_error
from ingestion.sandbox.server.vendors.google_ads.gaql import Statement, parse
from ingestion.sandbox.server.vendors.google_ads.query import answer
from ingestion.sandbox.server.vendors.google_ads.values import Record, json_path

_SETTINGS = ("returnTotalResultsCount", "omitResults")
_SEARCH = ("query", "pageToken", "searchSettings", "validateOnly")
_CLOSED = ("CANCELED", "CLOSED")


class Service:
    """Answers the requests of one data directory."""

    def __init__(self, store: Store) -> None:
        self._data = Data(store)
        known = {"page_rows": 10_000}
        said = checked_table(store.table("google_ads"), known, "google_ads")
        self._page_rows = max(int(said["page_rows"]), 1)
        self._last: tuple[tuple[str, str], list[Record]] | None = None

    def accessible(self, request: Request) -> Record:
        """Answer which accounts the login was given."""
        names = [f"customers/{one}" for one in self._data.accounts.accessible]
        return {"resourceNames": names} if names else {}

    def unsupported(self, request: Request) -> Record:
        """Answer a version that is no longer served."""
        version = request.url.path.split("/")[1]
        message = f"Version {version} is deprecated. Requests to it will be blocked."
        raise request_error("UNSUPPORTED_VERSION", message)

    def search(self, request: Request) -> Record:
        """Answer one page of a query."""
        body = _body(request, _SEARCH)
        customer_id = self._customer_id(request)
        settings = body.get("searchSettings") or {}
        _refuse_unknown(settings, _SETTINGS)
        statement = _statement(body)
        if body.get("validateOnly"):
            return {}
        results = self._results(customer_id, str(body["query"]), statement)
        start = _start(body)
        end = start + self._page_rows
        whole = results[: statement.limit]
        found: Record = {}
        if whole[start:end] and not settings.get("omitResults"):
            found["results"] = whole[start:end]
        if end < len(whole):
            found["nextPageToken"] = _token(body, end)
        # proto3 JSON leaves out zero.
        if settings.get("returnTotalResultsCount") and results:
            found["totalResultsCount"] = str(len(results))
        return {**found, **_mask(statement), "queryResourceConsumption": "512"}

    def stream(self, request: Request) -> list[Record]:
        """Answer a query whole, in batches."""
        body = _body(request, ("query",))
        customer_id = self._customer_id(request)
        statement = _statement(body)
        results = self._results(customer_id, str(body["query"]), statement)
        whole = results[: statement.limit]
        around = {
            **_mask(statement),
            "requestId": "sandbox",
            "queryResourceConsumption": "512",
        }
        return [
            {"results": whole[start : start + self._page_rows], **around}
            for start in range(0, len(whole), self._page_rows)
        ]

    def _results(
        self, customer_id: str, query: str, statement: Statement
    ) -> list[Record]:
        # The pages of a query come one after the other, and all from one answer.
        key = (customer_id, query)
        if self._last is None or self._last[0] != key:
            self._last = (key, answer(self._data, customer_id, statement))
        return list(self._last[1])

    def _customer_id(self, request: Request) -> str:
        """Return the account that is asked.

        Raises:
            Refusal: there is none, it is closed, or the login does not reach it.
        """
        accounts = self._data.accounts
        customer_id = request.path_params["customer_id"]
        if not customer_id.isdecimal():
            message = f"Invalid customer ID '{customer_id}'."
            raise request_error("INVALID_CUSTOMER_ID", message)
        if customer_id not in accounts.customers:
            message = f"No customer found for the provided customer id {customer_id}."
            raise refusal(401, "authenticationError", "CUSTOMER_NOT_FOUND", message)
        login = request.headers.get("login-customer-id", customer_id)
        if login not in accounts.accessible or not accounts.reaches(login, customer_id):
            raise _denied()
        if accounts.customers[customer_id].get("status") in _CLOSED:
            message = (
                "The customer account can't be accessed because it is not yet enabled "
                "or has been deactivated."
            )
            raise refusal(403, "authorizationError", "CUSTOMER_NOT_ENABLED", message)
        return customer_id


def _denied() -> Refusal:
    message = (
        "User doesn't have permission to access customer. Note: If you're accessing a "
        "client customer, the manager's customer id must be set in the "
        "'login-customer-id' header."
    )
    return refusal(403, "authorizationError", "USER_PERMISSION_DENIED", message)


def _body(request: Request, known: tuple[str, ...]) -> Record:
    try:
        body = orjson.loads(request.state.content)
    except orjson.JSONDecodeError:
        raise refusal(400, message="Invalid JSON payload received.") from None
    if not isinstance(body, dict):
        raise refusal(400, message="Invalid JSON payload received. Root is no object.")
    if "pageSize" in body:
        message = "Setting the page size is not supported; it is always 10,000 rows."
        raise request_error("PAGE_SIZE_NOT_SUPPORTED", message)
    _refuse_unknown(body, known)
    return body


def _refuse_unknown(value: Any, known: tuple[str, ...]) -> None:  # noqa: ANN401  JSON
    names = list(value) if isinstance(value, dict) else [str(value)]
    for name in names:
        if name not in known:
            message = (
                f'Invalid JSON payload received. Unknown name "{name}": Cannot find '
                "field."
            )
            raise refusal(400, message=message)


def _statement(body: Record) -> Statement:
    if not isinstance(body.get("query"), str):
        message = "The required field was not present: query."
        raise request_error("REQUIRED_FIELD_MISSING", message)
    statement = parse(body["query"])
    fields.check(statement)
    return statement


def _mask(statement: Statement) -> Record:
    return {"fieldMask": ",".join(".".join(json_path(one)) for one in statement.select)}


def _token(body: Record, start: int) -> str:
    """Return the page token of a row; it holds for this query only."""
    text = f"{_digest(body)}:{start}"
    return base64.urlsafe_b64encode(text.encode()).decode()


def _start(body: Record) -> int:
    token = body.get("pageToken") or ""
    if not token:
        return 0
    try:
        digest, _, start = base64.urlsafe_b64decode(token).decode().partition(":")
    except (binascii.Error, ValueError):
        digest, start = "", ""
    if digest != _digest(body) or not start.isdecimal():
        message = "The page token is invalid: it belongs to another request."
        raise request_error("INVALID_PAGE_TOKEN", message)
    return int(start)


def _digest(body: Record) -> str:
    asked = orjson.dumps([body.get("query"), body.get("searchSettings")])
    return md5(asked, usedforsecurity=False).hexdigest()
