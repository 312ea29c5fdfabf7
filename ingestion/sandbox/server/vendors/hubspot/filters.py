"""Search filters over columns: each one a mask of the objects it lets through."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from ingestion.sandbox.server.vendors.hubspot.columns import (
    ENUMERATION,
    INSTANT,
    NUMBER,
    Columns,
    number,
)
from ingestion.sandbox.server.vendors.hubspot.errors import invalid
from ingestion.sandbox.server.vendors.hubspot.instants import epoch_milliseconds

Filter = dict[str, Any]
_RANGES: dict[str, Callable[[np.ndarray, float], np.ndarray]] = {
    "LT": np.less,
    "LTE": np.less_equal,
    "GT": np.greater,
    "GTE": np.greater_equal,
}
LISTS = ("IN", "NOT_IN")
TOKENS = ("CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN")
PRESENCE = ("HAS_PROPERTY", "NOT_HAS_PROPERTY")
OPERATORS = (*_RANGES, "EQ", "NEQ", "BETWEEN", *LISTS, *TOKENS, *PRESENCE)


def check(entry: object) -> Filter:
    """Return a filter that has all that its operator needs.

    Raises:
        HubSpotError: it has not.
    """
    if not isinstance(entry, dict):
        message = "Invalid input JSON: a filter must be an object"
        raise invalid(message)
    name, operator = entry.get("propertyName"), entry.get("operator")
    if not isinstance(name, str) or not name:
        message = "Invalid input JSON: a filter needs propertyName"
        raise invalid(message)
    if operator not in OPERATORS:
        message = (
            f"Invalid input JSON: operator {operator!r} is none of "
            f"[{', '.join(OPERATORS)}]"
        )
        raise invalid(message)
    needed = []
    if operator in LISTS:
        if not isinstance(entry.get("values"), list) or not entry["values"]:
            needed = ["values"]
    elif operator == "BETWEEN":
        needed = [part for part in ("value", "highValue") if not _given(entry, part)]
    elif operator not in PRESENCE and not _given(entry, "value"):
        needed = ["value"]
    if needed:
        message = f"operator {operator} requires {' and '.join(needed)} for {name}"
        raise invalid(message)
    return entry


def mask(columns: Columns, entry: Filter) -> np.ndarray:
    """Return which objects a filter lets through.

    An object without the property passes only NOT_HAS_PROPERTY and the negations.
    """
    name, operator = entry["propertyName"], entry["operator"]
    if operator in PRESENCE:
        present = np.array([text is not None for text in columns.texts(name)], bool)
        return present if operator == "HAS_PROPERTY" else ~present
    if operator in TOKENS:
        return _tokens(columns, name, operator, str(entry["value"]))
    if columns.kind(name) in (NUMBER, INSTANT):
        return _numeric(columns, entry)
    return _textual(columns, entry)


def _given(entry: Filter, part: str) -> bool:
    value = entry.get(part)
    return isinstance(value, str | int | float) and value != ""


def _numeric(columns: Columns, entry: Filter) -> np.ndarray:
    name, operator = entry["propertyName"], entry["operator"]
    values = columns.numbers(name)
    read = epoch_milliseconds if columns.kind(name) == INSTANT else number

    def operand(value: object) -> float:
        parsed = read(value)
        if parsed is None:
            message = f"{value!r} is not a valid value for {name}"
            raise invalid(message)
        return parsed

    with np.errstate(invalid="ignore"):
        if operator in _RANGES:
            return _RANGES[operator](values, operand(entry["value"]))
        if operator == "BETWEEN":
            low, high = operand(entry["value"]), operand(entry["highValue"])
            return (values >= low) & (values <= high)
        if operator in LISTS:
            among = np.isin(values, [operand(value) for value in entry["values"]])
            return among if operator == "IN" else ~among
        equal = values == operand(entry["value"])
        return equal if operator == "EQ" else ~equal


def _textual(columns: Columns, entry: Filter) -> np.ndarray:
    name, operator = entry["propertyName"], entry["operator"]
    texts = columns.texts(name)
    if columns.kind(name) != ENUMERATION:
        texts = [None if text is None else text.lower() for text in texts]

    def operand(value: object) -> str:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        return text if columns.kind(name) == ENUMERATION else text.lower()

    if operator in LISTS:
        among = {operand(value) for value in entry["values"]}
        found = np.array([text in among for text in texts], bool)
        return found if operator == "IN" else ~found
    value = operand(entry["value"])
    if operator in ("EQ", "NEQ"):
        equal = np.array([text == value for text in texts], bool)
        return equal if operator == "EQ" else ~equal
    high = operand(entry["highValue"]) if operator == "BETWEEN" else ""
    compare: dict[str, Callable[[str], bool]] = {
        "LT": lambda text: text < value,
        "LTE": lambda text: text <= value,
        "GT": lambda text: text > value,
        "GTE": lambda text: text >= value,
        "BETWEEN": lambda text: value <= text <= high,
    }
    passes = compare[operator]
    return np.array([text is not None and passes(text) for text in texts], bool)


def _tokens(columns: Columns, name: str, operator: str, value: str) -> np.ndarray:
    """Match whole words, `*` standing for any part of one, in any case."""
    pattern = re.escape(value.lower()).replace(r"\*", r"[^\s]*")
    word = re.compile(rf"(?<!\w){pattern}(?!\w)")
    found = np.array(
        [
            text is not None and word.search(text.lower()) is not None
            for text in columns.texts(name)
        ],
        bool,
    )
    return found if operator == "CONTAINS_TOKEN" else ~found
