"""HubSpot's error bodies."""

from ingestion.sandbox.server.gate import Refusal

RATE_LIMIT = "RATE_LIMIT"


class HubSpotError(Refusal):
    """An answer that is an error; `fields` go into its body beside the usual ones."""

    def __init__(
        self, status: int, category: str | None, message: str, **fields: object
    ) -> None:
        body: dict[str, object] = {"status": "error", "message": message}
        if category is not None:
            body["category"] = category
        super().__init__(status, {**body, **fields})


def invalid(message: str, **fields: object) -> HubSpotError:
    """Return a 400: the request itself is wrong."""
    return HubSpotError(400, "VALIDATION_ERROR", message, **fields)


def not_found(message: str, **context: list[str]) -> HubSpotError:
    """Return a 404."""
    return HubSpotError(404, "OBJECT_NOT_FOUND", message, context=context)


def unauthorized(message: str) -> HubSpotError:
    """Return a 401: no token, or one that HubSpot does not know."""
    return HubSpotError(401, "INVALID_AUTHENTICATION", message)


def missing_scope(scope: str) -> HubSpotError:
    """Return a 403: the token lacks a scope."""
    message = (
        "This app hasn't been granted all required scopes to make this call. "
        "Read more about required scopes here: https://developers.hubspot.com/scopes."
    )
    needed = {
        "message": "One or more of the following scopes are required.",
        "context": {"requiredGranularScopes": [scope]},
    }
    return HubSpotError(403, "MISSING_SCOPES", message, errors=[needed])


def rate_limited(policy: str) -> HubSpotError:
    """Return a 429 of a policy: TEN_SECONDLY_ROLLING, SECONDLY or DAILY."""
    message = f"You have reached your {policy.lower()} limit."
    return HubSpotError(
        429,
        None,
        message,
        errorType=RATE_LIMIT,
        policyName=policy,
    )


def server_error(status: int) -> HubSpotError:
    """Return an error that is HubSpot's own fault, or a lock or migration."""
    names = {
        423: ("LOCKED", "The resource is currently locked."),
        477: ("MIGRATION_IN_PROGRESS", "This account is being migrated."),
        503: ("SERVICE_UNAVAILABLE", "The service is temporarily unavailable."),
        504: ("TIMEOUT", "The request timed out."),
    }
    category, message = names.get(
        status, ("INTERNAL_ERROR", "There was a problem processing the request.")
    )
    return HubSpotError(status, category, message)
