"""NQL, Ghost's filter language: `status:published+updated_at:>'2026-01-01 00:00:00'`.

`+` is and, `,` is or, parentheses group; operators are `:`, `:-`, `:>`, `:>=`, `:<`,
`:<=`, `:~`, `:~^`, `:~$`, and `[a,b]` is any of a list.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ingestion.sandbox.server.vendors.ghost.dialect import bad_request

_TOKEN = re.compile(
    r"""(?P<text>'(?:[^'\\]|\\.)*')|(?P<key>[A-Za-z_][\w.-]*(?=:))|(?P<colon>:)
    |(?P<operator>>=|<=|>|<|~\^|~\$|~|-(?=['\[A-Za-z0-9]))|(?P<mark>[()\[\],+])
    |(?P<word>[^()\[\],+'<>~:\s]+)""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Compare:
    """One condition; `values` has several for a list, None stands for null."""

    key: str
    operator: str
    values: tuple[str | None, ...]


@dataclass(frozen=True)
class Group:
    """Conditions that must all hold, or of which one must."""

    is_and: bool
    parts: "tuple[Compare | Group, ...]"


Node = Compare | Group


def evaluate(node: Node, leaf: Callable[[Compare], Any]) -> Any:  # noqa: ANN401
    """Return what the conditions give together; leaves are flags or arrays of them."""
    if isinstance(node, Compare):
        return leaf(node)
    first, *rest = (evaluate(part, leaf) for part in node.parts)
    for other in rest:
        first = first & other if node.is_and else first | other
    return first


@lru_cache(maxsize=256)
def parse(text: str) -> Node:
    """Return a filter's conditions.

    Raises:
        Refusal: it is no NQL.
    """
    tokens: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            if text[at].isspace():
                at += 1
                continue
            raise _unreadable(text)
        tokens.append((str(found.lastgroup), found[0]))
        at = found.end()
    reader = _Reader(text, tokens)
    node = reader.either()
    if reader.tokens:
        raise _unreadable(text)
    return node


class _Reader:
    def __init__(self, text: str, tokens: list[tuple[str, str]]) -> None:
        self._text = text
        self.tokens = tokens[::-1]

    def either(self) -> Node:
        """Read conditions joined by a comma; `+` binds closer."""
        parts = [self._all()]
        while self._takes(","):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Group(False, tuple(parts))

    def _all(self) -> Node:
        parts = [self._one()]
        while self._takes("+"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else Group(True, tuple(parts))

    def _one(self) -> Node:
        if self._takes("("):
            node = self.either()
            self._needs(")")
            return node
        key = self._next("key")
        self._next("colon")
        operator = self._next("operator") if self._is("operator") else "="
        if not self._takes("["):
            return Compare(key, operator, (self._value(),))
        values = [self._value()]
        while self._takes(","):
            values.append(self._value())
        self._needs("]")
        return Compare(key, operator, tuple(values))

    def _value(self) -> str | None:
        if self._is("text"):
            return re.sub(r"\\(.)", r"\1", self._next("text")[1:-1])
        if self._is("key"):
            raise _unreadable(self._text)
        word = self._next("word")
        return None if word == "null" else word

    def _is(self, kind: str) -> bool:
        return bool(self.tokens) and self.tokens[-1][0] == kind

    def _takes(self, mark: str) -> bool:
        if self.tokens and self.tokens[-1] == ("mark", mark):
            self.tokens.pop()
            return True
        return False

    def _needs(self, mark: str) -> None:
        if not self._takes(mark):
            raise _unreadable(self._text)

    def _next(self, kind: str) -> str:
        if not self._is(kind):
            raise _unreadable(self._text)
        return self.tokens.pop()[1]


def _unreadable(text: str) -> Exception:
    return bad_request(f"Error parsing filter {text!r}")
