"""How a WordPress site is asked: who we are, whole lists, and when a list is short.

WordPress answers a wrong password like no password: with what is public, and 200. So
every request asks for `context=edit`, which strangers are refused, and the first one
asks who we are.
"""

from typing import Any

from dlt.sources.helpers.rest_client.paginators import BasePaginator
from requests import Request, Response
from requests.auth import HTTPBasicAuth

from ingestion.records import RawTable
from ingestion.rest import Api, ApiError, Json, Page

PAGE = 100  # the most that WordPress gives
# A list of page numbers slides when something in it is deleted while we read.
MOST_READINGS = 3
PAST_THE_END = "rest_post_invalid_page_number"
REMEDY = (
    "Set SOURCES__WORDPRESS__USERNAME and SOURCES__WORDPRESS__APPLICATION_PASSWORD to a "
    "user and one of its application passwords (in WordPress: Users, Profile, "
    "Application Passwords); a proxy or host that strips the Authorization header has "
    "the same effect."
)
ROLE = (
    "Give the user the role Editor (Administrator, to read users), or another user's "
    "application password to SOURCES__WORDPRESS__APPLICATION_PASSWORD."
)
# Anonymous and merely unprivileged requests get the same codes; the status differs.
_FORBIDDEN_CODES = ("rest_forbidden_status", "rest_forbidden_context")


class Site:
    """One WordPress site, read as one of its users.

    Args:
        base_url: the site's address; with plain permalinks `https://SITE/?rest_route=`.
        username: the user's login name.
        application_password: one of its application passwords.
    """

    def __init__(self, base_url: str, username: str, application_password: str) -> None:
        self._missing = [
            name
            for name, value in (
                ("USERNAME", username),
                ("APPLICATION_PASSWORD", application_password),
            )
            if not value.strip()
        ]
        plain = "rest_route=" in base_url
        self._api = Api(
            "wordpress",
            base_url if plain else f"{base_url.rstrip('/')}/wp-json",
            # Header values are Latin-1 unless encoded, and logins can be Persian.
            HTTPBasicAuth(
                username.encode(), application_password.replace(" ", "").encode()
            ),
            secrets=[application_password, application_password.replace(" ", "")],
            token_remedy=f"{REMEDY} Nothing of this run was stored.",
            stop_reason=_stop_reason,
            error_text=_error_text,
        )
        self._is_known = False

    def check_identity(self) -> None:
        """Make sure that WordPress knows us, once per load.

        Raises:
            ApiError: it takes us for a stranger.
        """
        if self._missing:
            names = " and ".join(f"SOURCES__WORDPRESS__{one}" for one in self._missing)
            message = f"wordpress: {names} is empty. {REMEDY} Nothing was requested."
            raise ApiError(message)
        if not self._is_known:
            self._api.fetch("wp/v2/users/me", needs="id", params={"context": "edit"})
            self._is_known = True

    def listed(
        self, table: RawTable, params: dict[str, Any], fields: str
    ) -> tuple[list[Json], int]:
        """Return all records of a list and how often one was sent again.

        The list is read again when it changed while it was read; one that stays short
        of its own total fails, so that no record is missing in silence.

        Args:
            table: the table; its name is the collection's.
            params: which records.
            fields: which fields (`_fields`).

        Raises:
            ApiError: the site left out records, or refuses.
        """
        self.check_identity()
        query = {"context": "edit", "per_page": PAGE, "_fields": fields, **params}
        said = "its list changes while it is read"
        for _ in range(MOST_READINGS):
            try:
                pages = list(
                    self._api.answers(
                        f"wp/v2/{table.name}", PageNumbers(), select="", params=query
                    )
                )
            except ApiError as error:
                if code_of(error.body) == PAST_THE_END:
                    continue
                raise
            records, repeated = _once(pages)
            totals = {_total(table, page) for page in pages}
            if totals == {len(records)}:
                return records, repeated
            shown = " or ".join(f"{total:,}" for total in sorted(totals))
            said = f"the site has {shown}, {len(records):,} arrived"
        message = (
            f"wordpress: {table.name} left out records: {said}, in {MOST_READINGS} "
            f"readings. WordPress skips what the user may not edit. {ROLE} If the role "
            "is right, a plugin or cache changes the list: load again later. Nothing of "
            "this run was stored."
        )
        raise ApiError(message)

    def total(self, table: RawTable, params: dict[str, Any]) -> int:
        """Return how many records a list has."""
        self.check_identity()
        query = {"context": "edit", "per_page": 1, "_fields": "id", **params}
        path = f"wp/v2/{table.name}"
        answer = next(
            self._api.answers(path, PageNumbers(), select="", params=query), None
        )
        return _total(table, answer) if answer else 0


class PageNumbers(BasePaginator):
    """Walks `page=1, 2, …` to the `X-WP-TotalPages` of the last answer.

    The `Link` header would lead to wherever the site believes it lives, which behind a
    proxy is at times another host.
    """

    def __init__(self) -> None:
        super().__init__()
        self._page = 1

    def init_request(self, request: Request) -> None:
        """Ask for the first page."""
        self._set(request)

    def update_state(self, response: Response, data: list[Any] | None = None) -> None:
        """Note whether there is a page after this one."""
        pages = response.headers.get("X-WP-TotalPages", "")
        self._has_next_page = pages.isdecimal() and self._page < int(pages)
        self._page += 1

    def update_request(self, request: Request) -> None:
        """Ask for the next page."""
        self._set(request)

    def _set(self, request: Request) -> None:
        params: Any = request.params or {}
        request.params = {**params, "page": self._page}


def code_of(body: Json) -> str:
    """Return WordPress's code of an error body."""
    return str(body.get("code") or "") if isinstance(body, dict) else ""


def _once(pages: list[Page]) -> tuple[list[Json], int]:
    """Return the records of all pages without those sent again, and their number.

    What has no id is kept: it is counted by the site, and quarantined later.
    """
    found: dict[Any, Json] = {}
    repeated = 0
    for page in pages:
        for record in page.records:
            record_id = record.get("id") if isinstance(record, dict) else None
            key = ("no id", len(found)) if record_id is None else record_id
            repeated += key in found
            found[key] = record
    return list(found.values()), repeated


def _total(table: RawTable, page: Page) -> int:
    total = page.headers.get("X-WP-Total", "")
    if total.isdecimal():
        return int(total)
    message = (
        f"wordpress: the list of {table.name} came without X-WP-Total, so nobody can "
        "say whether it is whole. Let the site's proxy or cache pass the header, or "
        "bypass it for /wp-json. Nothing of this run was stored."
    )
    raise ApiError(message)


def _stop_reason(response: Response) -> str | None:
    try:
        body = response.json()
    except ValueError:
        return None
    code = code_of(body)
    if code == "rest_invalid_param" and "rest_forbidden_status" in response.text:
        return f"The user may not read every status. {ROLE}"
    if code in _FORBIDDEN_CODES and response.status_code == 401:
        return f"WordPress takes the request for a stranger's. {REMEDY}"
    if code in ("rest_cannot_access", "rest_disabled", "rest_login_required"):
        return "A plugin closes the site's REST API. Allow it for this user."
    if code == "rest_no_route":
        return (
            "The site has no such route: SOURCES__WORDPRESS__BASE_URL must be the "
            "site's address (its REST API is WordPress's own, version 2)."
        )
    return None


def _error_text(body: Json) -> str:
    said = [code_of(body), body.get("message")] if isinstance(body, dict) else []
    return ": ".join(str(part) for part in said if part)
