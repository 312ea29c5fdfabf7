"""How BambooHR is asked: key, both forms of its address, errors, and odd values."""

import re
from typing import Any
from urllib.parse import urlsplit

from dlt.sources.helpers.rest_client.paginators import JSONResponseCursorPaginator
from requests import Response
from requests.auth import HTTPBasicAuth

from ingestion.rest import Api, ApiError, Json
from ingestion.settings import SettingsError

LIST_PAGE = 100
# Where BambooHR says what was wrong; the body is often empty, or HTML.
_MESSAGE_HEADER = "X-BambooHR-Error-Message"
# Commas as thousands alone: a decimal comma would make it a hundred times as much.
_MONEY = re.compile(
    r"\s*([-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*([A-Za-z]{3})\s*"
)


class BambooApi(Api):
    """The API of one company."""

    def _detail(self, response: Response) -> str:
        words = response.headers.get(_MESSAGE_HEADER, "")[:300]
        for secret in self._secrets:
            words = words.replace(secret, "***")
        return f" {words}" if words else super()._detail(response)


def api_for(api_key: str, company: str, base_url: str) -> BambooApi:
    """Return the company's API.

    Raises:
        SettingsError: neither the company nor its address is set.
        ApiError: the key is empty.
    """
    if not base_url and not company:
        message = (
            "bamboohr: SOURCES__BAMBOOHR__COMPANY is not set. Set it to the first part "
            "of the company's address (acme for acme.bamboohr.com). Nothing was "
            "requested."
        )
        raise SettingsError(message)
    remedy = (
        "Set SOURCES__BAMBOOHR__API_KEY to a valid key (in BambooHR: the user's menu, "
        "API Keys); after several refusals BambooHR blocks a user for a while."
    )
    if not api_key.strip():
        message = f"bamboohr: the key is empty. {remedy} Nothing was requested."
        raise ApiError(message)
    address = base_url or f"https://{company}.bamboohr.com"
    if urlsplit(address).path in ("", "/"):
        address = f"{address.rstrip('/')}/api/v1"
    return BambooApi(
        "bamboohr",
        address,
        HTTPBasicAuth(api_key, "x"),
        secrets=[api_key],
        token_remedy=f"{remedy} Nothing of this run was stored.",
        error_text=_error_text,
    )


def _error_text(body: Json) -> str:
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, dict):
        said = [error.get("code"), error.get("message")]
        return ": ".join(str(part) for part in said if part)
    return str(error or "")


def listing() -> JSONResponseCursorPaginator:
    """Return a walk through the list of employees."""
    return JSONResponseCursorPaginator(
        cursor_path="meta.page.nextCursor", cursor_param="page[after]"
    )


def is_bad_page(error: ApiError) -> bool:
    """Whether a list broke off because its cursor no longer points anywhere."""
    if error.status != 400 or not isinstance(error.body, dict):
        return False
    said = error.body.get("error")
    return isinstance(said, dict) and said.get("code") == "BadPage"


def cleaned(record: dict[str, Any]) -> dict[str, Any]:
    """Return the record with its unset dates as None; BambooHR writes 0000-00-00."""
    return {
        name: None if value == "0000-00-00" else value for name, value in record.items()
    }


def money(value: object) -> tuple[object, object]:
    """Return amount and currency of pay, which is an object or "50000.00 USD".

    What is neither is returned as the amount: it goes to the quarantine.
    """
    if isinstance(value, dict):
        return value.get("value"), value.get("currency")
    if isinstance(value, str) and (found := _MONEY.fullmatch(value)):
        return found[1].replace(",", ""), found[2].upper()
    return value, None


def mapping(value: object) -> dict[str, Any]:
    """Return a map keyed by id; an empty one may come as a list."""
    return value if isinstance(value, dict) else {}
