"""The site behind both APIs: lists, single reads, the activity feed."""

from typing import Any

from starlette.requests import Request

from ingestion.sandbox.server.gate import Body
from ingestion.sandbox.server.store import Store
from ingestion.sandbox.server.vendors.ghost import public
from ingestion.sandbox.server.vendors.ghost.collections import (
    COLLECTIONS,
    Record,
    matches,
    ordered,
    shown,
)
from ingestion.sandbox.server.vendors.ghost.dialect import (
    CONTENT_VERSION,
    not_found,
    refusal,
)
from ingestion.sandbox.server.vendors.ghost.events import Feed

DEFAULT_LIMIT, MOST_PER_PAGE = 15, 100
# Where a record is known from when its collection has no file.
_FROM_POSTS = {"tags": "tags", "users": "authors", "tiers": "tiers"}


class Site:
    """Answers every route over one data directory."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._records: dict[str, list[Record]] = {}
        self._feed = Feed(store.lines("ghost", "member_events"))

    def about(self, request: Request) -> Body:
        """Answer what anybody may know."""
        site = {
            "title": "Sandbox",
            "description": "",
            "url": str(request.base_url),
            "version": CONTENT_VERSION.removeprefix("v"),
        }
        return {"site": site}

    def closed(self, request: Request) -> Body:
        """Refuse what no integration may read."""
        raise refusal(
            403,
            "NoPermissionError",
            "API tokens do not have permission to access this endpoint",
        )

    def listing(self, request: Request) -> Body:
        """Answer one page of a collection of the Admin API."""
        collection = COLLECTIONS.get(request.path_params["collection"])
        if collection is None:
            raise not_found("Resource not found")
        query = request.query_params
        records = self._all(collection.name)
        known = {name for one in records for name in one}
        test = matches(query.get("filter", ""), known)
        found = [one for one in records if test(one)]
        if searched := query.get("search", "").lower():
            found = [
                one
                for one in found
                if searched in f"{one.get('email')} {one.get('name')}".lower()
            ]
        found = ordered(found, query.get("order") or collection.order)
        page, limit = _number(query.get("page"), 1), _limit(query.get("limit"))
        start = (page - 1) * limit
        rows = [
            shown(
                collection,
                one,
                include=_words(query.get("include")),
                fields=_words(query.get("fields")),
                formats=_words(query.get("formats")),
                is_single=False,
            )
            for one in found[start : start + limit]
        ]
        return {
            collection.name: rows,
            "meta": {"pagination": pagination(page, limit, len(found))},
        }

    def single(self, request: Request) -> Body:
        """Answer one record, by id or by another unique field (`slug/<slug>`)."""
        name = request.path_params["collection"]
        collection = COLLECTIONS.get(name)
        if collection is None:
            raise not_found("Resource not found")
        record = self._find(request, self._all(name), name)
        query = request.query_params
        found = shown(
            collection,
            record,
            include=_words(query.get("include")),
            fields=_words(query.get("fields")),
            formats=_words(query.get("formats")),
            is_single=True,
        )
        if name == "members":
            found["attribution"] = self._attribution(record["id"])
        return {name: [found]}

    def events(self, request: Request) -> Body:
        """Answer the activity feed."""
        query = request.query_params
        text = query.get("limit", "10")
        limit = min(_number(text, 10), MOST_PER_PAGE)
        events, total = self._feed.page(query.get("filter", ""), limit)
        meta = {
            # As it was sent, and no way to another page.
            "limit": text if "limit" in query else limit,
            "total": total,
            "pages": -(-total // limit),
            "page": None,
            "next": None,
            "prev": None,
        }
        return {"events": events, "meta": {"pagination": meta}}

    def settings(self, request: Request) -> Body:
        """Answer the public settings."""
        url = str(request.base_url)
        return {"settings": {"title": "Sandbox", "url": url, "lang": "de"}, "meta": {}}

    def public_listing(self, request: Request) -> Body:
        """Answer one page of a collection of the Content API."""
        name = request.path_params["collection"]
        records = self._public(name)
        query = request.query_params
        test = matches(query.get("filter", ""), {key for one in records for key in one})
        found = [one for one in records if test(one)]
        order = "published_at desc" if name in ("posts", "pages") else "name asc"
        found = ordered(found, query.get("order") or order)
        page, limit = _number(query.get("page"), 1), _limit(query.get("limit"))
        rows = found[(page - 1) * limit : page * limit]
        return {
            name: [self._publicly_shown(request, one) for one in rows],
            "meta": {"pagination": pagination(page, limit, len(found))},
        }

    def public_single(self, request: Request) -> Body:
        """Answer one record of the Content API."""
        name = request.path_params["collection"]
        record = self._find(request, self._public(name), name)
        return {name: [self._publicly_shown(request, record)]}

    def _public(self, name: str) -> list[Record]:
        if name not in public.COLLECTIONS:
            raise not_found("Resource not found")
        return public.records(name, self._all("users" if name == "authors" else name))

    def _publicly_shown(self, request: Request, record: Record) -> Record:
        query = request.query_params
        return public.shown(
            record,
            include=_words(query.get("include")),
            fields=_words(query.get("fields")),
            formats=_words(query.get("formats")),
        )

    def _find(self, request: Request, records: list[Record], name: str) -> Record:
        parameters = request.path_params
        key, value = parameters.get("key", "id"), parameters.get("value")
        value = value or parameters["record_id"]
        for record in records:
            if key in ("id", "slug", "email") and record.get(key) == value:
                return record
        singular = name.removesuffix("s")
        message = f"Resource not found error, cannot read {singular}."
        raise not_found(message, f"{singular.title()} not found.")

    def _all(self, name: str) -> list[Record]:
        if name not in self._records:
            lines = self._store.lines("ghost", name)
            records: list[Record] = []
            for row, record in enumerate(lines):
                if not isinstance(record.get("id"), str) or not record["id"]:
                    raise lines.error(row, "no 'id'")
                records.append(record)
            if not records and name in _FROM_POSTS:
                records = list(self._known_from_posts(_FROM_POSTS[name]).values())
            self._records[name] = records
        return self._records[name]

    def _known_from_posts(self, relation: str) -> dict[str, Record]:
        return {
            one["id"]: one
            for post in [*self._all("posts"), *self._all("pages")]
            for one in post.get(relation) or []
            if isinstance(one, dict) and one.get("id")
        }

    def _attribution(self, member_id: str) -> Any:  # noqa: ANN401
        text = f"type:signup_event+data.member_id:'{member_id}'"
        events, _ = self._feed.page(text, 1)
        return events[0]["data"].get("attribution") if events else None


def pagination(page: int, limit: int, total: int) -> Record:
    """Return what Ghost says of a page; beyond the end it still names a next one."""
    pages = max(-(-total // limit), 1)
    return {
        "page": page,
        "limit": limit,
        "pages": pages,
        "total": total,
        "next": None if page == pages else page + 1,
        "prev": page - 1 if page > 1 else None,
    }


def _limit(text: str | None) -> int:
    """Return the rows of a page: `all` and what is too much become the most."""
    if text == "all":
        return MOST_PER_PAGE
    return min(_number(text, DEFAULT_LIMIT), MOST_PER_PAGE)


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and int(text) else default


def _words(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]
