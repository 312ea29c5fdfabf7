"""Ghost's collections: what a filter may name, and what is shown of a record."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ingestion.sandbox.server.vendors.ghost import nql
from ingestion.sandbox.server.vendors.ghost.dialect import bad_request
from ingestion.sandbox.server.vendors.ghost.events import instant

Record = dict[str, Any]


@dataclass(frozen=True)
class Collection:
    """One collection of the Admin API.

    Attributes:
        relations: shown when `include` names them, or when it names nothing and they
            are among `usual`.
        hidden: shown only when one record is read.
    """

    name: str
    relations: tuple[str, ...] = ()
    usual: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    order: str = "created_at desc"


_CONTENT = ("tags", "authors", "tiers", "email", "newsletter", "count")
COLLECTIONS = {
    one.name: one
    for one in (
        Collection("posts", _CONTENT, _CONTENT, order="published_at desc"),
        Collection("pages", _CONTENT[:3], _CONTENT[:3], order="published_at desc"),
        Collection("tags", ("count",), order="name asc"),
        Collection("users", ("roles", "count"), order="name asc"),
        Collection("newsletters", ("count",), order="sort_order asc"),
        Collection(
            "tiers", ("monthly_price", "yearly_price", "benefits"), ("benefits",)
        ),
        Collection(
            "members",
            ("tiers",),
            ("tiers",),
            hidden=("attribution", "email_recipients"),
        ),
    )
}
# A filter's name of a relation, and the field of its records that is compared.
_RELATIONS = {
    "tag": ("tags", "slug"),
    "tags": ("tags", "slug"),
    "author": ("authors", "slug"),
    "authors": ("authors", "slug"),
    "label": ("labels", "slug"),
    "labels": ("labels", "slug"),
    "newsletters": ("newsletters", "slug"),
    "tier": ("tiers", "slug"),
    "tiers": ("tiers", "slug"),
}
# Fields that are computed, so that no filter or order can name them.
_COMPUTED = ("url", "reading_time", "unsubscribe_url", "avatar_image", "comped")
_FORMATS = ("html", "plaintext", "lexical", "mobiledoc")


def matches(text: str, known: set[str]) -> Callable[[Record], bool]:
    """Return a test of records for a filter.

    Args:
        text: the filter.
        known: the fields that records have.

    Raises:
        Refusal: the filter is unreadable or names an unknown field.
    """
    if not text:
        return lambda _: True
    node = nql.parse(text)
    for condition in _conditions(node):
        name = condition.key.split(".")[0]
        if known and name not in known and name not in _RELATIONS:
            message = f"no such column: {condition.key}"
            raise bad_request(message)
    return lambda record: bool(nql.evaluate(node, lambda one: _passes(record, one)))


def _conditions(node: nql.Node) -> list[nql.Compare]:
    if isinstance(node, nql.Compare):
        return [node]
    return [one for part in node.parts for one in _conditions(part)]


def _passes(record: Record, condition: nql.Compare) -> bool:
    values = _values(record, condition.key)
    operator = condition.operator
    wanted = {_plain(value) for value in condition.values}
    if operator in ("=", "-"):
        return bool(wanted & set(values)) == (operator == "=")
    operand = _plain(condition.values[0])
    if operand is None:
        return False
    tests: dict[str, Callable[[Any], bool]] = {
        ">": lambda value: _pair(value, operand)[0] > _pair(value, operand)[1],
        ">=": lambda value: _pair(value, operand)[0] >= _pair(value, operand)[1],
        "<": lambda value: _pair(value, operand)[0] < _pair(value, operand)[1],
        "<=": lambda value: _pair(value, operand)[0] <= _pair(value, operand)[1],
        "~": lambda value: operand.lower() in value.lower(),
        "~^": lambda value: value.lower().startswith(operand.lower()),
        "~$": lambda value: value.lower().endswith(operand.lower()),
    }
    return any(value is not None and tests[operator](value) for value in values)


def _values(record: Record, key: str) -> list[str | None]:
    name, _, field = key.partition(".")
    if name in _RELATIONS:
        name, usual = _RELATIONS[name]
        related = record.get(name) or []
        return [_plain(one.get(field or usual)) for one in related] or [None]
    value = record.get(name)
    if field and isinstance(value, dict):
        value = value.get(field)
    return [_plain(value)]


def _plain(value: Any) -> str | None:  # noqa: ANN401
    """Return a value as the text that is compared."""
    if value is None or isinstance(value, dict | list):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    is_instant = len(text) >= 19 and text[4:5] == "-" and text[13:14] == ":"
    return instant(text) if is_instant else text


def _pair(value: str, operand: str) -> tuple[Any, Any]:
    try:
        return float(value), float(operand)
    except ValueError:
        return value, operand


def ordered(records: list[Record], text: str) -> list[Record]:
    """Return the records in an order such as `updated_at desc, id asc`.

    What Ghost does not know in it, it leaves out.
    """
    for part in reversed(text.split(",")):
        field, _, direction = part.strip().partition(" ")
        if field in _COMPUTED or direction.lower() not in ("", "asc", "desc"):
            continue
        present = [one for one in records if _plain(one.get(field)) is not None]
        absent = [one for one in records if _plain(one.get(field)) is None]
        is_number = all(isinstance(one[field], int | float) for one in present)
        present.sort(
            key=lambda one, field=field: (
                one[field] if is_number else str(_plain(one[field]))
            ),
            reverse=direction.lower() == "desc",
        )
        records = (
            [*present, *absent] if direction.lower() == "desc" else [*absent, *present]
        )
    return records


def shown(
    collection: Collection,
    record: Record,
    *,
    include: list[str],
    fields: list[str],
    formats: list[str],
    is_single: bool,
) -> Record:
    """Return a record with the relations, formats and fields asked for."""
    found = dict(record)
    wanted = include or ([] if fields else list(collection.usual))
    counts = [one.removeprefix("count.") for one in include if one.startswith("count.")]
    for name in collection.relations:
        if name == "count" and counts:
            known = found.get("count") or {}
            found["count"] = {one: known.get(one, 0) for one in counts}
        elif name not in wanted:
            found.pop(name, None)
    if collection.name == "posts" and "authors" not in wanted:
        found.pop("primary_author", None)
    if collection.name in ("posts", "pages"):
        for name in _FORMATS:
            if name not in (formats or ["lexical", "mobiledoc"]):
                found.pop(name, None)
    if not is_single:
        for name in collection.hidden:
            found.pop(name, None)
    if not fields:
        return found
    return {
        name: value
        for name, value in found.items()
        if name in fields or name in include or (name == "count" and counts)
    }
