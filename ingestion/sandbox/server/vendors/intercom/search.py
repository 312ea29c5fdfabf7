"""Search and lists: filters, one sort, pages by cursor.

Contacts compare instants by the calendar day of the workspace's zone, conversations by
the second.
"""

import base64
import binascii
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from starlette.requests import Request

from ingestion.sandbox.server.collection import id_order
from ingestion.sandbox.server.gate import Body
from ingestion.sandbox.server.vendors.intercom.gate import invalid, refusal
from ingestion.sandbox.server.vendors.intercom.workspace import Item

MOST = 150
MOST_NESTED, MOST_FILTERS = 2, 15
NOT_IN = "NIN"  # codespell:ignore
Test = Callable[[Item], bool]
Sorted = list[tuple[list[Any], Item]]


def json_body(request: Request) -> dict[str, Any]:
    """Return the body of a POST.

    Raises:
        Refusal: it is not a JSON object.
    """
    try:
        body = orjson.loads(request.state.content or b"{}")
    except orjson.JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        message = "The request body is not a JSON object"
        raise invalid(message)
    return body


def per_page(value: object, default: int, most: int = MOST) -> int:
    """Return a page's size.

    Raises:
        Refusal: it is no number from 1 to the most.
    """
    if value in (None, ""):
        return default
    try:
        size = int(str(value))
    except ValueError:
        size = 0
    if not 1 <= size <= most:
        message = f"Per Page is invalid: a number between 1 and {most}"
        raise invalid(message)
    return size


def matching(items: Iterable[Item], query: object, zone: ZoneInfo | None) -> list[Item]:
    """Return the objects that a query finds.

    Args:
        items: all objects.
        query: the `query` of the body.
        zone: whose days instants are compared by; None compares seconds.

    Raises:
        Refusal: the query is not understood.
    """
    test = _test(query, zone, depth=0)
    return [item for item in items if test(item)]


def sorted_by(items: Iterable[Item], name: str) -> Sorted:
    """Return the objects in the order of a field, ties by id, with their keys."""
    keyed = [(_sort_key(item, name), item) for item in items]
    return sorted(keyed, key=lambda pair: pair[0])


def page_of(
    keyed: Sorted,
    *,
    kind: str,
    field: str,
    size: int,
    cursor: object,
    descending: bool,
) -> Body:
    """Return one page of objects.

    Args:
        keyed: all that were asked for, as `sorted_by` returns them.
        kind: the list's `type`.
        field: the name of the list of objects.
        size: how many fit on a page.
        cursor: `starting_after`; None for the first page.
        descending: whether they are read from the end.

    Raises:
        Refusal: the cursor is none of ours.
    """
    keys = [key for key, _ in keyed]
    number = 1
    if cursor in (None, ""):
        start = len(keys) if descending else 0
    else:
        number, last = _opened(cursor)
        start = bisect_left(keys, last) if descending else bisect_right(keys, last)
    if descending:
        chosen = keyed[max(start - size, 0) : start][::-1]
        has_more = start - size > 0
    else:
        chosen = keyed[start : start + size]
        has_more = start + size < len(keyed)
    pages: Body = {
        "type": "pages",
        "page": number,
        "per_page": size,
        "total_pages": -(-len(keyed) // size),
    }
    if has_more:
        after = _sealed(number + 1, chosen[-1][0])
        pages["next"] = {"page": number + 1, "starting_after": after}
    rows = [item for _, item in chosen]
    return {"type": kind, field: rows, "total_count": len(keyed), "pages": pages}


def sort_of(body: dict[str, Any], default: str) -> tuple[str, bool]:
    """Return the field to sort by and whether it descends.

    Raises:
        Refusal: the sort is not understood.
    """
    sort = body.get("sort") or {}
    field = sort.get("field", default)
    order = sort.get("order", "descending")
    if order not in ("ascending", "descending"):
        message = f"Invalid sort order {order!r}"
        raise refusal(400, "invalid_sort_order", message)
    return field, order == "descending"


def _sort_key(item: Item, name: str) -> list[Any]:
    value = _value(item, name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return [0, 0, str(value or ""), *id_order(str(item["id"]))]
    return [1, value, "", *id_order(str(item["id"]))]


def _sealed(page: int, key: list[Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([page, key])).decode()


def _opened(cursor: object) -> tuple[int, list[Any]]:
    try:
        page, key = orjson.loads(base64.urlsafe_b64decode(str(cursor)))
    except (ValueError, binascii.Error, TypeError):
        message = "The cursor starting_after is invalid or has expired"
        raise invalid(message) from None
    return page, key


def _value(item: Item, path: str) -> object:
    found: Any = item
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _is_instant(field: str) -> bool:
    return field.endswith(("_at", "waiting_since", "snoozed_until"))


def _test(query: object, zone: ZoneInfo | None, depth: int) -> Test:
    if not isinstance(query, dict) or "operator" not in query or "value" not in query:
        message = "query must have operator and value"
        raise invalid(message)
    if "field" in query:
        return _single(query, zone)
    operator, value = query["operator"], query["value"]
    if operator not in ("AND", "OR") or not isinstance(value, list):
        message = f"Invalid operator {operator!r} for a group of filters"
        raise invalid(message)
    if depth >= MOST_NESTED:
        message = f"Filters may be nested {MOST_NESTED} times at most"
        raise invalid(message)
    if len(value) > MOST_FILTERS:
        message = f"A group may have {MOST_FILTERS} filters at most"
        raise invalid(message)
    tests = [_test(one, zone, depth + 1) for one in value]
    together = all if operator == "AND" else any
    return lambda item: together(test(item) for test in tests)


def _single(query: dict[str, Any], zone: ZoneInfo | None) -> Test:
    field, operator, wanted = str(query["field"]), query["operator"], query["value"]
    if _is_instant(field):
        return _instant_test(field, operator, wanted, zone)
    tests: dict[str, Callable[[object], bool]] = {
        "=": lambda value: value == wanted,
        "!=": lambda value: value != wanted,
        "IN": lambda value: value in wanted,
        NOT_IN: lambda value: value not in wanted,
        ">": lambda value: value is not None and value > wanted,
        "<": lambda value: value is not None and value < wanted,
        "~": lambda value: str(wanted).lower() in str(value or "").lower(),
        "!~": lambda value: str(wanted).lower() not in str(value or "").lower(),
        "^": lambda value: str(value or "").startswith(str(wanted)),
        "$": lambda value: str(value or "").endswith(str(wanted)),
    }
    if operator not in tests or (operator in ("IN", NOT_IN)) != isinstance(
        wanted, list
    ):
        message = f"Invalid operator {operator!r} for field {field}"
        raise invalid(message)
    test = tests[operator]
    return lambda item: test(_value(item, field))


def _instant_test(
    field: str, operator: str, wanted: object, zone: ZoneInfo | None
) -> Test:
    if isinstance(wanted, str) and wanted.isdecimal():
        wanted = int(wanted)
    operators = ("=", ">", "<") if zone else ("=", "!=", ">", "<")
    if operator not in operators or type(wanted) is not int:
        message = f"Invalid operator or value for the date {field}: {operator!r}"
        raise invalid(message)

    def read(seconds: int) -> Any:  # noqa: ANN401  a day or a number
        if zone is None:
            return seconds
        return datetime.fromtimestamp(seconds, UTC).astimezone(zone).date()

    bound = read(wanted)

    def test(item: Item) -> bool:
        value = _value(item, field)
        if not isinstance(value, int):
            return False
        found = read(value)
        if operator in ("=", "!="):
            return (found == bound) == (operator == "=")
        return found > bound if operator == ">" else found < bound

    return test
