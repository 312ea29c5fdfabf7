"""Error bodies of the Graph API: one envelope, told apart by code and subcode."""

from typing import Any

from ingestion.sandbox.server.gate import Refusal


def graph_error(
    status: int,
    code: int,
    message: str,
    *,
    subcode: int | None = None,
    kind: str = "OAuthException",
    is_transient: bool = False,
    said: str = "",
) -> Refusal:
    """Return an answer in Meta's envelope.

    Args:
        status: the HTTP status.
        code: what kind of error it is.
        message: Meta's words for developers.
        subcode: what it is more exactly.
        kind: the exception's name.
        is_transient: whether Meta says that the same request may succeed later.
        said: Meta's words for users.
    """
    error: dict[str, Any] = {
        "message": message,
        "type": kind,
        "code": code,
        "is_transient": is_transient,
        "fbtrace_id": "AzafranSandbox",
    }
    if subcode is not None:
        error["error_subcode"] = subcode
    if said:
        error["error_user_title"] = "Error"
        error["error_user_msg"] = said
    return Refusal(status, {"error": error})


def invalid(message: str, subcode: int | None = None) -> Refusal:
    """Return a 400: a parameter is wrong."""
    return graph_error(400, 100, f"(#100) {message}", subcode=subcode)


def unknown_object(node_id: str) -> Refusal:
    """Return the answer to an id that does not exist or may not be seen."""
    return graph_error(
        400,
        100,
        f"Unsupported get request. Object with ID '{node_id}' does not exist, cannot be "
        "loaded due to missing permissions, or does not support this operation.",
        subcode=33,
        kind="GraphMethodException",
    )


def bad_token(message: str, subcode: int) -> Refusal:
    """Return the answer to a token that is missing, wrong, expired or revoked."""
    return graph_error(400, 190, message, subcode=subcode)


def throttled(code: int, minutes: int) -> Refusal:
    """Return the answer to too many calls: a 400 whose code says so."""
    whom = {4: "application", 17: "user", 80000: "ad-account"}.get(code, "ad-account")
    return graph_error(
        400,
        code,
        f"(#{code}) There have been too many calls from this {whom}. Wait a bit and try "
        "again.",
        subcode=2446079,
        said=f"Wait {minutes} minutes." if minutes else "",
    )


def too_much_data() -> Refusal:
    """Return the answer to a query that is too big to be computed."""
    return graph_error(
        500,
        1,
        "Please reduce the amount of data you're asking for, then retry your request",
    )
