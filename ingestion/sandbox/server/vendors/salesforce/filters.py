"""What a WHERE and an ORDER BY mean for the records of a table."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ingestion.sandbox.server.vendors.salesforce.errors import (
    invalid_field,
    no_such_column,
)
from ingestion.sandbox.server.vendors.salesforce.instants import instant_of
from ingestion.sandbox.server.vendors.salesforce.org import Item, Org, Table
from ingestion.sandbox.server.vendors.salesforce.schema import UNFILTERABLE
from ingestion.sandbox.server.vendors.salesforce.soql import (
    Combination,
    Comparison,
    Condition,
    Literal,
    Order,
)

Value = Any  # what a field can hold
Test = Callable[[Item], bool]
Read = Callable[[Item], Value]
_IDS = ("id", "reference")
_NUMBERS = ("int", "double", "currency", "percent")
_FITTING = {
    "boolean": ("boolean",),
    "date": ("date", "relative"),
    "datetime": ("datetime", "relative"),
    **dict.fromkeys(_NUMBERS, ("number",)),
}


def reader(org: Org, table: Table, path: str) -> tuple[Read, str]:
    """Return how a field, or a parent's field (`Account.Name`), is read, and its type.

    Raises:
        Refusal: there is no such field.
    """
    relation, _, rest = path.partition(".")
    if not rest:
        name = table.field(path)
        return lambda item: item.get(name), table.fields[name]
    key = parent_key(table, relation)

    def read(item: Item) -> Value:
        parent = org.record(item.get(key))
        if parent is None:
            return None
        return reader(org, org.table(parent[0]), rest)[0](parent[1])

    return read, "any"


def parent_key(table: Table, relation: str) -> str:
    """Return the field that holds a parent's id.

    Raises:
        Refusal: there is no such relation.
    """
    is_custom = relation.lower().endswith("__r")
    name = f"{relation[:-1]}c" if is_custom else f"{relation}Id"
    found = table.by_lower_name.get(name.lower())
    if found is None or (not is_custom and table.fields.get(found) != "reference"):
        raise no_such_column(relation, table.name)
    return found


def test_of(org: Org, table: Table, condition: Condition, now: datetime) -> Test:
    """Return the test of a condition.

    Raises:
        Refusal: a field does not exist, or a value is not of its type.
    """
    if isinstance(condition, Combination):
        tests = [test_of(org, table, part, now) for part in condition.parts]
        if condition.operator == "not":
            return lambda item: not tests[0](item)
        combine = all if condition.operator == "and" else any
        return lambda item: combine(test(item) for test in tests)
    read, kind = reader(org, table, condition.path)
    if condition.path.rpartition(".")[2] in UNFILTERABLE:
        message = f"field '{condition.path}' can not be filtered in a query call"
        raise invalid_field(message)
    for literal in condition.literals:
        _check_type(condition.path, kind, literal)
    return _comparison(condition, read, kind, now)


def sort_key(org: Org, table: Table, order: Order) -> Callable[[Item], tuple]:
    """Return the key of one part of ORDER BY, ascending."""
    read, kind = reader(org, table, order.path)
    # Nulls come first in ascending order; a descending one is reversed as a whole.
    last = order.nulls_last != order.is_descending

    def key(item: Item) -> tuple:
        value = _comparable(read(item), kind)
        if value is None:
            return (1, 0) if last else (-1, 0)
        return (0, value)

    return key


def _check_type(path: str, kind: str, literal: Literal) -> None:
    fitting = _FITTING.get(kind, ("text",) if kind != "any" else None)
    if fitting is None or literal.kind == "null" or literal.kind in fitting:
        return
    shown = {"datetime": "dateTime"}.get(kind, kind)
    enclosed = "should not be" if literal.kind == "text" else "should be"
    if kind in _FITTING and literal.kind != "text":
        enclosed = ""
    message = (
        f"value of filter criterion for field '{path}' must be of type {shown}"
        + (f" and {enclosed} enclosed in quotes" if enclosed else "")
    )
    raise invalid_field(message)


def _comparison(condition: Comparison, read: Read, kind: str, now: datetime) -> Test:
    operator = condition.operator
    if operator == "like":
        pattern = _like(str(condition.literals[0].value))
        return lambda item: bool(pattern.fullmatch(str(read(item) or "")))
    values = [_value(literal, kind, now) for literal in condition.literals]
    if operator in ("in", "not in"):
        wanted = set(values)
        is_in = operator == "in"
        return lambda item: (_comparable(read(item), kind) in wanted) == is_in
    value = values[0]

    def test(item: Item) -> bool:
        found = _comparable(read(item), kind)
        if operator == "=":
            return found == value
        if operator == "!=":
            return found != value
        if found is None or value is None:
            return False
        if operator == "<":
            return found < value
        if operator == "<=":
            return found <= value
        return found > value if operator == ">" else found >= value

    return test


def _like(text: str) -> re.Pattern[str]:
    parts = (
        ".*" if one == "%" else "." if one == "_" else re.escape(one) for one in text
    )
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


def _value(literal: Literal, kind: str, now: datetime) -> Value:
    if literal.kind != "relative":
        return _comparable(literal.value, kind)
    days = {"TODAY": 0, "YESTERDAY": 1}.get(literal.value)
    if days is None:
        days = int(literal.value.rpartition(":")[2])
    day = now.date() - timedelta(days=days)
    if kind == "date":
        return day
    return datetime.combine(day, datetime.min.time(), UTC)


def _comparable(value: Value, kind: str) -> Value:
    """Return a value in a form that compares as SOQL compares it."""
    if value is None or value == "":
        return None
    if kind == "datetime" and isinstance(value, str):
        return instant_of(value)
    if kind == "date" and isinstance(value, str):
        return date.fromisoformat(value[:10])
    if kind in _IDS and isinstance(value, str):
        return value[:15] if len(value) in (15, 18) else value
    if isinstance(value, str):
        return value.lower()
    return value
