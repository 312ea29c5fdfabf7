"""The activity feed, `/members/events/`: held as columns, because it is long.

It is the newest first, has no pages and a total of what its filter finds; the filter
may use the event's type, instant, member, post and id, and nothing else.
"""

from functools import cached_property
from typing import Any

import numpy as np

from ingestion.sandbox.server.store import JsonLines
from ingestion.sandbox.server.vendors.ghost import nql
from ingestion.sandbox.server.vendors.ghost.dialect import bad_request, refusal

COLUMNS = ("type", "id", "data.created_at", "data.member_id", "data.post_id")
# The filter's name of a type whose rows have another one.
_FILTERED_AS = {"email_complaint_event": "email_complained_event"}


class Feed:
    """The events of one data directory."""

    def __init__(self, lines: JsonLines) -> None:
        self._lines = lines

    def page(self, text: str, limit: int) -> tuple[list[Any], int]:
        """Return the newest events that a filter finds, and how many it finds."""
        columns, rows = self._columns
        found = np.ones(len(rows), bool)
        if text:
            node = nql.parse(text)
            found = np.asarray(nql.evaluate(node, lambda one: _mask(columns, one)))
        indexes = np.flatnonzero(found)
        shown = [self._lines.parse(int(rows[index])) for index in indexes[:limit]]
        return shown, len(indexes)

    @cached_property
    def _columns(self) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Read all events once; the newest come first."""
        read: list[tuple[str, ...]] = []
        for row, event in enumerate(self._lines):
            data = event.get("data")
            if not event.get("type") or not isinstance(data, dict):
                raise self._lines.error(row, "no 'type' or no 'data'")
            if not data.get("id") or not data.get("created_at"):
                raise self._lines.error(row, "no 'data.id' or no 'data.created_at'")
            member = data.get("member_id") or (data.get("member") or {}).get("id")
            post = data.get("post_id") or (data.get("post") or {}).get("id")
            post = post or (data.get("email") or {}).get("post_id")
            kind = _FILTERED_AS.get(event["type"], event["type"])
            read.append(
                (
                    *(kind, data["id"], instant(data["created_at"])),
                    *(member or "", post or ""),
                )
            )
        columns = {
            name: np.array([values[at] for values in read], dtype=str)
            for at, name in enumerate(COLUMNS)
        }
        order = np.lexsort((columns["id"], columns["data.created_at"]))[::-1]
        return {name: values[order] for name, values in columns.items()}, order


def instant(text: str) -> str:
    """Return an instant as the database holds it: UTC, to the second."""
    return text[:19].replace("T", " ")


def _mask(columns: dict[str, np.ndarray], condition: nql.Compare) -> np.ndarray:
    if condition.key not in columns:
        message = f"Cannot filter by {condition.key}"
        raise refusal(400, "IncorrectUsageError", message)
    column = columns[condition.key]
    if not len(column):
        return np.zeros(0, bool)
    texts = [value or "" for value in condition.values]
    if condition.key == "data.created_at":
        texts = [instant(text) for text in texts]
    operand = texts[0]
    match condition.operator:
        case "=":
            return np.isin(column, texts)
        case "-":
            return ~np.isin(column, texts)
        case ">":
            return column > operand
        case ">=":
            return column >= operand
        case "<":
            return column < operand
        case "<=":
            return column <= operand
    raise bad_request(f"The feed has no operator {condition.operator}")
