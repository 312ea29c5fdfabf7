"""Salesforce's errors: a JSON list for data, an object for OAuth."""

from ingestion.sandbox.server.gate import Refusal


def refused(status: int, code: str, message: str, **more: object) -> Refusal:
    """Return an error of the data API."""
    return Refusal(status, [{"message": message, "errorCode": code, **more}])


def oauth_error(error: str, description: str) -> Refusal:
    """Return an error of the token endpoint."""
    return Refusal(400, {"error": error, "error_description": description})


def malformed(message: str) -> Refusal:
    """Return the answer to SOQL that cannot be parsed."""
    return refused(400, "MALFORMED_QUERY", message)


def invalid_field(message: str) -> Refusal:
    """Return the answer to a field that cannot be used so."""
    return refused(400, "INVALID_FIELD", message)


def no_such_column(field: str, entity: str) -> Refusal:
    """Return the answer to a field that does not exist, or is hidden."""
    message = (
        f"No such column '{field}' on entity '{entity}'. If you are attempting to use "
        "a custom field, be sure to append the '__c' after the custom field name. "
        "Please reference your WSDL or the describe call for the appropriate names."
    )
    return invalid_field(message)


def invalid_type(name: str) -> Refusal:
    """Return the answer to an SObject that does not exist, or is hidden."""
    return refused(400, "INVALID_TYPE", f"sObject type '{name}' is not supported.")


def invalid_locator() -> Refusal:
    """Return the answer to a cursor that expired or never was."""
    return refused(400, "INVALID_QUERY_LOCATOR", "invalid query locator")


def invalid_session() -> Refusal:
    """Return the answer to a token that expired, was revoked, or never was."""
    return refused(401, "INVALID_SESSION_ID", "Session expired or invalid")


def not_found() -> Refusal:
    """Return the answer to what is not there."""
    return refused(404, "NOT_FOUND", "The requested resource does not exist")


def limit_exceeded(policy: str) -> Refusal:
    """Return the answer to too many requests: in a day, or at once (CONCURRENT)."""
    message = "TotalRequests Limit exceeded."
    if policy == "CONCURRENT":
        message = "ConcurrentRequests (Concurrent API Requests) Limit exceeded."
    return refused(403, "REQUEST_LIMIT_EXCEEDED", message)
