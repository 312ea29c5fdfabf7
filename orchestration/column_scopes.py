"""Where the columns of a query come from: names resolved through its scopes.

sqlglot's own lineage qualifies the query once per column, which costs minutes for a
project of this size; one walk per query costs a hundredth of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlglot import exp

Place = tuple[str, str]
Columns = dict[str, frozenset[Place]]
_NONE: frozenset[Place] = frozenset()


@dataclass
class _Source:
    """What a name in a FROM clause stands for.

    Attributes:
        columns: its columns and what they are made of.
        table: the table, where it is one whose columns are not all known.
        rest: what any other column of it is made of.
    """

    columns: Columns
    table: str | None = None
    rest: frozenset[Place] = _NONE

    def get(self, name: str) -> frozenset[Place] | None:
        if name in self.columns:
            return self.columns[name]
        if self.table is not None:
            return frozenset([(self.table, name)])
        return self.rest or None


@dataclass
class _Scope:
    sources: dict[str, _Source] = field(default_factory=dict)
    outer: "_Scope | None" = None
    aliases: Columns = field(default_factory=dict)

    def resolve(self, name: str, qualifier: str) -> frozenset[Place]:
        if qualifier:
            if qualifier in self.sources:
                return self.sources[qualifier].get(name) or _NONE
            if self.outer is not None:
                return self.outer.resolve(name, qualifier)
            # A field of a structure: its column.
            return self.resolve(qualifier, "")
        found = [
            source.columns[name]
            for source in self.sources.values()
            if name in source.columns
        ]
        if found:
            return found[0]
        if name in self.aliases:
            return self.aliases[name]
        for source in self.sources.values():
            if (other := source.get(name)) is not None:
                return other
        return self.outer.resolve(name, "") if self.outer is not None else _NONE

    def first_column(self) -> frozenset[Place]:
        """Return what the first column is made of: the key, of the rows counted."""
        for source in self.sources.values():
            return next(iter(source.columns.values()), source.rest)
        return _NONE


class Reader:
    """Reads queries over known tables.

    Args:
        tables: the columns of each table, by `schema.table`.
        ids: what each table is called in the answer.
    """

    def __init__(self, tables: Mapping[str, Columns], ids: Mapping[str, str]) -> None:
        self._tables = tables
        self._ids = ids

    def columns(
        self,
        query: exp.Expr,
        named: Mapping[str, Columns],
        outer: _Scope | None = None,
    ) -> Columns:
        """Return the query's columns in order, and what each is made of.

        Args:
            query: a SELECT, a union of them, or either in brackets.
            named: the common table expressions that it sees.
            outer: the scope around it, for a correlated subquery.
        """
        named = dict(named)
        if with_ := query.args.get("with_"):
            for each in with_.expressions:
                name = each.alias.lower()
                if with_.args.get("recursive"):
                    # The first branch names the columns; the second reads them.
                    first = each.this
                    while isinstance(first, exp.SetOperation):
                        first = first.left
                    named[name] = self.columns(first, named, outer)
                found = self.columns(each.this, named, outer)
                if given := each.args["alias"].args.get("columns"):
                    names = [column.name.lower() for column in given]
                    found = dict(zip(names, found.values(), strict=False))
                named[name] = found
        if isinstance(query, exp.SetOperation):
            left = self.columns(query.left, named, outer)
            right = self.columns(query.right, named, outer)
            return {
                name: places | other
                for (name, places), other in zip(
                    left.items(), right.values(), strict=False
                )
            }
        if isinstance(query, exp.Subquery | exp.Paren):
            return self.columns(query.this, named, outer)
        if isinstance(query, exp.Select):
            return self._select(query, named, outer)
        return {}

    def _select(
        self, query: exp.Select, named: Mapping[str, Columns], outer: _Scope | None
    ) -> Columns:
        scope = _Scope(outer=outer)
        if from_ := query.args.get("from_"):
            self._add(scope, from_.this, named)
        for join in query.args.get("joins") or ():
            self._add(scope, join.this, named)
        for lateral in query.args.get("laterals") or ():
            self._add(scope, lateral, named)
        found: Columns = {}
        for expression in query.expressions:
            if stars := _star(expression):
                found |= self._starred(scope, expression, stars, named)
                continue
            name = expression.alias_or_name.lower()
            places = self._places(expression, scope, named)
            found[name or f"column_{len(found)}"] = places
            if name:
                scope.aliases.setdefault(name, places)
        return found

    def _starred(
        self,
        scope: _Scope,
        expression: exp.Expr,
        stars: tuple[str, exp.Star],
        named: Mapping[str, Columns],
    ) -> Columns:
        qualifier, star = stars
        left_out = {each.name.lower() for each in star.args.get("except_") or ()}
        sources = (
            [scope.sources[qualifier]]
            if qualifier in scope.sources
            else [*scope.sources.values()]
        )
        found: Columns = {}
        for source in sources:
            for name, places in source.columns.items():
                if name not in left_out:
                    found.setdefault(name, places)
        for replaced in star.args.get("replace") or ():
            found[replaced.alias.lower()] = self._places(replaced, scope, named)
        return found

    def _add(self, scope: _Scope, item: exp.Expr, named: Mapping[str, Columns]) -> None:
        alias = item.alias_or_name.lower()
        nested = item.args.get("joins") or ()
        if isinstance(item, exp.Table) and isinstance(item.this, exp.Identifier):
            source = self._table(item, named)
        elif isinstance(item, exp.Subquery):
            source = _Source(self.columns(item.this, named, scope))
        else:
            # A function, values, unnest: made of whatever it is given.
            source = _Source({}, rest=self._places(item, scope, named))
        if given := (item.args.get("alias") and item.args["alias"].args.get("columns")):
            names = [column.name.lower() for column in given]
            places = [*source.columns.values()] or [source.rest] * len(names)
            source = _Source(dict(zip(names, places, strict=False)), rest=source.rest)
        scope.sources[alias or f"source_{len(scope.sources)}"] = source
        for join in nested:
            self._add(scope, join.this, named)

    def _table(self, item: exp.Table, named: Mapping[str, Columns]) -> _Source:
        name, schema = item.name.lower(), item.db.lower()
        if not schema and name in named:
            return _Source(named[name])
        place = f"{schema}.{name}"
        known = self._tables.get(place, {})
        return _Source(known, None if known else self._ids.get(place, place))

    def _places(
        self, node: exp.Expr, scope: _Scope, named: Mapping[str, Columns]
    ) -> frozenset[Place]:
        """Return the columns inside an expression."""
        if isinstance(node, exp.Query) and not isinstance(node, exp.Table):
            inner = self.columns(node, named, scope)
            return frozenset().union(*inner.values()) if inner else _NONE
        if isinstance(node, exp.Column):
            if isinstance(node.this, exp.Star):
                return _NONE
            return scope.resolve(node.name.lower(), node.table.lower())
        if isinstance(node, exp.Count) and isinstance(node.this, exp.Star):
            return scope.first_column()
        found = [self._places(each, scope, named) for each in node.iter_expressions()]
        return frozenset().union(*found) if found else _NONE


def _star(expression: exp.Expr) -> tuple[str, exp.Star] | None:
    """Return the qualifier and the star of `*` or `name.*`, None for anything else."""
    if isinstance(expression, exp.Star):
        return "", expression
    if isinstance(expression, exp.Column) and isinstance(expression.this, exp.Star):
        return expression.table.lower(), expression.this
    return None
