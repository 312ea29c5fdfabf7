"""Zendesk's error bodies: one kind of API, four kinds of envelope."""

from ingestion.sandbox.server.gate import Refusal


def not_authenticated() -> Refusal:
    """Return the 401 of a request without credentials, or with a wrong API token."""
    return Refusal(401, {"error": "Couldn't authenticate you"})


def invalid_token() -> Refusal:
    """Return the 401 of an OAuth token that is unknown, expired or revoked."""
    body = {
        "error": "invalid_token",
        "error_description": "The access token provided is expired, revoked, malformed "
        "or invalid for other reasons.",
    }
    return Refusal(401, body)


def forbidden() -> Refusal:
    """Return the 403 of a plan or a role that lacks a resource."""
    message = (
        "You do not have access to this page. Please contact the account owner of this "
        "help desk for further help."
    )
    return Refusal(403, {"error": {"title": "Forbidden", "message": message}})


def not_found() -> Refusal:
    """Return the 404 of a record."""
    return Refusal(404, {"error": "RecordNotFound", "description": "Not found"})


def invalid(code: str, detail: str) -> Refusal:
    """Return the 400 of a wrong parameter."""
    error = {"code": code, "title": "Invalid parameter", "detail": detail}
    return Refusal(400, {"errors": [error]})


def bad_cursor() -> Refusal:
    """Return the 400 of a cursor that is none, or is no longer one."""
    return invalid("InvalidPaginationParameter", "The cursor is not valid")


def too_recent() -> Refusal:
    """Return the 422 of an export that would begin in the last minute."""
    description = "Too recent start_time. Use a start_time older than 60 seconds"
    body = {"error": "StartTimeTooRecent", "description": description}
    return Refusal(422, body)
