"""Files of JSON lines as one SELECT: which values of a line are wanted, and of which type.

A value that does not fit its type becomes NULL and is listed in `bad_values` with its
text; a line that is no JSON object stays a row, without values. So no content of a file
can make the SELECT fail, only a file that cannot be read.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# DuckDB refuses a file with a longer line; readers must leave such lines out.
LONGEST_LINE = 16 * 1024 * 1024
# What a clock can mean; outside of it a text is a broken value, not an instant.
_CLOCK = (
    "BETWEEN TIMESTAMPTZ '1900-01-01 00:00:00Z' AND TIMESTAMPTZ '2200-01-01 00:00:00Z'"
)
_SQL_TYPES = {
    "text": "VARCHAR",
    "bigint": "BIGINT",
    "double": "DOUBLE",
    "bool": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMPTZ",
    "json": "JSON",
}


def literal(value: str) -> str:
    """Return the text as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


@dataclass(frozen=True)
class Value:
    """One value of a line.

    Attributes:
        path: where it is, keys joined by dots.
        type: as `warehouse.column_hints` knows it. A `json` value keeps everything below
            it and must be an object or an array; one that a sender encoded twice, as
            text, is decoded.
        begins: for `json`, the only character it may begin with (`[` or `{`).
    """

    path: str
    type: str = "text"
    begins: str = "[{"

    @property
    def is_checked(self) -> bool:
        """Whether a text can fail to be of the type."""
        return self.type != "text"


@dataclass(frozen=True)
class Reading:
    """How a line becomes a row of the spool.

    Attributes:
        values: name to value; the names become columns of the spool.
        derived: layers of name to SQL expression. A layer sees the values, `line` and
            the layers before it.
        kept: the columns that the SELECT has, beside `source_file` and `bad_values`.
    """

    values: Mapping[str, Value]
    derived: Sequence[Mapping[str, str]] = ()
    kept: Sequence[str] = ()

    def select(
        self,
        paths: Sequence[str],
        roots: Mapping[str, str],
        *,
        with_lines: bool = False,
    ) -> str:
        """Return the SELECT that reads the files.

        `bad_values` is a list of path and text, NULL when every value is of its type. A
        line that is no JSON object is a row without values.

        Args:
            paths: absolute paths of the files.
            roots: folder to the prefix that replaces it in `source_file`.
            with_lines: whether the derived columns see the whole line as JSON, `line`;
                it costs half as much again, and `line` is NULL without.
        """
        query = self._lines(paths, with_lines=with_lines)
        query = _layer(query, {"source_file": _without_root(roots), **self._decoded()})
        query = _layer(query, self._texts())
        query = _layer(query, self._typed())
        query = _layer(query, {"bad_values": self._bad_values()})
        for expressions in self.derived:
            query = _layer(query, expressions)
        names = ("source_file", "bad_values", *self.kept)
        return f"SELECT {', '.join(map(quoted, names))} FROM ({query})"

    def _lines(self, paths: Sequence[str], *, with_lines: bool) -> str:
        structure = _structure(self._below(None))
        options = (
            f"{file_list(paths)}, format='newline_delimited', ignore_errors=true, "
            f"filename=true, maximum_object_size={LONGEST_LINE}"
        )
        if with_lines:
            return (
                "SELECT filename, json AS line, "
                f"from_json(json, {literal(json.dumps(structure))}) AS whole "
                f"FROM read_ndjson_objects({options})"
            )
        columns = ", ".join(
            f"{literal(key)}: {literal(_declared(below))}"
            for key, below in structure.items()
        )
        packed = ", ".join(f"{literal(key)}: {quoted(key)}" for key in structure)
        return (
            f"SELECT filename, CAST(NULL AS JSON) AS line, {{{packed}}} AS whole "
            f"FROM read_json({options}, columns={{{columns}}})"
        )

    def _parent(self, name: str) -> str | None:
        """Return the json value that this value lies below: it is read from that one."""
        path = self.values[name].path
        parents = [
            other
            for other, value in self.values.items()
            if value.type == "json" and path.startswith(f"{value.path}.")
        ]
        return max(
            parents, key=lambda other: len(self.values[other].path), default=None
        )

    def _below(self, parent: str | None) -> dict[str, Value]:
        """Return path to value of all values that are read from the parent."""
        skipped = len(self.values[parent].path) + 1 if parent else 0
        return {
            value.path[skipped:]: value
            for name, value in self.values.items()
            if self._parent(name) == parent
        }

    def _decoded(self) -> dict[str, str]:
        """Return the json values and, of those with values below them, their parts."""
        decoded: dict[str, str] = {}
        for name, value in self.values.items():
            if value.type != "json" or self._parent(name):
                continue
            whole = _field("whole", value.path)
            decoded[f"{name} text"] = f"CAST({whole} AS VARCHAR)"
            decoded[name] = _as_json(whole, value.begins)
        return decoded

    def _texts(self) -> dict[str, str]:
        texts: dict[str, str] = {}
        for name, value in self.values.items():
            parent = self._parent(name)
            if value.type == "json" and not parent:
                if below := self._below(name):
                    structure = literal(json.dumps(_structure(below)))
                    texts[f"parts of {name}"] = (
                        f"from_json({quoted(name)}, {structure})"
                    )
                continue
            if not parent:
                texts[_text_name(name, value)] = _field("whole", value.path)
        return texts

    def _typed(self) -> dict[str, str]:
        typed: dict[str, str] = {}
        for name, value in self.values.items():
            parent = self._parent(name)
            if value.type == "json" and not parent:
                continue
            text = quoted(_text_name(name, value))
            if parent:
                below = value.path[len(self.values[parent].path) + 1 :]
                text = _field(quoted(f"parts of {parent}"), below)
                if value.is_checked:
                    typed[f"{name} text"] = f"CAST({text} AS VARCHAR)"
            elif not value.is_checked:
                continue
            typed[name] = _cast(text, value)
        return typed

    def _bad_values(self) -> str:
        """Return the list of values that are not of their type, NULL for none."""
        checks = {
            name: f"({quoted(f'{name} text')} IS NOT NULL AND {quoted(name)} IS NULL "
            f"AND {quoted(f'{name} text')} NOT IN ('', 'null', '\"\"'))"
            for name, value in self.values.items()
            if value.is_checked
        }
        if not checks:
            return "NULL"
        entries = ", ".join(
            f"CASE WHEN {check} THEN {{'name': {literal(self.values[name].path)}, "
            f"'text': left({quoted(f'{name} text')}, 500)}} END"
            for name, check in checks.items()
        )
        return (
            f"CASE WHEN {' OR '.join(checks.values())} THEN "
            f"list_filter([{entries}], lambda bad: bad IS NOT NULL) END"
        )


def _layer(query: str, expressions: Mapping[str, str]) -> str:
    if not expressions:
        return query
    columns = ", ".join(f"{sql} AS {quoted(name)}" for name, sql in expressions.items())
    return f"SELECT *, {columns} FROM ({query})"


def quoted(name: str) -> str:
    """Return the name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def _declared(below: str | dict[str, Any]) -> str:
    """Return the type of a part of the structure as DuckDB declares it."""
    if isinstance(below, str):
        return below
    fields = ", ".join(
        f"{quoted(key)} {_declared(part)}" for key, part in below.items()
    )
    return f"STRUCT({fields})"


def _without_root(roots: Mapping[str, str]) -> str:
    name = "filename"
    for root, prefix in roots.items():
        name = (
            f"CASE WHEN starts_with(filename, {literal(root + '/')}) THEN "
            f"{literal(prefix)} || substr(filename, {len(root) + 2}) ELSE {name} END"
        )
    return name


def file_list(paths: Sequence[str]) -> str:
    """Return the paths as an SQL list of files, each taken literally."""
    return "[" + ", ".join(literal(_without_globs(path)) for path in paths) + "]"


def _without_globs(path: str) -> str:
    """Return the path with the signs that DuckDB would expand made literal."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in path)


def _text_name(name: str, value: Value) -> str:
    return f"{name} text" if value.is_checked else name


def _field(struct: str, path: str) -> str:
    return ".".join([struct, *map(quoted, path.split("."))])


def _structure(values: Mapping[str, Value]) -> dict[str, Any]:
    """Return the nested structure that `from_json` fills for paths and values."""
    structure: dict[str, Any] = {}
    for path, value in values.items():
        *parents, last = path.split(".")
        level = structure
        for key in parents:
            level = level.setdefault(key, {})
        level[last] = "JSON" if value.type == "json" else "VARCHAR"
    return structure


def _as_json(text: str, begins: str) -> str:
    first = f"IN ({', '.join(literal(sign) for sign in begins)})"
    inner = f"({text} ->> '$')"
    return (
        f"CASE WHEN left({text}, 1) {first} THEN {text} "
        f"WHEN left({text}, 1) = '\"' AND left({inner}, 1) {first} "
        f"AND json_valid({inner}) THEN CAST({inner} AS JSON) END"
    )


def _cast(text: str, value: Value) -> str:
    if value.type == "text":
        return text
    if value.type == "json":
        return _as_json(text, value.begins)
    cast = f"TRY_CAST({text} AS {sql_type(value.type)})"
    if value.type in ("timestamp", "date"):
        return f"CASE WHEN {cast} {_CLOCK} THEN {cast} END"
    if value.type == "double":
        return f"CASE WHEN isfinite({cast}) THEN {cast} END"
    return cast


def sql_type(declared: str) -> str:
    """Return DuckDB's name of a declared type."""
    return _SQL_TYPES.get(declared, declared.upper())
