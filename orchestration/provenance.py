"""Which rows of the marts a number was made of: the compiled SQL, made to remember.

Each model on the way from a mart to the KPI gets one more column, the rows that went
into it: passed on where rows are passed on, gathered where they are added up, and there
only those that add something to the columns that are asked for. So the rows are found by
the very SQL that made the number, whatever it filters or joins.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlglot
from sqlglot import exp

from ingestion.settings import Settings
from orchestration.column_scopes import Reader
from orchestration.lineage import Lineage, compiled_sql
from orchestration.trace import table_name

ROWS = "__rows"
_DIALECT = "duckdb"


class NoProvenanceError(Exception):
    """The rows cannot be told; the message says why."""


@dataclass
class _Named:
    """A common table expression: its query, what is asked of it, and what it gives."""

    query: exp.Expr
    columns: list[str]
    wanted: set[str] = field(default_factory=set)
    has_rows: bool = False


_Names = dict[str, _Named]


class Provenance:
    """Queries that remember their rows.

    Args:
        settings: where dbt's compiled SQL is.
        manifest: dbt's manifest.
        lineage: the columns of each table.
        below_marts: whether rows of intermediate models do where no fact is.
    """

    def __init__(
        self,
        settings: Settings,
        manifest: Mapping[str, Any],
        lineage: Lineage,
        *,
        below_marts: bool = False,
    ) -> None:
        self._settings = settings
        self._nodes = manifest["nodes"]
        self._lineage = lineage
        self._relations = {
            table_name(manifest, unique_id): unique_id
            for unique_id, node in self._nodes.items()
            if node["resource_type"] == "model"
        }
        self._above_marts: dict[str, bool] = {}
        self._below_marts = below_marts

    def sql(self, unique_id: str, wanted: Collection[str]) -> str:
        """Return the model's query with the rows behind the columns beside each row.

        Raises:
            NoProvenanceError: nothing of it comes from a mart, or it says so in a way
                that is not understood.
        """
        query, has_rows = self._model(unique_id, set(wanted))
        if not has_rows:
            name = self._nodes[unique_id]["name"]
            message = f"no fact is on the way of {name}.{', '.join(sorted(wanted))}"
            raise NoProvenanceError(message)
        return query.sql(dialect=_DIALECT)

    def _model(self, unique_id: str, wanted: set[str]) -> tuple[exp.Expr, bool]:
        sql = compiled_sql(self._settings, self._nodes[unique_id])
        if sql is None:
            message = f"dbt has not compiled {self._nodes[unique_id]['name']}"
            raise NoProvenanceError(message)
        query = sqlglot.parse_one(sql, dialect=_DIALECT)
        return query, self._rewrite(query, wanted, {})

    def _rewrite(self, query: exp.Expr, wanted: set[str], outer: _Names) -> bool:
        names, own = dict(outer), []
        if with_ := query.args.get("with_"):
            for each in with_.expressions:
                found = _Named(each, self._columns(each.this, names))
                names[each.alias.lower()] = found
                own.append(found)
        self._ask(query, wanted, names)
        for each in reversed(own):
            if each.wanted:
                self._ask(each.query.this, each.wanted, names)
        for each in own:
            if each.wanted:
                each.has_rows = self._apply(each.query.this, each.wanted, names)
        return self._apply(query, wanted, names)

    def _columns(self, query: exp.Expr, names: _Names) -> list[str]:
        none: frozenset[tuple[str, str]] = frozenset()
        tables = {
            place: dict.fromkeys(self._lineage.columns(unique_id), none)
            for place, unique_id in self._relations.items()
        }
        known = {
            name: dict.fromkeys(each.columns, none) for name, each in names.items()
        }
        return [*Reader(tables, {}).columns(query, known)]

    def _ask(self, query: exp.Expr, wanted: set[str], names: _Names) -> None:
        """Note what is asked of each common table expression that the query reads."""
        if isinstance(query, exp.SetOperation):
            left, right = query.left, query.right
            self._ask(left, wanted, names)
            self._ask(right, self._same(left, right, wanted, names), names)
        elif isinstance(query, exp.Subquery | exp.Paren):
            self._ask(query.this, wanted, names)
        elif isinstance(query, exp.Select):
            for item, needed in self._needs(query, wanted, names):
                if isinstance(item, exp.Subquery):
                    self._ask(item.this, needed, names)
                elif named := _named(item, names):
                    named.wanted |= needed

    def _same(
        self, left: exp.Expr, right: exp.Expr, wanted: set[str], names: _Names
    ) -> set[str]:
        """Return the columns of the right that stand where the wanted ones do."""
        pairs = zip(
            self._columns(left, names), self._columns(right, names), strict=False
        )
        return {other for name, other in pairs if name in wanted}

    def _needs(
        self, query: exp.Select, wanted: set[str], names: _Names
    ) -> list[tuple[exp.Expr, set[str]]]:
        """Return what the SELECT reads from, with the columns that the wanted need."""
        items = _items(query)
        columns = {
            item.alias_or_name.lower(): self._item_columns(item, names)
            for item in items
        }
        needed: dict[str, set[str]] = {name: set() for name in columns}
        waiting, done = set(wanted), set()
        while waiting:
            name = waiting.pop()
            done.add(name)
            defined = _defining(query, name)
            if defined is None:
                # A star passes it on.
                for source, known in columns.items():
                    if name in known:
                        needed[source].add(name)
                        break
                continue
            for column in _used(defined):
                source = self._source(column, columns)
                if source is not None:
                    needed[source].add(column.name.lower())
                elif column.name.lower() not in done:
                    waiting.add(column.name.lower())
            if any(_counts_rows(each) for each in defined.find_all(exp.Count)):
                first = next(iter(columns))
                needed[first].update(columns[first][:1])
        return [(item, needed[item.alias_or_name.lower()]) for item in items]

    def _source(
        self, column: exp.Column, columns: Mapping[str, list[str]]
    ) -> str | None:
        if column.table:
            return column.table.lower() if column.table.lower() in columns else None
        name = column.name.lower()
        return next((each for each, known in columns.items() if name in known), None)

    def _item_columns(self, item: exp.Expr, names: _Names) -> list[str]:
        if isinstance(item, exp.Subquery):
            return self._columns(item.this, names)
        if named := _named(item, names):
            return named.columns
        unique_id = self._relations.get(f"{_schema(item)}.{item.name.lower()}")
        return self._lineage.columns(unique_id) if unique_id else []

    def _apply(self, query: exp.Expr, wanted: set[str], names: _Names) -> bool:
        """Add the rows to the query's columns; return whether it has any."""
        if isinstance(query, exp.SetOperation):
            left, right = query.left, query.right
            other = self._same(left, right, wanted, names)
            found = [self._apply(left, wanted, names), self._apply(right, other, names)]
            if any(found):
                for branch, has_rows in zip((left, right), found, strict=True):
                    if not has_rows:
                        _add_rows(branch, "cast([] as varchar[])")
            return any(found)
        if isinstance(query, exp.Subquery | exp.Paren):
            return self._apply(query.this, wanted, names)
        if not isinstance(query, exp.Select):
            return False
        carrying = []
        for item, needed in self._needs(query, wanted, names):
            if needed and self._carries(item, needed, names):
                carrying.append(item.alias_or_name)
        if not carrying:
            return False
        if query.args.get("distinct"):
            message = "a select distinct on the way forgets its rows"
            raise NoProvenanceError(message)
        for star in _stars(query, {each.lower() for each in carrying}):
            star.set("except_", [*(star.args.get("except_") or []), exp.column(ROWS)])
        lists = [f'coalesce("{alias}"."{ROWS}", [])' for alias in carrying]
        rows = lists[0]
        for each in lists[1:]:
            rows = f"list_concat({rows}, {each})"
        if _is_added_up(query):
            condition = _adding(query, wanted)
            rows = f"coalesce(flatten(list({rows}) filter (where {condition})), [])"
        _add_rows(query, rows)
        return True

    def _carries(self, item: exp.Expr, needed: set[str], names: _Names) -> bool:
        """Return whether the source has rows; tables are made to have them."""
        if isinstance(item, exp.Subquery):
            return self._apply(item.this, needed, names)
        if named := _named(item, names):
            return named.has_rows
        place = f"{_schema(item)}.{item.name.lower()}"
        unique_id = self._relations.get(place)
        if unique_id is None:
            return False
        alias = item.alias_or_name
        if self._is_base(unique_id) or self._stands_in(unique_id, needed):
            base = (
                f"select *, ['{place}:' || rowid] as {ROWS} "
                f'from "warehouse"."{_schema(item)}"."{item.name}"'
            )
            query: exp.Expr = sqlglot.parse_one(base, dialect=_DIALECT)
        elif self._is_above_marts(unique_id):
            query, has_rows = self._model(unique_id, needed)
            if not has_rows:
                return False
        else:
            return False
        joins = item.args.get("joins")
        subquery = exp.Subquery(
            this=query, alias=exp.TableAlias(this=exp.to_identifier(alias, quoted=True))
        )
        if joins:
            subquery.set("joins", joins)
        item.replace(subquery)
        return True

    def _is_base(self, unique_id: str) -> bool:
        node = self._nodes[unique_id]
        return node["schema"] == "marts" and node["name"].startswith("fct_")

    def _stands_in(self, unique_id: str, needed: set[str]) -> bool:
        """Return whether an intermediate model's rows do, for want of a fact's."""
        if not self._below_marts or self._is_above_marts(unique_id):
            return False
        if self._nodes[unique_id]["schema"] != "intermediate":
            return False
        # What comes from no vendor is the calendar, and explains nothing.
        return any(
            table.startswith("source.")
            for name in needed
            for table, _ in self._lineage.upstream((unique_id, name))
        )

    def _is_above_marts(self, unique_id: str) -> bool:
        if unique_id not in self._above_marts:
            self._above_marts[unique_id] = False
            self._above_marts[unique_id] = any(
                self._is_base(parent) or self._is_above_marts(parent)
                for parent in self._nodes[unique_id]["depends_on"]["nodes"]
                if parent in self._nodes
                and self._nodes[parent]["resource_type"] == "model"
            )
        return self._above_marts[unique_id]


def _items(query: exp.Select) -> list[exp.Expr]:
    from_ = query.args.get("from_")
    found = [from_.this] if from_ else []
    return [*found, *(join.this for join in query.args.get("joins") or ())]


def _named(item: exp.Expr, names: _Names) -> _Named | None:
    if isinstance(item, exp.Table) and not item.db:
        return names.get(item.name.lower())
    return None


def _schema(item: exp.Expr) -> str:
    return item.db.lower() if isinstance(item, exp.Table) else ""


def _defining(query: exp.Select, name: str) -> exp.Expr | None:
    """Return the expression of a column of the SELECT, None where a star gives it."""
    for expression in query.expressions:
        if expression.alias_or_name.lower() == name and not _is_star(expression):
            return expression
    return None


def _is_star(expression: exp.Expr) -> bool:
    return isinstance(expression, exp.Star) or (
        isinstance(expression, exp.Column) and isinstance(expression.this, exp.Star)
    )


def _stars(query: exp.Select, carrying: set[str]) -> list[exp.Expr]:
    """Return the stars that would pass on the rows of a source."""
    found = []
    for expression in query.expressions:
        if isinstance(expression, exp.Star):
            found.append(expression)
        elif _is_star(expression) and expression.table.lower() in carrying:
            found.append(expression.this)
    return found


def _used(expression: exp.Expr) -> list[exp.Column]:
    return [
        column
        for column in expression.find_all(exp.Column)
        if not isinstance(column.this, exp.Star)
    ]


def _counts_rows(count: exp.Expr) -> bool:
    return isinstance(count.this, exp.Star)


def _in_window(node: exp.Expr) -> bool:
    parent = node.parent
    while isinstance(parent, exp.Filter | exp.IgnoreNulls):
        parent = parent.parent
    return isinstance(parent, exp.Window)


def _aggregates(expression: exp.Expr) -> list[exp.Expr]:
    return [each for each in expression.find_all(exp.AggFunc) if not _in_window(each)]


def _is_added_up(query: exp.Select) -> bool:
    return bool(query.args.get("group")) or any(
        _aggregates(expression) for expression in query.expressions
    )


def _adding(query: exp.Select, wanted: set[str]) -> str:
    """Return the condition on rows that add something to one of the columns."""
    found = []
    for name in sorted(wanted):
        defined = _defining(query, name)
        for each in _aggregates(defined) if defined is not None else ():
            found.append(_adds(each))
    return " or ".join(f"({each})" for each in found) or "true"


def _adds(aggregate: exp.Expr) -> str:
    said = aggregate.this
    if isinstance(said, exp.Distinct):
        said = said.expressions[0]
    text = said.sql(dialect=_DIALECT) if said is not None else "1"
    if _counts_rows(aggregate):
        condition = "true"
    elif isinstance(aggregate, exp.Sum):
        condition = f"coalesce({text}, 0) <> 0"
    else:
        condition = f"({text}) is not null"
    if isinstance(aggregate.parent, exp.Filter):
        where = aggregate.parent.expression.this.sql(dialect=_DIALECT)
        condition += f" and ({where})"
    return condition


def _add_rows(query: exp.Expr, rows: str) -> None:
    """Add the rows as the last column of every SELECT of the query."""
    if isinstance(query, exp.SetOperation):
        _add_rows(query.left, rows)
        _add_rows(query.right, rows)
    elif isinstance(query, exp.Subquery | exp.Paren):
        _add_rows(query.this, rows)
    elif isinstance(query, exp.Select):
        said = sqlglot.parse_one(f"{rows} as {ROWS}", dialect=_DIALECT)
        query.set("expressions", [*query.expressions, said])
