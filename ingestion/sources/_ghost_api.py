"""How Ghost is asked: tokens that live five minutes, lists walked by id."""

import base64
import hashlib
import hmac
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from dlt.sources.helpers.rest_client.paginators import SinglePagePaginator
from requests import PreparedRequest, Response
from requests.auth import AuthBase

from ingestion.records import RawTable
from ingestion.rest import Api, ApiError, Json

PAGE = 100  # Ghost 6 makes a longer one of this length, without a word
ACCEPT_VERSION = "v6.0"
TOKEN_SECONDS = 300  # the most that Ghost accepts
MOST_READINGS = 3
REMEDY = (
    "Set SOURCES__GHOST__ADMIN_API_KEY to the Admin API key of a custom integration (in "
    "Ghost: Settings, Integrations), and check this machine's clock."
)
_KEY = re.compile(r"[0-9a-f]{24}:([0-9a-f]{2})+", re.IGNORECASE)


class AdminToken(AuthBase):
    """Authorises requests by tokens that the integration's key signs (HS256).

    Args:
        admin_api_key: `id:secret`, the secret in hexadecimal.
    """

    def __init__(self, admin_api_key: str) -> None:
        self._key = admin_api_key.strip()
        self._token = ""
        self._good_until = 0.0

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        """Add a token to a request.

        Raises:
            ApiError: the key is none.
        """
        if time.monotonic() > self._good_until:
            self._token = self._signed()
            self._good_until = time.monotonic() + TOKEN_SECONDS / 2
        r.headers["Authorization"] = f"Ghost {self._token}"
        return r

    def renew(self, refused: str | None) -> None:
        """Forget the token that was refused; the next request signs another."""
        if refused == f"Ghost {self._token}":
            self._good_until = 0.0

    def _signed(self) -> str:
        if not _KEY.fullmatch(self._key):
            shown = "empty" if not self._key else "not of the form id:secret"
            message = f"ghost: the key is {shown}. {REMEDY} Nothing was requested."
            raise ApiError(message)
        key_id, _, secret = self._key.partition(":")
        now = int(time.time())
        parts = (
            {"alg": "HS256", "kid": key_id, "typ": "JWT"},
            {"iat": now, "exp": now + TOKEN_SECONDS, "aud": "/admin/"},
        )
        signed = ".".join(_base64(orjson.dumps(part)) for part in parts)
        digest = hmac.digest(bytes.fromhex(secret), signed.encode(), hashlib.sha256)
        return f"{signed}.{_base64(digest)}"


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


class Publication:
    """One Ghost site's Admin API.

    Args:
        base_url: the site's address, without `/ghost`.
        admin_api_key: a custom integration's key.
    """

    def __init__(self, base_url: str, admin_api_key: str) -> None:
        self._api = Api(
            "ghost",
            f"{base_url.rstrip('/')}/ghost/api/admin",
            AdminToken(admin_api_key),
            secrets=[admin_api_key, admin_api_key.partition(":")[2]],
            token_remedy=f"{REMEDY} Nothing of this run was stored.",
            stop_reason=_stop_reason,
            error_text=_error_text,
            headers={"Accept-Version": ACCEPT_VERSION},
        )

    def listed(
        self, table: RawTable, params: dict[str, Any], where: str = ""
    ) -> Iterator[Json]:
        """Yield all records of a collection, in the order of their ids.

        A walk by page number would miss what slides to an earlier page when something
        is deleted, and beyond its end Ghost answers with empty pages for ever.

        Args:
            table: the table; its name is the collection's.
            params: includes and formats.
            where: the filter (NQL).

        Raises:
            ApiError: Ghost left out records of a page.
        """
        last, seen = "", set[str]()
        while True:
            parts = [part for part in (where, f"id:>'{last}'" if last else "") if part]
            query = {**params, "limit": PAGE, "order": "id asc"}
            if parts:
                query["filter"] = "+".join(parts)
            page = self._page(f"{table.name}/", table.name, query, seen)
            yield from page.records
            if page.is_last:
                return
            last = max(str(one["id"]) for one in page.records if _has_id(one))

    def total(self, table: RawTable) -> int:
        """Return how many records a collection has."""
        path, query = f"{table.name}/", {"limit": 1, "fields": "id"}
        body = self._api.fetch(path, needs=table.name, params=query)
        return _total(table.name, body)

    def events(self, event_type: str, since: str | None) -> Iterator[Json]:
        """Yield the events of one type, the newest first.

        Ghost pages them by a filter only. One of many events of a second is found
        again by its id: a batch of e-mails carries one instant.

        Args:
            event_type: as the filter names it.
            since: not those before this instant, `YYYY-MM-DD HH:MM:SS` in UTC.
        """
        bounds = [f"type:{event_type}"]
        if since:
            bounds.append(f"data.created_at:>='{since}'")
        last, seen = "", set[str]()
        while True:
            query = {"limit": PAGE, "filter": "+".join([*bounds, last]).rstrip("+")}
            page = self._page("members/events/", "events", query, seen)
            yield from page.records
            if page.is_last:
                return
            moment, event_id = min(
                (filter_instant(one["data"].get("created_at")), str(one["data"]["id"]))
                for one in page.records
                if isinstance(one, dict) and _has_id(one.get("data"))
            )
            last = (
                f"(data.created_at:<'{moment}',"
                f"data.created_at:'{moment}'+id:<'{event_id}')"
            )

    def _page(
        self, path: str, name: str, query: dict[str, Any], seen: set[str]
    ) -> "_Page":
        """Return one page; `seen` are the records of the pages before."""
        said = ""
        for _ in range(MOST_READINGS):
            answers = self._api.answers(
                path, SinglePagePaginator(), select=name, params=query
            )
            answer = next(answers, None)
            if answer is None:
                continue
            total = _total(name, answer.body)
            expected = min(total, PAGE)
            found = {_identity(one) for one in answer.records} - seen
            # A record that is sent twice does not make up for one that is missing.
            if len(found) >= expected and (total <= PAGE or "" not in found):
                seen |= found
                return _Page(answer.records, is_last=total <= PAGE)
            said = f"of {expected} records of a page {len(found)} arrived"
        message = (
            f"ghost: {name} left out records: {said}, in {MOST_READINGS} readings. "
            "Nothing of this run was stored. Load again later, and if it stays so, ask "
            "the site's host what caches or cuts its answers."
        )
        raise ApiError(message)


@dataclass(frozen=True)
class _Page:
    records: list[Json]
    is_last: bool


def _has_id(record: object) -> bool:
    return isinstance(record, dict) and bool(record.get("id"))


def _identity(record: Json) -> str:
    """Return what tells a record apart from others; "" where nothing does."""
    if not isinstance(record, dict):
        return ""
    data = record["data"] if isinstance(record.get("data"), dict) else record
    return f"{record.get('type')} {data['id']}" if _has_id(data) else ""


def _total(name: str, body: Json) -> int:
    meta = body.get("meta") if isinstance(body, dict) else None
    pagination = meta.get("pagination") if isinstance(meta, dict) else None
    total = pagination.get("total") if isinstance(pagination, dict) else None
    if isinstance(total, int):
        return total
    message = (
        f"ghost: the list of {name} came without meta.pagination.total, so nobody can "
        "say whether it is whole. Its API changed; nothing of this run was stored."
    )
    raise ApiError(message)


def filter_instant(text: object) -> str:
    """Return an instant as a filter must write it."""
    return str(text)[:19].replace("T", " ") if isinstance(text, str) else ""


def _stop_reason(response: Response) -> str | None:
    if response.status_code == 404:
        return (
            "SOURCES__GHOST__BASE_URL must be the address of the site whose /ghost is "
            "the editor."
        )
    if response.status_code == 406:
        return f"The site runs a Ghost older than {ACCEPT_VERSION}. Update the site."
    return None


def _error_text(body: Json) -> str:
    errors = body.get("errors") if isinstance(body, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    if not isinstance(first, dict):
        return ""
    said = [first.get("type"), first.get("message"), first.get("context")]
    return ": ".join(str(part) for part in said if part)
