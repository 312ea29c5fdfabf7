"""Zendesk's two ways of paging a list: by cursor, and by number."""

import base64
import binascii
from collections import OrderedDict
from collections.abc import Callable, Sequence

from starlette.requests import Request

from ingestion.sandbox.server.collection import Item, id_order
from ingestion.sandbox.server.gate import Body
from ingestion.sandbox.server.vendors.zendesk import errors

MOST = 100
DEEPEST = 10_000
SORTABLE = ("id", "updated_at")
# Lists that are kept in order for their next page.
REMEMBERED = 8


def encoded(text: str) -> str:
    """Return a cursor."""
    return base64.urlsafe_b64encode(text.encode()).decode()


def decoded(cursor: str) -> str:
    """Return what a cursor says.

    Raises:
        Refusal: it is no cursor.
    """
    try:
        return base64.urlsafe_b64decode(cursor).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise errors.bad_cursor() from None


def whole(request: Request, name: str, default: int) -> int:
    """Return a parameter as a whole number of 1 or more.

    Raises:
        Refusal: it is none.
    """
    text = request.query_params.get(name)
    if text is None:
        return default
    if not text.isdecimal() or int(text) < 1:
        raise errors.invalid("InvalidValue", f"{name} is invalid: {text}")
    return int(text)


class Listing:
    """Lists as they were asked for, in order; readers page through a few at a time."""

    def __init__(self) -> None:
        self._lists: OrderedDict[tuple, tuple[list[Item], dict[str, int]]] = (
            OrderedDict()
        )

    def page(
        self, request: Request, name: str, find: Callable[[], Sequence[Item]]
    ) -> Body:
        """Return the page that a request asks for.

        Args:
            request: with `page[size]` by cursor, else by number.
            name: the envelope's field.
            find: returns the whole list that the request is about.
        """
        query = request.query_params
        if "page[size]" not in query and "page[after]" not in query:
            return _by_number(request, name, find())
        pages = ("page[size]", "page[after]")
        asked = sorted((key, query[key]) for key in query if key not in pages)
        whole_list = (request.url.path, *asked)
        if whole_list not in self._lists:
            ordered = _in_order(request, find())
            ids = [str(item.get("id")) for item in ordered]
            positions = {identifier: n for n, identifier in enumerate(ids)}
            self._lists[whole_list] = ordered, positions
            if len(self._lists) > REMEMBERED:
                self._lists.popitem(last=False)
        self._lists.move_to_end(whole_list)
        return _by_cursor(request, name, *self._lists[whole_list])


def _in_order(request: Request, items: Sequence[Item]) -> list[Item]:
    # `sort_by` and `sort_order` belong to numbered pages and change nothing here.
    sort = request.query_params.get("sort", "id")
    field = sort.removeprefix("-")
    if field not in SORTABLE:
        detail = f"sort is not valid: {sort}"
        raise errors.invalid("InvalidPaginationParameter", detail)

    def key(item: Item) -> tuple:
        identifier = id_order(str(item.get("id")))
        return identifier if field == "id" else (str(item.get(field)), identifier)

    return sorted(items, key=key, reverse=sort.startswith("-"))


def _by_cursor(
    request: Request, name: str, ordered: list[Item], positions: dict[str, int]
) -> Body:
    size = whole(request, "page[size]", MOST)
    if size > MOST:
        detail = f"page[size] cannot be greater than {MOST}"
        raise errors.invalid("InvalidPaginationParameter", detail)
    start = 0
    if after := request.query_params.get("page[after]"):
        last = positions.get(decoded(after).removeprefix("o:"))
        if last is None:
            raise errors.bad_cursor()
        start = last + 1
    page = ordered[start : start + size]
    has_more = start + size < len(ordered)
    ends = [encoded(f"o:{item.get('id')}") for item in (page[:1] + page[-1:])]
    before, last_one = (ends[0], ends[-1]) if ends else (None, None)
    url = request.url.include_query_params
    return {
        name: page,
        "meta": {
            "has_more": has_more,
            "after_cursor": last_one,
            "before_cursor": before,
        },
        "links": {
            "prev": None,
            "next": str(url(**{"page[after]": last_one})) if has_more else None,
        },
    }


def _by_number(request: Request, name: str, items: Sequence[Item]) -> Body:
    number, size = whole(request, "page", 1), whole(request, "per_page", MOST)
    size = min(size, MOST)
    start = (number - 1) * size
    if start + size > DEEPEST and number > 1:
        detail = f"Number of results requested exceeds the limit of {DEEPEST}"
        raise errors.invalid("InvalidPaginationDepth", detail)
    url = request.url.include_query_params
    has_next = start + size < len(items)
    return {
        name: list(items[start : start + size]),
        "next_page": str(url(page=number + 1)) if has_next else None,
        "previous_page": str(url(page=number - 1)) if number > 1 else None,
        "count": len(items),
    }
