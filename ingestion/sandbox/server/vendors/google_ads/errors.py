"""Errors as Google Ads writes them: google.rpc.Status around a GoogleAdsFailure."""

from contextvars import ContextVar
from typing import Any

from ingestion.sandbox.server.gate import Refusal

_FAILURE = "type.googleapis.com/google.ads.googleads.v26.errors.GoogleAdsFailure"
_STATUSES = {
    400: ("INVALID_ARGUMENT", "Request contains an invalid argument."),
    401: (
        "UNAUTHENTICATED",
        (
            "Request had invalid authentication credentials. Expected OAuth 2 access "
            "token, login cookie or other valid authentication credential."
        ),
    ),
    403: ("PERMISSION_DENIED", "The caller does not have permission"),
    429: ("RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota)."),
    500: ("INTERNAL", "Internal error encountered."),
    503: ("UNAVAILABLE", "The service is currently unavailable."),
    504: ("DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
}
# Whether the request at hand is a stream: its errors come in a list.
is_stream: ContextVar[bool] = ContextVar("is_stream", default=False)


def refusal(
    status: int,
    kind: str = "",
    code: str = "",
    message: str = "",
    details: dict[str, Any] | None = None,
) -> Refusal:
    """Return an error.

    Args:
        status: the HTTP status.
        kind: the field of ErrorCode, such as queryError; "" for a plain status.
        code: its constant.
        message: what is wrong.
        details: of the GoogleAdsError.
    """
    name, text = _STATUSES.get(status, ("UNKNOWN", "Unknown error."))
    error: dict[str, Any] = {"code": status, "message": text, "status": name}
    if kind:
        one: dict[str, Any] = {"errorCode": {kind: code}, "message": message}
        one |= {"details": details} if details else {}
        failure = {"@type": _FAILURE, "errors": [one], "requestId": "sandbox"}
        error["details"] = [failure]
    elif message:
        error["message"] = message
    body = {"error": error}
    return Refusal(status, [body] if is_stream.get() else body)


def query_error(code: str, message: str) -> Refusal:
    """Return the 400 of a query that cannot be answered."""
    return refusal(400, "queryError", code, message)


def request_error(code: str, message: str) -> Refusal:
    """Return the 400 of a request that is wrong around its query."""
    return refusal(400, "requestError", code, message)
