"""An HTTP API read with dlt's REST client, so that nothing is short in silence.

dlt's client takes a success without the data selector, or an empty page in the middle,
as the end of the data. Here a response is data, or is retried within bounds, or stops
the load with one message that names the vendor, the request and the remedy.
"""

import copy
import json as stdlib_json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson
from dlt.common.configuration import resolve_configuration
from dlt.common.configuration.specs import RuntimeConfiguration
from dlt.sources.helpers.requests import Client
from dlt.sources.helpers.rest_client import RESTClient
from dlt.sources.helpers.rest_client.paginators import BasePaginator
from requests import HTTPError, RequestException, Response
from requests.auth import AuthBase

from ingestion.probe import probing

# A longer Retry-After is a mistaken unit (milliseconds) or a limit not worth waiting for.
LONGEST_WAIT_SECONDS = 30
TRANSIENT_STATUS = (408, 423, 429, *range(500, 600))
# A vendor may answer a few empty pages with a next one; a vendor that never stops is
# broken, and the load must not hang.
MOST_EMPTY_PAGES = 20
_MESSAGE_LENGTH = 300
Json = Any  # what a JSON body can be


class ApiError(Exception):
    """The API cannot be read; the message names vendor, request, cause and remedy.

    Attributes:
        status: the HTTP status where the API answered with an error, else None.
        body: the parsed body of that answer, None where it was no JSON.
    """

    def __init__(
        self, message: str, *, status: int | None = None, body: "Json" = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = body


class ForbiddenError(ApiError):
    """The token may not read this one resource; the others may still be fine."""


class TransientError(HTTPError):
    """A response that may be better next time; retried by dlt's session."""


@dataclass(frozen=True)
class Page:
    """One page of a list: its records, the whole body, the response's headers."""

    records: list[Any]
    body: Json
    headers: Mapping[str, str]


def _error_text(body: Json) -> str:
    """Return what most vendors say in an error body."""
    if not isinstance(body, dict):
        return ""
    said = [body.get("category") or body.get("errorType"), body.get("message")]
    return ": ".join(str(part) for part in said if part)


class Api:
    """One vendor's API: requests are authorised, checked, retried and paced.

    Args:
        vendor: the vendor id, for messages.
        base_url: where the API is.
        auth: authorises requests; one with `renew()` (`oauth.OAuthToken`) gets a new
            token once when a request is refused with 401.
        secrets: what must never appear in a message, whatever the vendor echoes.
        token_remedy: what to do when the credentials are refused.
        stop_reason: returns why a response of 400 or more must not be retried, nor
            taken for a missing permission, else None.
        is_transient: whether a response of 400 or more may be better next time,
            beside the usual statuses.
        after_response: called with every response; paces the requests.
        error_text: returns the vendor's own words from the parsed body of an error.
        headers: sent with every request.
        attempts: how often a request is sent at most; 1 where the vendor moves on with
            each request, so that asking again would skip records.
    """

    def __init__(
        self,
        vendor: str,
        base_url: str,
        auth: AuthBase | None,
        *,
        secrets: Sequence[str],
        token_remedy: str,
        stop_reason: Callable[[Response], str | None] = lambda _: None,
        is_transient: Callable[[Response], bool] = lambda _: False,
        after_response: Callable[[Response], None] = lambda _: None,
        error_text: Callable[[Json], str] = _error_text,
        headers: Mapping[str, str] | None = None,
        attempts: int | None = None,
    ) -> None:
        self._vendor = vendor
        self._secrets = [secret for secret in secrets if secret]
        self._token_remedy = token_remedy
        self._stop_reason = stop_reason
        self._is_transient = is_transient
        self._after_response = after_response
        self._error_text = error_text
        self._auth = auth
        self._base_url = base_url
        self._client = RESTClient(
            base_url=base_url,
            auth=auth,
            headers={"Accept": "application/json", **(headers or {})},
            session=retrying_client(attempts).session,
        )

    def fetch(
        self,
        path: str,
        *,
        needs: str | None = "results",
        params: dict[str, Any] | None = None,
        json: dict[str, Any] | None = None,
        form: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Json:
        """Return the parsed body of one GET, or of a POST when it has a body.

        Args:
            path: below the base URL.
            needs: the field without which a success is none; "" where the body is a
                list, None where it can be anything.
            params: the query.
            json: the body of a POST.
            form: the body of a POST, as a form.
            headers: sent with this request only.

        Raises:
            ApiError: the API cannot be read.
        """
        method = "POST" if json or form else "GET"
        hooks = {"response": [self._check, _need(needs)]}
        with _readable(self._vendor, self._base_url, method, path):
            response = self._client.request(
                path,
                method,
                params=params,
                json=json,
                data=form,
                headers=headers,
                hooks=hooks,
            )
            return response.json()

    def pages(
        self, path: str, paginator: BasePaginator, **request: Json
    ) -> Iterator[list[Any]]:
        """Yield the records of a list, page by page; see `answers`."""
        for page in self.answers(path, paginator, **request):
            yield page.records

    def answers(
        self,
        path: str,
        paginator: BasePaginator,
        *,
        select: str = "results",
        params: dict[str, Any] | None = None,
        json: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Iterator[Page]:
        """Yield a list page by page.

        Args:
            path: below the base URL.
            paginator: finds the next page in an answer.
            select: the field that holds the records; "" where the body is the list.
            params: the query of the first page.
            json: the body of a POST; without one it is a GET.
            headers: sent with every page.

        Raises:
            ApiError: a page lacks `select`, or the pages never end.
        """
        method = "POST" if json else "GET"
        empty = 0
        answered: set[tuple[Any, Any]] = set()
        hooks: Any = {"response": [self._check, _need_list(select)]}
        with _readable(self._vendor, self._base_url, method, path):
            for page in self._client.paginate(
                path,
                method=method,
                paginator=paginator,
                data_selector=select or "$",
                hooks=hooks,
                # The paginator writes into them.
                params=copy.deepcopy(params),
                json=copy.deepcopy(json),
                headers=copy.deepcopy(headers),
            ):
                body = page.response.json()
                # Some collections come without an envelope.
                records = body if isinstance(body, list) else body[select]
                empty = 0 if records else empty + 1
                position = (page.response.request.url, page.response.request.body)
                # An empty page may be asked for again; one with records may not.
                if position in answered or empty > MOST_EMPTY_PAGES:
                    message = (
                        f"{self._vendor}: {method} {path} never ends: it answers page "
                        "after page without new records. Nothing of this run was "
                        "stored; load again later, and if it stays so, tell the vendor."
                    )
                    raise ApiError(message)
                if records:
                    answered.add(position)
                yield Page(records, body, page.response.headers)

    def _check(self, response: Response, **sent: Json) -> Response:
        if probe := probing.get():
            probe.heard(response)
        if response.status_code == 401:
            response = self._renewed(response, sent)
        status = response.status_code
        if status >= 400:
            self._raise_for(response)
        body = _parsed(response)
        if body is None:
            message = f"{status} with a body that is not JSON"
            raise TransientError(message, response=response)
        # requests parses again on every call; dlt's client calls three times a page.
        response.json = lambda **_: body  # type: ignore[method-assign]
        self._after_response(response)
        return response

    def _renewed(self, response: Response, sent: dict[str, Any]) -> Response:
        """Send the request again with a new token, where one can be had."""
        renew = getattr(self._auth, "renew", None)
        if renew is None or self._auth is None:
            return response
        renew(response.request.headers.get("Authorization"))
        response.content  # noqa: B018  read to the end, so that the connection is free
        return response.connection.send(self._auth(response.request), **sent)  # type: ignore[attr-defined]

    def _raise_for(self, response: Response) -> None:
        status = response.status_code
        request = f"{response.request.method} {urlsplit(response.url).path}"
        detail = self._detail(response)
        said: dict[str, Any] = {"status": status, "body": _parsed(response)}
        if reason := self._stop_reason(response):
            message = f"{self._vendor}: {request} answered {status}{detail}. {reason}"
            raise ApiError(message, **said)
        if status in TRANSIENT_STATUS or self._is_transient(response):
            self._after_response(response)
            text = f"{status}{detail}{_wish(response)}"
            raise TransientError(text, response=response)
        if status == 401:
            message = f"{self._vendor}: the API refused the token (401{detail}). "
            raise ApiError(message + self._token_remedy, **said)
        if status == 403:
            message = f"{request} is not allowed (403{detail})"
            raise ForbiddenError(message, **said)
        message = (
            f"{self._vendor}: {request} answered {status}{detail}. The API or its "
            "version changed, or the base URL is not this vendor's."
        )
        raise ApiError(message, **said)

    def _detail(self, response: Response) -> str:
        """Return the vendor's own words of an error body, without the secrets."""
        text = self._error_text(_parsed(response))[:_MESSAGE_LENGTH]
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return f" {text}" if text else ""


def _wish(response: Response) -> str:
    """Return how long the vendor wants to be left alone, where that was too long."""
    wish = response.headers.get("Retry-After", "").strip()
    if wish.isdigit() and int(wish) <= LONGEST_WAIT_SECONDS:
        return ""
    return f" (Retry-After: {wish[:40]}; {LONGEST_WAIT_SECONDS} s at most)" * bool(wish)


def retrying_client(attempts: int | None = None) -> Client:
    """Return dlt's HTTP client: transient answers are asked for again, in bounds.

    A Retry-After is honoured up to the longest wait. An answer that pauses for longer
    than RUNTIME__REQUEST_TIMEOUT seconds (60) counts as none.

    Args:
        attempts: how often a request is sent at most, where not as the run is set up.
    """
    config = resolve_configuration(RuntimeConfiguration())
    return Client(
        request_timeout=config.request_timeout,
        raise_for_status=False,
        status_codes=TRANSIENT_STATUS,
        retry_condition=lambda _, error: isinstance(error, TransientError),
        request_max_attempts=attempts or config.request_max_attempts,
        request_backoff_factor=config.request_backoff_factor,
        request_max_retry_delay=min(
            config.request_max_retry_delay, LONGEST_WAIT_SECONDS
        ),
    )


def _need(name: str | None) -> Callable[..., Response]:
    """Return a hook that refuses a success without the field: an error in disguise."""

    def need(response: Response, **_: object) -> Response:
        if name is None:
            return response
        body = response.json()
        if isinstance(body, list) and name in ("results", ""):
            # Some collections come without an envelope.
            return response
        value = body.get(name) if isinstance(body, dict) else None
        if value is None:
            message = f"{response.status_code} without `{name or 'a list'}`"
            raise TransientError(message, response=response)
        return response

    return need


def _need_list(name: str) -> Callable[..., Response]:
    """Return a hook that refuses a page whose records are not a list."""
    need = _need(name)

    def need_list(response: Response, **_: object) -> Response:
        need(response)
        body = response.json()
        if not isinstance(body if isinstance(body, list) else body[name], list):
            message = f"{response.status_code} without a list `{name}`"
            raise TransientError(message, response=response)
        return response

    return need_list


@contextmanager
def _readable(vendor: str, base_url: str, method: str, path: str) -> Generator[None]:
    """Turn what is left after all retries into one readable error."""
    request = f"{vendor}: {method} {path} at {base_url}"
    try:
        yield
    except TransientError as error:
        message = (
            f"{request} failed after every retry: {error}. Nothing of this run was "
            "stored; load again later."
        )
        answered = error.response
        status = None if answered is None else answered.status_code
        raise ApiError(message, status=status) from None
    except RequestException as error:
        message = (
            f"{request} cannot be reached ({type(error).__name__}). Check the network "
            "and the vendor's base URL. Nothing of this run was stored."
        )
        raise ApiError(message) from None


def _parsed(response: Response) -> Json:
    """Return the body, or None when it is not JSON (an HTML page, cut short)."""
    try:
        return orjson.loads(response.content)
    except orjson.JSONDecodeError:
        pass
    try:
        # Python also reads what some servers write: NaN, and half an emoji, cut off by
        # a field's length limit.
        return _without_half_characters(stdlib_json.loads(response.content))
    except (ValueError, RecursionError):
        return None


def _without_half_characters(value: Json) -> Json:
    if isinstance(value, str):
        return value.encode(errors="replace").decode()
    if isinstance(value, list):
        return [_without_half_characters(one) for one in value]
    if isinstance(value, dict):
        return {
            _without_half_characters(name): _without_half_characters(one)
            for name, one in value.items()
        }
    return value
