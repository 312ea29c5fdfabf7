"""The Google Ads Query Language: from text to clauses. What fields mean: `fields`."""

import re
from dataclasses import dataclass
from typing import NoReturn

from ingestion.sandbox.server.vendors.google_ads.errors import query_error

_TOKEN = re.compile(
    r"\s*(?:(?P<word>[A-Za-z_][\w.]*)|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<text>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    r"|(?P<sign>!=|<=|>=|=|<|>|\(|\)|,))"
)
_SIGNS = ("=", "!=", "<", "<=", ">", ">=")
_RESERVED = {"FROM", "WHERE", "ORDER", "LIMIT", "PARAMETERS", "AND", "SELECT"}


@dataclass(frozen=True)
class Condition:
    """One condition: a field, an operator such as `=`, `NOT IN`, and its values."""

    field: str
    operator: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Statement:
    """A parsed query.

    Attributes:
        select: the fields, each once.
        resource: of the FROM clause.
        where: the conditions, all of which must hold.
        order_by: fields and whether they descend.
        limit: how many rows at most, None for all.
    """

    select: tuple[str, ...]
    resource: str
    where: tuple[Condition, ...]
    order_by: tuple[tuple[str, bool], ...]
    limit: int | None


def parse(text: str) -> Statement:
    """Return the clauses of a query.

    Raises:
        Refusal: with the QueryError of the first thing that is wrong.
    """
    return _Parser(text).statement()


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        position, text = 0, text.rstrip().removesuffix(";")
        while position < len(text.rstrip()):
            found = _TOKEN.match(text, position)
            if found is None:
                rest = text[position:].strip()
                code = "STRING_NOT_TERMINATED" if rest[0] in "'\"" else "BAD_SYMBOL"
                raise query_error(code, f"Error in query: invalid input {rest[:20]!r}.")
            kind = found.lastgroup or ""
            self._tokens.append((kind, found[kind]))
            position = found.end()
        self._at = 0

    def statement(self) -> Statement:
        self._expect("SELECT", "EXPECTED_SELECT")
        select = self._fields()
        self._expect("FROM", "EXPECTED_FROM")
        resource = self._word("BAD_RESOURCE_TYPE_IN_FROM_CLAUSE")
        where: list[Condition] = []
        if self._takes("WHERE"):
            where.append(self._condition())
            while self._takes("AND"):
                where.append(self._condition())
        order_by: list[tuple[str, bool]] = []
        if self._takes("ORDER"):
            self._expect("BY", "EXPECTED_BY")
            order_by.append(self._ordering())
            while self._takes(","):
                order_by.append(self._ordering())
        limit = self._limit() if self._takes("LIMIT") else None
        if self._takes("PARAMETERS"):
            self._parameters()
        if self._peek():
            self._fail("UNEXPECTED_INPUT", f"unexpected input {self._peek()!r}")
        return Statement(
            tuple(dict.fromkeys(select)),
            resource,
            tuple(where),
            tuple(order_by),
            limit,
        )

    def _fields(self) -> list[str]:
        fields = [self._word("BAD_FIELD_NAME")]
        while self._takes(","):
            fields.append(self._word("BAD_FIELD_NAME"))
        return fields

    def _condition(self) -> Condition:
        field = self._word("BAD_FIELD_NAME")
        if self._peek() in _SIGNS:
            return Condition(field, self._next()[1], (self._value(),))
        if self._takes("IS"):
            operator = "IS NOT NULL" if self._takes("NOT") else "IS NULL"
            self._expect("NULL", "BAD_OPERATOR")
            return Condition(field, operator)
        if self._takes("BETWEEN"):
            low = self._value()
            self._expect("AND", "EXPECTED_AND")
            return Condition(field, "BETWEEN", (low, self._value()))
        if self._takes("DURING"):
            word = self._word("INVALID_VALUE_WITH_DURING_OPERATOR")
            return Condition(field, "DURING", (word,))
        negation = "NOT " if self._takes("NOT") else ""
        if self._takes("IN"):
            return Condition(field, f"{negation}IN", self._list())
        if self._takes("LIKE"):
            kind, value = self._next()
            if kind != "text":
                self._fail("INVALID_VALUE_WITH_LIKE_OPERATOR", "LIKE wants a text")
            return Condition(field, f"{negation}LIKE", (_unquoted(value),))
        self._fail("BAD_OPERATOR", f"invalid operator {self._peek()!r}")

    def _list(self) -> tuple[str, ...]:
        self._expect("(", "EXPECTED_LIST")
        if self._takes(")"):
            self._fail("PROHIBITED_EMPTY_LIST_IN_CONDITION", "a list may not be empty")
        values = [self._value()]
        while self._takes(","):
            values.append(self._value())
        self._expect(")", "EXPECTED_LIST")
        return tuple(values)

    def _value(self) -> str:
        kind, value = self._next()
        if kind == "text":
            return _unquoted(value)
        if kind == "number" or (kind == "word" and value.upper() not in _RESERVED):
            return value
        self._fail("BAD_VALUE", f"invalid value {value!r}")

    def _ordering(self) -> tuple[str, bool]:
        field = self._word("BAD_FIELD_NAME")
        if self._takes("DESC"):
            return field, True
        self._takes("ASC")
        return field, False

    def _limit(self) -> int:
        kind, value = self._next()
        if kind != "number" or not value.isdecimal():
            self._fail("BAD_LIMIT_VALUE", f"invalid LIMIT {value!r}")
        if int(value) < 1:
            self._fail("LIMIT_VALUE_TOO_LOW", "LIMIT must be at least 1")
        return int(value)

    def _parameters(self) -> None:
        name = self._word("BAD_PARAMETER_NAME")
        if name not in ("include_drafts", "omit_unselected_resource_names"):
            self._fail("BAD_PARAMETER_NAME", f"invalid parameter {name!r}")
        self._expect("=", "BAD_OPERATOR")
        if self._next()[1].lower() not in ("true", "false"):
            self._fail("BAD_PARAMETER_VALUE", f"{name} is true or false")

    def _peek(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    def _next(self) -> tuple[str, str]:
        if self._at == len(self._tokens):
            self._fail("UNEXPECTED_END_OF_QUERY", "unexpected end of query")
        self._at += 1
        return self._tokens[self._at - 1]

    def _takes(self, word: str) -> bool:
        if self._peek().upper() != word:
            return False
        self._at += 1
        return True

    def _expect(self, word: str, code: str) -> None:
        if not self._takes(word):
            self._fail(code, f"expected {word}, found {self._peek()!r}")

    def _word(self, code: str) -> str:
        kind, value = self._next()
        if kind != "word" or value.upper() in _RESERVED:
            self._fail(code, f"invalid name {value!r}")
        return value

    def _fail(self, code: str, message: str) -> NoReturn:
        raise query_error(code, f"Error in query: {message}.")


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1])
