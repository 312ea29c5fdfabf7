"""SOQL as far as integrations use it: one object, its fields and its parents' fields.

Not spoken: GROUP BY and aggregates other than COUNT(), nested queries, TYPEOF, date
functions, and most of the relative date literals.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, NoReturn

from ingestion.sandbox.server.vendors.salesforce.errors import malformed

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^'\\]|\\.)*')"
    r"|(?P<moment>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))"
    r"|(?P<day>\d{4}-\d\d-\d\d)"
    r"|(?P<number>[+-]?\d+(?:\.\d+)?)"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_.]*(?::\d+)?)"
    r"|(?P<sign><=|>=|!=|<>|[=<>(),]))"
)
_COMPARISONS = ("=", "!=", "<>", "<", "<=", ">", ">=")
_RELATIVE = re.compile(r"(TODAY|YESTERDAY|LAST_N_DAYS:\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Literal:
    """A value in a condition.

    Attributes:
        kind: text, number, boolean, null, date, datetime or relative.
        value: the value.
        written: as the query says it.
    """

    kind: str
    value: Any
    written: str


@dataclass(frozen=True)
class Comparison:
    """`field operator literal`; `in` and `not in` have several literals."""

    path: str
    operator: str
    literals: tuple[Literal, ...]


@dataclass(frozen=True)
class Combination:
    """Conditions under `and`, `or` or `not`."""

    operator: str
    parts: tuple["Condition", ...]


Condition = Comparison | Combination


@dataclass(frozen=True)
class Order:
    """One part of ORDER BY."""

    path: str
    is_descending: bool = False
    nulls_last: bool = False


@dataclass(frozen=True)
class Query:
    """A parsed query; `COUNT()` has no fields."""

    entity: str
    paths: tuple[str, ...]
    condition: Condition | None = None
    orders: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int = 0
    is_count: bool = field(default=False)


def parse(text: str) -> Query:
    """Return the parsed query.

    Raises:
        Refusal: MALFORMED_QUERY.
    """
    return _Parser(text).query()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[tuple[str, str]] = []
        position = 0
        while position < len(text.rstrip()):
            found = _TOKEN.match(text, position)
            if found is None:
                raise malformed(f"unexpected token: {text[position:].strip()[:20]}")
            kind = str(found.lastgroup)
            self._tokens.append((kind, found[kind]))
            position = found.end()
        self._next = 0

    def query(self) -> Query:
        self._expect("select")
        is_count, paths = self._select_list()
        self._expect("from")
        entity = self._word("an object")
        condition, orders = None, ()
        limit, offset = None, 0
        if self._take("where"):
            condition = self._any_of()
        if self._take("order"):
            self._expect("by")
            orders = tuple(self._orders())
        if self._take("limit"):
            limit = self._whole_number()
        if self._take("offset"):
            offset = self._whole_number()
        if self._next < len(self._tokens):
            self._fail()
        return Query(entity, paths, condition, orders, limit, offset, is_count)

    def _select_list(self) -> tuple[bool, tuple[str, ...]]:
        paths = []
        while True:
            path = self._word("a field")
            if self._take("("):
                if path.lower() == "count" and self._take(")") and not paths:
                    return True, ()
                if path.lower() != "fields":
                    raise malformed(f"unexpected token: '{path}('")
                path = f"FIELDS({self._word('ALL, STANDARD or CUSTOM').upper()})"
                self._expect(")")
            if path.lower() in (known.lower() for known in paths):
                raise malformed(f"duplicate field selected: {path}")
            paths.append(path)
            if not self._take(","):
                return False, tuple(paths)

    def _any_of(self) -> Condition:
        parts = [self._all_of()]
        while self._take("or"):
            parts.append(self._all_of())
        return parts[0] if len(parts) == 1 else Combination("or", tuple(parts))

    def _all_of(self) -> Condition:
        parts = [self._one()]
        while self._take("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else Combination("and", tuple(parts))

    def _one(self) -> Condition:
        if self._take("not"):
            return Combination("not", (self._one(),))
        if self._take("("):
            inner = self._any_of()
            self._expect(")")
            return inner
        path = self._word("a field")
        if self._take("like"):
            return Comparison(path, "like", (self._literal(),))
        is_negated = self._take("not")
        if self._take("in"):
            self._expect("(")
            literals = [self._literal()]
            while self._take(","):
                literals.append(self._literal())
            self._expect(")")
            return Comparison(path, "not in" if is_negated else "in", tuple(literals))
        for sign in _COMPARISONS:
            if not is_negated and self._take(sign):
                operator = "!=" if sign == "<>" else sign
                return Comparison(path, operator, (self._literal(),))
        self._fail()

    def _orders(self) -> list[Order]:
        orders = []
        while True:
            path = self._word("a field")
            is_descending = self._take("desc")
            if not is_descending:
                self._take("asc")
            nulls_last = is_descending
            if self._take("nulls"):
                nulls_last = self._take("last")
                if not nulls_last:
                    self._expect("first")
            orders.append(Order(path, is_descending, nulls_last))
            if not self._take(","):
                return orders

    def _literal(self) -> Literal:
        kind, text = self._peek()
        self._next += 1
        if kind == "text":
            return Literal("text", re.sub(r"\\(.)", r"\1", text[1:-1]), text)
        if kind == "number":
            return Literal("number", float(text), text)
        if kind == "day":
            return Literal("date", _day(text), text)
        if kind == "moment":
            return Literal("datetime", _moment(text), text)
        lowered = text.lower()
        if kind == "word" and lowered in ("true", "false"):
            return Literal("boolean", lowered == "true", text)
        if kind == "word" and lowered == "null":
            return Literal("null", None, text)
        if kind == "word" and _RELATIVE.fullmatch(text):
            return Literal("relative", text.upper(), text)
        self._next -= 1
        self._fail()

    def _whole_number(self) -> int:
        kind, text = self._peek()
        if kind != "number" or not text.isdecimal():
            self._fail()
        self._next += 1
        return int(text)

    def _word(self, wanted: str) -> str:
        kind, text = self._peek()
        if kind != "word":
            raise malformed(f"unexpected token: '{text}' (expecting {wanted})")
        self._next += 1
        return text

    def _peek(self) -> tuple[str, str]:
        if self._next < len(self._tokens):
            return self._tokens[self._next]
        return "end", "<EOF>"

    def _take(self, wanted: str) -> bool:
        kind, text = self._peek()
        if kind in ("word", "sign") and text.lower() == wanted:
            self._next += 1
            return True
        return False

    def _expect(self, wanted: str) -> None:
        if not self._take(wanted):
            self._fail()

    def _fail(self) -> NoReturn:
        raise malformed(f"unexpected token: '{self._peek()[1]}'")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise malformed(f"Invalid date: {text}") from None


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        raise malformed(f"Invalid dateTime: {text}") from None
