"""The site: its collections, who may see what, which fields and which page of it."""

from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from ingestion.sandbox.server.gate import Answer, Body
from ingestion.sandbox.server.store import Store
from ingestion.sandbox.server.vendors.wordpress.collections import (
    COLLECTIONS,
    Kind,
    Record,
    ordered,
    passes,
)
from ingestion.sandbox.server.vendors.wordpress.dialect import (
    USERNAME,
    past_the_end,
    refusal,
)
from ingestion.sandbox.server.vendors.wordpress.parameters import Parameters

MOST_PER_PAGE = 100
CONTEXTS = ("view", "embed", "edit")


class Site:
    """Answers every route over one data directory."""

    def __init__(self, store: Store) -> None:
        self._store = store
        about = store.table("wordpress")
        zone = about.get("timezone") or store.description.get("reporting_timezone")
        self._zone = ZoneInfo(zone or "UTC")
        self._username = about.get("username", USERNAME)
        self._records: dict[str, list[Record]] = {}

    def index(self, request: Request) -> Body:
        """Answer the discovery document."""
        offset = self._store.clock.astimezone(self._zone).utcoffset()
        return {
            "name": "Sandbox",
            "description": "",
            "url": str(request.base_url).rstrip("/"),
            "home": str(request.base_url).rstrip("/"),
            "gmt_offset": offset.total_seconds() / 3600 if offset else 0,
            "timezone_string": str(self._zone),
            "namespaces": ["wp/v2"],
            "authentication": {},
            "routes": {f"/wp/v2/{name}": {"methods": ["GET"]} for name in COLLECTIONS},
        }

    def plain(self, request: Request) -> Body:
        """Answer `/?rest_route=/wp/v2/…`, the route of a site with plain permalinks."""
        route = request.query_params.get("rest_route")
        if route is None:
            return Response("<!doctype html><title>Sandbox</title>", 200)
        parts = [part for part in route.split("/") if part]
        if not parts:
            return self.index(request)
        if parts == ["wp", "v2", "users", "me"]:
            return self.me(request)
        if parts[:2] == ["wp", "v2"] and len(parts) in (3, 4):
            request.path_params["collection"] = parts[2]
            request.path_params["record_id"] = parts[-1]
            return self.listing(request) if len(parts) == 3 else self.single(request)
        raise _no_route()

    def me(self, request: Request) -> Body:
        """Answer who asks."""
        if not request.state.is_known:
            message = "You are not currently logged in."
            raise refusal(401, "rest_not_logged_in", message)
        parameters = Parameters(request, self._zone)
        context = parameters.one_of("context", CONTEXTS, "view")
        users = self._all("users")
        user = next((u for u in users if u.get("username") == self._username), None)
        user = user or {
            "id": 1,
            "username": self._username,
            "name": self._username,
            "slug": self._username,
            "roles": ["administrator"],
        }
        return _shown(COLLECTIONS["users"], user, context, parameters)

    def listing(self, request: Request) -> Body:
        """Answer one page of a collection."""
        kind = _kind(request)
        parameters = Parameters(request, self._zone)
        context = self._context(request, kind, parameters)
        statuses = self._statuses(request, kind, parameters)
        found = [
            record
            for record in self._all(kind.name)
            if (statuses is None or record.get("status") in statuses)
            and passes(kind, record, parameters)
        ]
        if kind.name == "users" and not request.state.is_known:
            # The public sees only who has published something.
            authors = {
                post.get("author")
                for name in ("posts", "pages")
                for post in self._all(name)
                if post.get("status") == "publish"
            }
            found = [user for user in found if user["id"] in authors]
        found = ordered(kind, found, parameters)
        size = parameters.number("per_page", 10, 1, MOST_PER_PAGE)
        page = parameters.number("page", 1, 1, 2**31)
        start = parameters.number("offset", (page - 1) * size, 0, 2**31)
        pages = -(-len(found) // size)
        if page > max(pages, 1) and kind.refuses_late_pages:
            raise past_the_end()
        headers = {"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(pages)}
        if link := _link(request, page, pages):
            headers["Link"] = link
        shown = [
            _shown(kind, record, context, parameters)
            for record in found[start : start + size]
        ]
        return Answer(shown, headers={"Allow": "GET", **headers})

    def single(self, request: Request) -> Body:
        """Answer one record."""
        kind = _kind(request)
        parameters = Parameters(request, self._zone)
        context = self._context(request, kind, parameters)
        wanted = request.path_params["record_id"]
        if not wanted.isdecimal():
            raise _no_route()
        for record in self._all(kind.name):
            if record["id"] == int(wanted):
                is_public = record.get("status") in (None, "publish", "approved")
                if not is_public and not request.state.is_known:
                    message = "Sorry, you are not allowed to do that."
                    raise refusal(401, "rest_forbidden", message)
                return _shown(kind, record, context, parameters)
        raise refusal(404, kind.missing_code, kind.missing_message)

    def _all(self, name: str) -> list[Record]:
        if name not in self._records:
            lines = self._store.lines("wordpress", name)
            records: list[Record] = []
            for row, record in enumerate(lines):
                if not isinstance(record.get("id"), int):
                    raise lines.error(row, "no whole number 'id'")
                records.append(record)
            self._records[name] = records
        return self._records[name]

    def _context(self, request: Request, kind: Kind, parameters: Parameters) -> str:
        context = parameters.one_of("context", CONTEXTS, "view")
        if context == "edit" and not request.state.is_known:
            raise refusal(401, "rest_forbidden_context", kind.edit_refusal)
        return context

    def _statuses(
        self, request: Request, kind: Kind, parameters: Parameters
    ) -> set[str] | None:
        """Return the statuses asked for; None where the kind has none."""
        if not kind.statuses:
            return None
        asked = parameters.texts("status") or [kind.default_status]
        if asked != [kind.default_status] and not request.state.is_known:
            raise kind.status_refusal()
        found: set[str] = set()
        for status in asked:
            found |= kind.status(status)
        return found


def _kind(request: Request) -> Kind:
    kind = COLLECTIONS.get(request.path_params["collection"])
    if kind is None:
        raise _no_route()
    return kind


def _no_route() -> Exception:
    message = "No route was found matching the URL and request method."
    return refusal(404, "rest_no_route", message)


def _shown(kind: Kind, record: Record, context: str, parameters: Parameters) -> Record:
    """Return a record as a context shows it, cut down to `_fields`."""
    shown = dict(record)
    if context != "edit":
        for name in kind.edit_fields:
            shown.pop(name, None)
        for name, value in shown.items():
            if isinstance(value, dict) and "raw" in value:
                shown[name] = {k: v for k, v in value.items() if k != "raw"}
    base = f"/wp-json/wp/v2/{kind.name}"
    shown["_links"] = {
        "self": [{"href": f"{base}/{record['id']}"}],
        "collection": [{"href": base}],
    }
    wanted = parameters.texts("_fields")
    return _only(shown, wanted) if wanted else shown


def _only(record: Record, fields: list[str]) -> Record:
    """Return the fields; `title.rendered` takes a part of one."""
    found: Record = {}
    for field in fields:
        name, _, part = field.partition(".")
        if name not in record:
            continue
        value = record[name]
        if not part:
            found[name] = value
        elif isinstance(value, dict) and part in value:
            known = found.get(name)
            found[name] = {
                **(known if isinstance(known, dict) else {}),
                part: value[part],
            }
    return found


def _link(request: Request, page: int, pages: int) -> str:
    def to(number: int, relation: str) -> str:
        return f'<{request.url.include_query_params(page=number)}>; rel="{relation}"'

    links = [to(page - 1, "prev")] if page > 1 else []
    links += [to(page + 1, "next")] if page < pages else []
    return ", ".join(links)
