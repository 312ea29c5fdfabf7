"""Where the data API is; Salesforce takes a path with and without a last slash."""

from starlette.requests import Request

from ingestion.sandbox.server.vendors.salesforce.errors import refused

BASE = "/services/data/"
VERSIONS = tuple(f"v{number}.0" for number in range(31, 69))


def in_both_forms(rest: str) -> tuple[str, str]:
    """Return an endpoint's path in both forms, for every version."""
    path = f"{BASE}{{version}}/{rest}"
    return path, f"{path}/"


def check_version(request: Request) -> None:
    """Refuse a version that is retired or not out yet.

    Raises:
        Refusal: 404.
    """
    if request.path_params.get("version") not in VERSIONS:
        raise refused(404, "NOT_FOUND", "The requested resource does not exist")
