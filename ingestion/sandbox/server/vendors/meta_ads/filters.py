"""`filtering` of the Graph API: conditions on an object's fields or a row's figures."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from ingestion.sandbox.server.vendors.meta_ads import errors
from ingestion.sandbox.server.vendors.meta_ads.parameters import Params, parsed

Condition = Callable[[Any], bool]


def conditions(params: Params) -> list[tuple[str, Condition]]:
    """Return the conditions of a query: the field and what its value must fulfil.

    Raises:
        Refusal: the filter is not understood.
    """
    text = params.get("filtering")
    if not text:
        return []
    found = []
    for one in parsed("filtering", text):
        if not isinstance(one, dict) or not {"field", "operator"} <= one.keys():
            raise errors.invalid("param filtering must be a list of filters")
        found.append(
            (str(one["field"]), _condition(str(one["operator"]), one.get("value")))
        )
    return found


def _condition(operator: str, wanted: object) -> Condition:
    if operator in ("IN", "NOT_IN", "ANY"):
        if not isinstance(wanted, list):
            raise errors.invalid(f"filtering: {operator} needs a list")
        texts = {str(one) for one in wanted}
        return lambda value: (str(value) in texts) == (operator != "NOT_IN")
    if operator in ("EQUAL", "NOT_EQUAL"):
        return lambda value: (
            (_as_number(value) == _as_number(wanted)) == (operator == "EQUAL")
        )
    if operator in ("CONTAIN", "NOT_CONTAIN"):
        return lambda value: (str(wanted) in str(value)) == (operator == "CONTAIN")
    compared = {
        "GREATER_THAN": lambda left, right: left > right,
        "GREATER_THAN_OR_EQUAL": lambda left, right: left >= right,
        "LESS_THAN": lambda left, right: left < right,
        "LESS_THAN_OR_EQUAL": lambda left, right: left <= right,
    }
    if operator not in compared:
        raise errors.invalid(f"filtering: unknown operator {operator}")
    right = _as_number(wanted)
    if not isinstance(right, float):
        raise errors.invalid(f"filtering: {operator} needs a number")

    def holds(value: object) -> bool:
        left = _as_number(value)
        return isinstance(left, float) and compared[operator](left, right)

    return holds


def _as_number(value: object) -> float | str:
    """Return a figure or an instant (as unix seconds) as a number, else the text."""
    try:
        return float(str(value))
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(str(value)).timestamp()
    except ValueError:
        return str(value)
