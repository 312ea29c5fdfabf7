"""Zendesk's two ways of paging a list: by cursor, and by number."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request

from ingestion.sandbox.server.collection import Item, id_order
from ingestion.sandbox.server.gate import Body
from ingestion.sandbox.server.vendors.zendesk import errors

MOST = 100
DEEPEST = 10_000
SORTABLE = ("id", "updated_at")


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


def page_of(request: Request, name: str, items: Sequence[Item]) -> Body:
    """Return the page of a list that a request asks for.

    Args:
        request: with `page[size]` by cursor, else by number.
        name: the envelope's field.
        items: the whole list.
    """
    if "page[size]" in request.query_params or "page[after]" in request.query_params:
        return _by_cursor(request, name, items)
    return _by_number(request, name, items)


def _by_cursor(request: Request, name: str, items: Sequence[Item]) -> Body:
    size = whole(request, "page[size]", MOST)
    if size > MOST:
        detail = f"page[size] cannot be greater than {MOST}"
        raise errors.invalid("InvalidPaginationParameter", detail)
    # `sort_by` and `sort_order` belong to numbered pages and change nothing here.
    sort = request.query_params.get("sort", "id")
    field = sort.removeprefix("-")
    if field not in SORTABLE:
        detail = f"sort is not valid: {sort}"
        raise errors.invalid("InvalidPaginationParameter", detail)

    def key(item: Item) -> Any:  # noqa: ANN401  a sort key
        identifier = id_order(str(item.get("id")))
        return identifier if field == "id" else (str(item.get(field)), identifier)

    ordered = sorted(items, key=key, reverse=sort.startswith("-"))
    start = 0
    if after := request.query_params.get("page[after]"):
        last = decoded(after).removeprefix("o:")
        found = [n for n, item in enumerate(ordered) if str(item.get("id")) == last]
        if not found:
            raise errors.bad_cursor()
        start = found[0] + 1
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
