"""An HTTP API read with dlt's REST client, so that nothing is short in silence.

dlt's client takes a success without the data selector, or an empty page in the middle,
as the end of the data. Here a response is data, or is retried within bounds, or stops
the load with one message that names the vendor, the request and the remedy.
"""

import copy
import json as stdlib_json
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import orjson
from dlt.common.configuration import resolve_configuration
from dlt.common.configuration.specs import RuntimeConfiguration
from dlt.sources.helpers.requests import Client
from dlt.sources.helpers.rest_client import RESTClient
from dlt.sources.helpers.rest_client.auth import AuthConfigBase
from dlt.sources.helpers.rest_client.paginators import BasePaginator
from requests import HTTPError, RequestException, Response

# A longer Retry-After is a mistaken unit (milliseconds) or a limit not worth waiting for.
LONGEST_WAIT_SECONDS = 30
TRANSIENT_STATUS = (408, 423, 429, *range(500, 600))
# A vendor may answer a few empty pages with a next one; a vendor that never stops is
# broken, and the load must not hang.
MOST_EMPTY_PAGES = 20
_MESSAGE_LENGTH = 300
Json = Any  # what a JSON body can be


class ApiError(Exception):
    """The API cannot be read; the message names vendor, request, cause and remedy."""


class ForbiddenError(ApiError):
    """The token may not read this one resource; the others may still be fine."""


class TransientError(HTTPError):
    """A response that may be better next time; retried by dlt's session."""


class Api:
    """One vendor's API: requests are authorised, checked, retried and paced.

    Args:
        vendor: the vendor id, for messages.
        base_url: where the API is.
        auth: dlt's auth object.
        secret: what must never appear in a message, whatever the vendor echoes.
        token_remedy: what to do when the credentials are refused.
        stop_reason: returns why a 4xx or 429 must not be retried, else None.
        after_response: called with every response; paces the requests.
    """

    def __init__(
        self,
        vendor: str,
        base_url: str,
        auth: AuthConfigBase,
        *,
        secret: str,
        token_remedy: str,
        stop_reason: Callable[[Response], str | None],
        after_response: Callable[[Response], None],
    ) -> None:
        self._vendor = vendor
        self._secret = secret
        self._token_remedy = token_remedy
        self._stop_reason = stop_reason
        self._after_response = after_response
        config = resolve_configuration(RuntimeConfiguration())
        client = Client(
            request_timeout=config.request_timeout,
            raise_for_status=False,
            status_codes=TRANSIENT_STATUS,
            retry_condition=lambda _, error: isinstance(error, TransientError),
            request_max_attempts=config.request_max_attempts,
            request_backoff_factor=config.request_backoff_factor,
            request_max_retry_delay=min(
                config.request_max_retry_delay, LONGEST_WAIT_SECONDS
            ),
        )
        self._base_url = base_url
        self._client = RESTClient(
            base_url=base_url,
            auth=auth,
            headers={"Accept": "application/json"},
            session=client.session,
        )

    def fetch(
        self,
        path: str,
        *,
        needs: str = "results",
        params: dict[str, Any] | None = None,
        json: dict[str, Any] | None = None,
    ) -> Json:
        """Return the parsed body of one GET, or of a POST when `json` is given.

        Args:
            path: below the base URL.
            needs: the field without which a success is none.
            params: the query.
            json: the body.

        Raises:
            ApiError: the API cannot be read.
        """
        method = "POST" if json else "GET"
        hooks = {"response": [self._check, _need(needs)]}
        with _readable(self._vendor, self._base_url, method, path):
            response = self._client.request(
                path, method, params=params, json=json, hooks=hooks
            )
            return response.json()

    def pages(
        self,
        path: str,
        paginator: BasePaginator,
        *,
        params: dict[str, Any] | None = None,
        json: dict[str, Any] | None = None,
    ) -> Iterator[list[Any]]:
        """Yield the elements of `results`, page by page.

        Raises:
            ApiError: a page lacks `results`, or the pages never end.
        """
        method = "POST" if json else "GET"
        empty = 0
        answered: set[tuple[Any, Any]] = set()
        hooks: Any = {"response": [self._check, _need("results")]}
        with _readable(self._vendor, self._base_url, method, path):
            for page in self._client.paginate(
                path,
                method=method,
                paginator=paginator,
                data_selector="results",
                hooks=hooks,
                # The paginator writes into them.
                params=copy.deepcopy(params),
                json=copy.deepcopy(json),
            ):
                results = page.response.json()["results"]
                empty = 0 if results else empty + 1
                position = (page.response.request.url, page.response.request.body)
                # An empty page may be asked for again; one with records may not.
                if position in answered or empty > MOST_EMPTY_PAGES:
                    message = (
                        f"{self._vendor}: {method} {path} never ends: it answers page "
                        "after page without new records. Nothing of this run was "
                        "stored; load again later, and if it stays so, tell the vendor."
                    )
                    raise ApiError(message)
                if results:
                    answered.add(position)
                yield results

    def _check(self, response: Response, **_: object) -> Response:
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

    def _raise_for(self, response: Response) -> None:
        status = response.status_code
        request = f"{response.request.method} {urlsplit(response.url).path}"
        detail = self._detail(response)
        if status == 401:
            message = f"{self._vendor}: the API refused the token (401{detail}). "
            raise ApiError(message + self._token_remedy)
        if status == 403:
            message = f"{request} is not allowed (403{detail})"
            raise ForbiddenError(message)
        if reason := self._stop_reason(response):
            message = f"{self._vendor}: {request} answered {status}{detail}. {reason}"
            raise ApiError(message)
        if status in TRANSIENT_STATUS:
            self._after_response(response)
            raise TransientError(f"{status}{detail}", response=response)
        message = (
            f"{self._vendor}: {request} answered {status}{detail}. The API or its "
            "version changed, or the base URL is not this vendor's."
        )
        raise ApiError(message)

    def _detail(self, response: Response) -> str:
        """Return the vendor's own words of an error body, without the secret."""
        body = _parsed(response)
        if not isinstance(body, dict):
            return ""
        said = [body.get("category") or body.get("errorType"), body.get("message")]
        text = ": ".join(str(part) for part in said if part)[:_MESSAGE_LENGTH]
        return f" {text.replace(self._secret, '***')}" if text else ""


def _need(name: str) -> Callable[..., Response]:
    """Return a hook that refuses a success without the field: an error in disguise."""

    def need(response: Response, **_: object) -> Response:
        body = response.json()
        if isinstance(body, list) and name == "results":
            # Some collections come without an envelope.
            return response
        value = body.get(name) if isinstance(body, dict) else None
        if value is None or (name == "results" and not isinstance(value, list)):
            message = f"{response.status_code} without `{name}`"
            raise TransientError(message, response=response)
        return response

    return need


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
        raise ApiError(message) from None
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
