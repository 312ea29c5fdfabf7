"""Values of results: found by a field's path, compared as GAQL compares them."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from typing import Any

from ingestion.sandbox.server.vendors.google_ads.errors import query_error
from ingestion.sandbox.server.vendors.google_ads.fields import ENUMS, FIELDS
from ingestion.sandbox.server.vendors.google_ads.gaql import Condition

Record = dict[str, Any]
_ZEROS = {"int": 0, "int32": 0, "double": 0.0, "bool": False}


@cache
def json_path(field: str) -> tuple[str, ...]:
    """Return the names that lead to a field in JSON."""
    return tuple(
        re.sub("_(.)", lambda found: found[1].upper(), part)
        for part in field.split(".")
    )


def value_at(record: Record, field: str) -> Any:  # noqa: ANN401  JSON
    """Return a field's value, None where it is left out."""
    value: Any = record
    for name in json_path(field):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def put(record: Record, field: str, value: object) -> None:
    """Write a field's value, the objects around it included."""
    *way, last = json_path(field)
    for name in way:
        record = record.setdefault(name, {})
    record[last] = value


def comparable(value: object, field: str) -> Any:  # noqa: ANN401  any ordered type
    """Return a value as what it is compared as: numbers by value, the rest as text."""
    kind = FIELDS[field]
    if kind in ("int", "int32", "double"):
        return float(str(value)) if kind == "double" else int(str(value or 0))
    if kind == "bool":
        return str(value).lower()
    return "" if value is None else str(value)


def predicate(condition: Condition, today: date) -> Callable[[Any], bool]:
    """Return the test of a field's value.

    Raises:
        Refusal: the operator or the values do not fit the field.
    """
    field, operator = condition.field, condition.operator
    _check(condition)
    if operator in ("IS NULL", "IS NOT NULL"):
        return lambda value: (value is None) == (operator == "IS NULL")
    if operator.endswith("LIKE"):
        pattern = re.compile(_like(condition.values[0]), re.IGNORECASE | re.DOTALL)
        wanted = operator == "LIKE"
        return lambda value: bool(pattern.fullmatch(str(value or ""))) == wanted
    if operator == "DURING":
        low, high = (str(day) for day in during(condition.values[0], today))
        return lambda value: low <= str(value or "") <= high
    values = [comparable(value, field) for value in condition.values]
    zero = _ZEROS.get(FIELDS[field])

    def of(value: object) -> Any:  # noqa: ANN401  any ordered type
        return comparable(zero if value is None else value, field)

    tests: dict[str, Callable[[Any], bool]] = {
        "=": lambda value: of(value) == values[0],
        "!=": lambda value: of(value) != values[0],
        "<": lambda value: of(value) < values[0],
        "<=": lambda value: of(value) <= values[0],
        ">": lambda value: of(value) > values[0],
        ">=": lambda value: of(value) >= values[0],
        "IN": lambda value: of(value) in values,
        "NOT IN": lambda value: of(value) not in values,
        "BETWEEN": lambda value: values[0] <= of(value) <= values[1],
    }
    return tests[operator]


def _check(condition: Condition) -> None:
    field, operator = condition.field, condition.operator
    kind = FIELDS[field]
    is_ordering = operator in ("<", "<=", ">", ">=", "BETWEEN")
    misfits = {
        "enum": is_ordering or operator.endswith(("LIKE", "DURING")),
        "bool": is_ordering or operator.endswith(("LIKE", "IN", "DURING")),
        "text": is_ordering or operator == "DURING",
        "list": operator not in ("IS NULL", "IS NOT NULL"),
        "date": operator.endswith(("LIKE", "NULL", "IN")) or operator == "!=",
    }
    numbers = operator.endswith(("LIKE", "DURING"))
    if misfits.get(kind, numbers):
        message = f"'{operator}' cannot be used with '{field}'."
        raise query_error("OPERATOR_FIELD_MISMATCH", message)
    for value in condition.values:
        if kind in ("int", "int32", "double") and not re.fullmatch(
            r"-?\d+(\.\d+)?" if kind == "double" else r"-?\d+", value
        ):
            raise query_error("BAD_NUMBER", f"'{value}' is no number for '{field}'.")
        if kind == "date" and operator != "DURING" and not is_date(value):
            message = f"'{value}' is no date: write it as YYYY-MM-DD."
            raise query_error("INVALID_DATE_FORMAT", message)
        if field in ENUMS and value not in ENUMS[field]:
            message = (
                f"Invalid enum value cannot be included in WHERE clause: '{value}'."
            )
            raise query_error("BAD_ENUM_CONSTANT", message)
        if kind == "bool" and value.lower() not in ("true", "false"):
            raise query_error("BAD_VALUE", f"'{value}' is neither true nor false.")


def is_date(text: str) -> bool:
    """Return whether a text is a day as GAQL writes it."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def during(word: str, today: date) -> tuple[date, date]:
    """Return the first and the last day that a word such as LAST_30_DAYS means.

    Raises:
        Refusal: there is no such word.
    """
    day = timedelta(days=1)
    monday, month = today - today.weekday() * day, today.replace(day=1)
    last_month = (month - day).replace(day=1)
    found = {
        "TODAY": (today, today),
        "YESTERDAY": (today - day, today - day),
        "LAST_7_DAYS": (today - 7 * day, today - day),
        "LAST_14_DAYS": (today - 14 * day, today - day),
        "LAST_30_DAYS": (today - 30 * day, today - day),
        "THIS_MONTH": (month, today),
        "LAST_MONTH": (last_month, month - day),
        "THIS_WEEK_MON_TODAY": (monday, today),
        "LAST_WEEK_MON_SUN": (monday - 7 * day, monday - day),
    }.get(word.upper())
    if found is None:
        message = f"'{word}' is not a date range that DURING knows."
        raise query_error("INVALID_VALUE_WITH_DURING_OPERATOR", message)
    return found


def _like(pattern: str) -> str:
    """Return a LIKE pattern as a regular expression; [%] and [_] are themselves."""
    return "".join(
        {"%": ".*", "_": "."}.get(part, re.escape(part.strip("[]")))
        for part in re.findall(r"\[[%_\[\]]\]|.", pattern, re.DOTALL)
    )
