"""How Meta's Graph API is asked: token, pages, throttling, and its kinds of error.

Meta answers nearly every mishap with 400 and a code in `error`: too many calls, a
token that ended, a missing permission and a query that is too big all look alike but
for the code.
"""

import hashlib
import hmac
import time
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from dlt.sources.helpers.rest_client.paginators import BasePaginator
from requests import PreparedRequest, Request, Response
from requests.auth import AuthBase

from ingestion.rest import Api, ApiError, Json

# Too many calls: of the app, the user, the page, the account, the business use case.
THROTTLE_CODES = (4, 17, 32, 341, 613, *range(80000, 80015))
# Meta's own failures: unknown, service, intermittent, report failed, batch timed out.
FLEETING_CODES = (1, 2, 960, -2, -3)
PERMISSION_CODES = (3, 10, 294, *range(200, 300))
TOKEN_CODES = (102, 190, 463, 467)
DEAD_VERSION_CODES = (2635,)
# Subcodes of "this query is too big": timed out while it was computed.
TOO_MUCH_SUBCODES = (1504018, 1504038)
TOO_MUCH_WORDS = "reduce the amount of data"
# An account that does not exist, or that the token does not see.
UNKNOWN_OBJECT = (100, 33)
# Above so much of a limit requests are slowed down, so that it is never reached.
USAGE_TO_SLOW_AT = 75
LONGEST_PAUSE_SECONDS = 20.0
# Meta states minutes. A longer wait is cut and the request tried again, up to dlt's
# number of attempts; one longer than all of them together is not worth waiting for.
LONGEST_WAIT_SECONDS = 300.0
MOST_MINUTES = 30


class GraphAuth(AuthBase):
    """Authorises a request: the token as a header, never in the URL that gets logged.

    Args:
        access_token: a system user's or long-lived user's token.
        app_secret: where the app demands a proof that the caller knows it.
    """

    def __init__(self, access_token: str, app_secret: str = "") -> None:
        self._token = access_token
        self.proof = ""
        if app_secret:
            digest = hmac.new(
                app_secret.encode(), access_token.encode(), hashlib.sha256
            )
            self.proof = digest.hexdigest()

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        """Add the token, and the proof where there is a secret."""
        r.headers["Authorization"] = f"Bearer {self._token}"
        if self.proof:
            r.prepare_url(str(r.url), {"appsecret_proof": self.proof})
        return r


def api_for(access_token: str, app_secret: str, base_url: str) -> Api:
    """Return the API that a token may read.

    Raises:
        ApiError: the token is empty.
    """
    token = access_token.strip()
    remedy = (
        "Set SOURCES__META_ADS__ACCESS_TOKEN to a token with ads_read (in Meta Business "
        "Suite: Settings, System users, Generate token; a user's token ends after 60 "
        "days)."
    )
    if not token:
        message = f"meta_ads: the token is empty. {remedy} Nothing was requested."
        raise ApiError(message)
    auth = GraphAuth(token, app_secret.strip())
    return Api(
        "meta_ads",
        base_url,
        auth,
        secrets=[token, app_secret.strip(), auth.proof],
        token_remedy=f"{remedy} Nothing of this run was stored.",
        stop_reason=_Stop(f"{remedy} Nothing of this run was stored."),
        is_transient=_is_transient,
        after_response=wait_for_turn,
        error_text=_error_text,
    )


class GraphPaginator(BasePaginator):
    """Walks a list by cursor.

    The last page has a cursor, too; only `paging.next` says that there is more. The
    link itself is not followed, because it carries the token.
    """

    def __init__(self) -> None:
        super().__init__()
        self._after: str | None = None

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        """Note the cursor of the next page, if there is one."""
        paging = response.json().get("paging") or {}
        self._after = (paging.get("cursors") or {}).get("after")
        self._has_next_page = bool(paging.get("next") and self._after)

    def update_request(self, request: Request) -> None:
        """Ask for what comes after the cursor."""
        if self._after is not None:
            params: Any = request.params or {}
            request.params = {**params, "after": self._after}


class _Stop:
    """Says why an answer must not be asked for again."""

    def __init__(self, token_remedy: str) -> None:
        self._token_remedy = token_remedy

    def __call__(self, response: Response) -> str | None:
        error = _error(_body(response))
        code = error.get("code")
        if code in TOKEN_CODES:
            return f"The token expired or was revoked. {self._token_remedy}"
        if code in DEAD_VERSION_CODES:
            return (
                "This version of the Marketing API is no longer answered. Set "
                "SOURCES__META_ADS__API_VERSION to a current one. Nothing of this run "
                "was stored."
            )
        if _is_too_much(error):
            return (
                "Meta could not compute so much at once, even for one day of one "
                "account. Load again later."
            )
        if code in PERMISSION_CODES or _is_unknown_object(error):
            # A 403 says so itself; Meta uses 400 as well.
            return None if response.status_code == 403 else "The token may not read it."
        minutes = _stated_minutes(response)
        if code in THROTTLE_CODES and minutes > MOST_MINUTES:
            return (
                f"Meta answers this app again in {minutes} minutes. Load again then, "
                "or apply for full access of the Marketing API. Nothing of this run was "
                "stored."
            )
        return None


def _is_transient(response: Response) -> bool:
    error = _error(_body(response))
    return (
        error.get("code") in (*THROTTLE_CODES, *FLEETING_CODES)
        or error.get("is_transient") is True
    )


def is_too_much(error: ApiError) -> bool:
    """Whether the query was too big, so that a smaller one may succeed."""
    return _is_too_much(_error(error.body))


def is_permission(error: ApiError) -> bool:
    """Whether the token may not read this, while it may read other things."""
    said = _error(error.body)
    return said.get("code") in PERMISSION_CODES or _is_unknown_object(said)


def is_expired_cursor(error: ApiError) -> bool:
    """Whether a page's cursor is no longer valid; only later pages have one."""
    return error.status == 400 and _error(error.body).get("code") == 100


def wait_for_turn(response: Response) -> None:
    """Wait as long as the next request must, judged by this response's headers."""
    minutes = _stated_minutes(response)
    usage = max(_percentages(response), default=0.0)
    if minutes:
        seconds = min(60.0 * minutes, LONGEST_WAIT_SECONDS)
    elif usage > USAGE_TO_SLOW_AT:
        over = min(usage, 100.0) - USAGE_TO_SLOW_AT
        seconds = LONGEST_PAUSE_SECONDS * over / (100 - USAGE_TO_SLOW_AT)
        seconds = min(seconds, LONGEST_WAIT_SECONDS)
    else:
        return
    if seconds > 0:
        time.sleep(seconds)


def _percentages(response: Response) -> Iterator[float]:
    """Yield how much of each limit is used up."""
    for use in (
        *_business_uses(response),
        _header(response, "x-fb-ads-insights-throttle"),
        _header(response, "x-app-usage"),
        _header(response, "x-ad-account-usage"),
    ):
        for name in (
            "call_count",
            "total_cputime",
            "total_time",
            "acc_id_util_pct",
            "app_id_util_pct",
        ):
            if isinstance(value := use.get(name), int | float):
                yield float(value)


def _stated_minutes(response: Response) -> int:
    minutes = [
        use.get("estimated_time_to_regain_access") or 0
        for use in _business_uses(response)
    ]
    return max((int(m) for m in minutes if isinstance(m, int | float)), default=0)


def _business_uses(response: Response) -> list[Mapping[str, Any]]:
    """Return the uses per business and kind of `x-business-use-case-usage`."""
    return [
        use
        for uses in _header(response, "x-business-use-case-usage").values()
        if isinstance(uses, list)
        for use in uses
        if isinstance(use, dict)
    ]


def _header(response: Response, name: str) -> Mapping[str, Any]:
    try:
        found = orjson.loads(response.headers.get(name) or b"{}")
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _body(response: Response) -> Json:
    try:
        return orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return None


def _error(body: Json) -> Mapping[str, Any]:
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else {}


def _is_too_much(error: Mapping[str, Any]) -> bool:
    return (
        error.get("error_subcode") in TOO_MUCH_SUBCODES
        or TOO_MUCH_WORDS in str(error.get("message", "")).lower()
    )


def _is_unknown_object(error: Mapping[str, Any]) -> bool:
    return (error.get("code"), error.get("error_subcode")) == UNKNOWN_OBJECT


def _error_text(body: Json) -> str:
    """Return Meta's own words, with the codes by which its support knows them."""
    error = _error(body)
    said = [error.get("message"), error.get("error_user_msg")]
    codes = [error.get("code"), error.get("error_subcode")]
    text = " ".join(str(part) for part in said if part)
    shown = "/".join(str(code) for code in codes if code)
    trace = error.get("fbtrace_id")
    return (
        f"{text} (code {shown}{f', trace {trace}' if trace else ''})" if error else ""
    )
