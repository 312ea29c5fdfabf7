"""`make why KPI=… PERIOD=…`: what moved a number since the period before, exactly.

Everything is read from the published file: the KPI's keys, types and columns say which
rows are its parts. What parts do not explain is a line of its own, so that a bridge
always adds up to the change, to the last printed digit.
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ingestion.settings import Settings
from orchestration.bridge import (
    Part,
    bridge_lines,
    divided,
    effects,
    plain,
    rounded,
    signed,
    value,
)
from orchestration.lineage import compiled_sql, read_lineage
from orchestration.manifest import read_manifest
from orchestration.periods import Period, find_period
from orchestration.trace import UnknownNameError, find, table_name
from orchestration.why_rows import rows_behind

if TYPE_CHECKING:
    import duckdb

NUMERIC = ("bigint", "int", "double", "decimal")
# Rows that differ in these are never added; each gets a bridge of its own.
APART = ("_type", "_status", "model_name", "metric_name")
# They are of one row alone: the parts' values do not add up to the whole's.
_NOT_ADDED = (
    *("average_", "mean_", "median_", "p10_", "p50_", "p90_", "minimum_", "maximum_"),
    *("_rate", "_share", "_mean", "_median", "_score", "_index", "_probability"),
)
SHOWN_SLICES = 6


@dataclass(frozen=True)
class Kpi:
    """A KPI table as its contract describes it.

    Attributes:
        unique_id: dbt's id.
        place: `schema.table`.
        types: its columns and their types.
        keys: its primary key.
        period: the key column that holds a period's first day.
    """

    unique_id: str
    place: str
    types: dict[str, str]
    keys: list[str]
    period: str

    @property
    def measures(self) -> list[str]:
        """The columns that hold numbers of the period itself."""
        return [
            name
            for name, declared in self.types.items()
            if declared.startswith(NUMERIC)
            and name not in self.keys
            and not name.startswith(("prior_", "elapsed_"))
            and not name.endswith(("_number", "_growth_rate"))
        ]

    @property
    def own_keys(self) -> list[str]:
        """The keys other than period and scope."""
        known = {"period_type", "scope_type", "scope_key", "scope_name", self.period}
        return [key for key in self.keys if key not in known]

    def slices(self, column: str) -> list[str]:
        """Return the keys whose values are never added; of a share, all of them."""
        is_share = column.endswith("_share")
        return [key for key in self.own_keys if is_share or key.endswith(APART)]


@dataclass(frozen=True)
class Ratio:
    """A column that is one column by another, times a factor."""

    numerator: str
    denominator: str
    factor: Fraction = Fraction(1)


def why(settings: Settings, wanted: str, period: str) -> int:
    """Print the bridge of a KPI's number, and the rows behind it.

    Raises:
        UnknownNameError: there is no such KPI, column or period; the message says
            which there are.
        LineageError: dbt has compiled nothing yet.
    """
    import duckdb

    manifest, lineage = read_manifest(settings), read_lineage(settings)
    unique_id, column = find(manifest, lineage, wanted)
    kpi = describe(manifest, unique_id)
    path = settings.published_path
    if not path.is_file():
        message = f"Nothing is published yet at {path}. Refresh the warehouse: make run"
        raise UnknownNameError(message)
    node = manifest["nodes"][unique_id]
    ratios = _ratios(compiled_sql(settings, node) or "", kpi)
    if column is None:
        rates = (name for name in ratios if not name.endswith("_share"))
        column = next(rates, None) or next(iter(kpi.measures), None)
    if column not in kpi.measures:
        message = f"{kpi.place} has no number {column!r}: {', '.join(kpi.measures)}"
        raise UnknownNameError(message)
    with duckdb.connect(str(path), read_only=True) as connection:
        now = find_period(connection, kpi.place, kpi.period, kpi.types, period)
        before = now.before(connection, kpi.place, kpi.period)
        rows = _Rows(connection, kpi, column, ratios.get(column), now, before)
        lines = _explained(connection, rows, column, now)
    lines += rows_behind(settings, kpi, column, now, rows.scope)
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def describe(manifest: dict[str, Any], unique_id: str) -> Kpi:
    """Return the KPI's contract.

    Raises:
        UnknownNameError: the table has no key, or no period in it.
    """
    node, place = manifest["nodes"][unique_id], table_name(manifest, unique_id)
    types = {
        name: (column.get("data_type") or "").lower()
        for name, column in node["columns"].items()
    }
    keys: list[str] = []
    for test in manifest["nodes"].values():
        if test["resource_type"] == "test" and test.get("attached_node") == unique_id:
            keys = keys or test["test_metadata"]["kwargs"].get("primary_key") or []
    dates = [key for key in keys if types.get(key) == "date"]
    if not dates:
        message = (
            f"{place} has no periods (its key: {', '.join(keys) or 'none'}): it says "
            f"how things stand now. Its way: make trace KPI={node['name']}"
        )
        raise UnknownNameError(message)
    return Kpi(unique_id, place, types, keys, dates[0])


def _ratios(sql: str, kpi: Kpi) -> dict[str, Ratio]:
    """Return the columns that divide one column of the table by another."""
    import sqlglot
    from sqlglot import exp

    found: dict[str, Ratio] = {}
    if not sql:
        return found
    for alias in sqlglot.parse_one(sql, dialect="duckdb").find_all(exp.Alias):
        division = alias.this.find(exp.Div)
        if alias.alias in kpi.measures and division is not None:
            above, below = _operand(division.left), _operand(division.right)
            if above and below and {above[0], below[0]} <= {*kpi.measures}:
                factor = above[1] / below[1]
                found[alias.alias] = Ratio(above[0], below[0], factor)
    return {name: found[name] for name in kpi.measures if name in found}


def _operand(node: Any) -> tuple[str, Fraction] | None:  # noqa: ANN401 - sqlglot's
    """Return the column inside casts and its constant factor, None for all else."""
    from sqlglot import exp

    while isinstance(node, exp.Cast | exp.Paren | exp.Nullif):
        node = node.this
    if isinstance(node, exp.Column):
        return node.name, Fraction(1)
    if isinstance(node, exp.Mul) and isinstance(node.right, exp.Literal):
        inner = _operand(node.left)
        if inner and not node.right.is_string:
            return inner[0], inner[1] * Fraction(node.right.this)
    return None


def _explained(
    connection: "duckdb.DuckDBPyConnection", rows: "_Rows", column: str, now: Period
) -> list[str]:
    kpi, before = rows.kpi, rows.before
    version, as_of = connection.execute(
        "select version, as_of from meta.published"
    ).fetchall()[0]
    against = f" against {before.name}" if before else ""
    lines = [
        f"{kpi.place}.{column}, {now.name}{against}",
        f"published {version}, as of {as_of:%Y-%m-%d %H:%M} UTC",
    ]
    if before is None:
        lines.append("There is no period before it.")
    lines += [rows.remark] if rows.remark else []
    slices = rows.slices()
    for chosen in slices[:SHOWN_SLICES]:
        lines += ["", *_slice_lines(rows, chosen)]
    if slices[SHOWN_SLICES:]:
        left = [" / ".join(map(str, each)) for each in slices[SHOWN_SLICES:]]
        lines += ["", f"and {len(left)} more: {', '.join(left[:20])}"]
    return lines


def _slice_lines(rows: "_Rows", chosen: tuple[Any, ...]) -> list[str]:
    head = ", ".join(
        f"{key} {value}" for key, value in zip(rows.sliced, chosen, strict=True)
    )
    whole = rows.whole(chosen)
    lines = [head] if head else []
    lines += _whole_lines(rows, whole)
    if not rows.is_added or rows.before is None:
        return lines
    for what, parts in rows.partitions(chosen):
        lines += [
            "",
            *bridge_lines(what, whole, parts, is_ratio=rows.ratio is not None),
        ]
    return lines


def _whole_lines(rows: "_Rows", whole: Part) -> list[str]:
    ratio, now, before = rows.ratio, value(whole.now), value(whole.before)
    if ratio is None:
        is_known = now is not None and before is not None
        change = signed(now - before) if is_known else "–"
        return [f"  {plain(before)} → {plain(now)}, change {change}"]
    said = f"{ratio.numerator} / {ratio.denominator}"
    said += f" × {plain(ratio.factor)}" if ratio.factor != 1 else ""
    lines = [
        f"  {said}",
        f"  before {divided(whole.before)} = {plain(before)}",
        f"  now    {divided(whole.now)} = {plain(now)}",
    ]
    if now is None or before is None:
        return [*lines, "  One of them is over nothing: there is no change to explain."]
    above, below = effects(whole, whole)
    shown = rounded([above, below], now - before)
    change = (
        f"  change {signed(sum(shown, Fraction(0)))} = {ratio.numerator} "
        f"{signed(shown[0])}, {ratio.denominator} {signed(shown[1])}"
    )
    return [*lines, change]


class _Rows:
    """The KPI's rows of a period and of the one before, added as they may be."""

    def __init__(
        self,
        connection: "duckdb.DuckDBPyConnection",
        kpi: Kpi,
        column: str,
        ratio: Ratio | None,
        now: Period,
        before: Period | None,
    ) -> None:
        self.kpi, self.ratio, self.before = kpi, ratio, before
        names = [ratio.numerator, ratio.denominator] if ratio else [column]
        self.sliced = kpi.slices(column)
        self.is_added = not any(_is_of_one_row(name) for name in names)
        self.remark = ""
        prior = [f"prior_{name}" for name in names]
        rows = self._read(connection, names, now)
        if self._is_open(connection, now) and before is not None:
            if {*prior} <= {*kpi.types}:
                self.remark = (
                    f"{now.name} is not over: compared with the same days of the "
                    "period before."
                )
                earlier = self._read(connection, prior, now)
            else:
                self.remark = (
                    f"{now.name} is not over, and is compared with the whole period "
                    "before."
                )
                earlier = self._read(connection, names, before)
        else:
            earlier = self._read(connection, names, before) if before else []
        self._now, self._earlier = rows, earlier
        # The rows that are the whole: the total, else one kind of scope added up.
        scopes = {about["scope_type"] for about, _ in rows if "scope_type" in about}
        self.scope = "total" if "total" in scopes else min(scopes, default="")
        if self.scope not in ("", "total"):
            self.remark = f"There is no total: the sum over {self.scope} stands for it."

    def _read(
        self, connection: "duckdb.DuckDBPyConnection", names: list[str], period: Period
    ) -> list[tuple[dict[str, Any], tuple[Fraction, Fraction]]]:
        kpi, factor = self.kpi, self.ratio.factor if self.ratio else Fraction(1)
        labels = [name for name in ("scope_type", "scope_name") if name in kpi.types]
        said = [*dict.fromkeys([*labels, *kpi.keys])]
        query = (
            f"select {', '.join([*said, *names])} from {kpi.place} "
            f"where {period.condition(kpi.period)}"
        )
        found = []
        for row in connection.execute(query).fetchall():
            about = dict(zip(said, row, strict=False))
            numbers = [_exact(each) for each in row[len(said) :]]
            above = numbers[0] * factor
            found.append((about, (above, numbers[1] if self.ratio else Fraction(1))))
        return found

    def _is_open(self, connection: "duckdb.DuckDBPyConnection", period: Period) -> bool:
        if "is_complete" not in self.kpi.types:
            return False
        found = connection.execute(
            f"select bool_and(is_complete) from {self.kpi.place} "
            f"where {period.condition(self.kpi.period)}"
        ).fetchall()
        return found[0][0] is False

    def slices(self) -> list[tuple[Any, ...]]:
        """Return the combinations of the keys whose values are never added."""
        found = {self._slice(about) for about, _ in self._now}
        return sorted(found, key=str) or [()]

    def _slice(self, about: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(about[key] for key in self.sliced)

    def _is_total(self, about: dict[str, Any]) -> bool:
        return about.get("scope_type", self.scope) == self.scope

    def _sum(
        self, rows: Iterable[tuple[dict[str, Any], tuple[Fraction, Fraction]]]
    ) -> tuple[Fraction, Fraction]:
        found = [numbers for _, numbers in rows]
        above = sum((each[0] for each in found), Fraction(0))
        if self.ratio is None:
            return above, Fraction(1)
        return above, sum((each[1] for each in found), Fraction(0))

    def _where(
        self,
        chosen: tuple[Any, ...],
        **wanted: Any,  # noqa: ANN401 - a key's value
    ) -> tuple[tuple[Fraction, Fraction], tuple[Fraction, Fraction]]:
        def fits(about: dict[str, Any]) -> bool:
            return self._slice(about) == chosen and all(
                about.get(key) == each for key, each in wanted.items()
            )

        return (
            self._sum(row for row in self._earlier if fits(row[0])),
            self._sum(row for row in self._now if fits(row[0])),
        )

    def whole(self, chosen: tuple[Any, ...]) -> Part:
        """Return the whole of a slice: the total row, or the sum of all rows."""
        wanted = {"scope_type": self.scope} if self.scope else {}
        return Part("", *self._where(chosen, **wanted))

    def partitions(self, chosen: tuple[Any, ...]) -> Iterable[tuple[str, list[Part]]]:
        """Yield the ways to part a slice: by each kind of scope, by each other key."""
        rows = [
            about
            for about, _ in [*self._now, *self._earlier]
            if self._slice(about) == chosen
        ]
        scoped = {about["scope_type"] for about in rows if "scope_type" in about}
        label = "scope_name" if "scope_name" in self.kpi.types else "scope_key"
        for scope in sorted(scoped - {"total"}):
            keys = dict.fromkeys(
                (about.get("scope_key"), about[label])
                for about in rows
                if about["scope_type"] == scope
            )
            parts = [
                Part(str(name), *self._where(chosen, scope_type=scope, **wanted))
                for key, name in keys
                for wanted in [{"scope_key": key} if key is not None else {label: name}]
            ]
            yield scope, parts
        totals = [about for about in rows if self._is_total(about)]
        for key in self.kpi.own_keys:
            if key in self.sliced:
                continue
            values = dict.fromkeys(about[key] for about in totals)
            wanted = {"scope_type": self.scope} if self.scope else {}
            parts = [
                Part(str(each), *self._where(chosen, **wanted, **{key: each}))
                for each in values
            ]
            if len(parts) > 1:
                yield key, parts


def _is_of_one_row(name: str) -> bool:
    return any(
        name.startswith(word) if word.endswith("_") else name.endswith(word)
        for word in _NOT_ADDED
    )


def _exact(number: float | Decimal | None) -> Fraction:
    return Fraction(number) if number is not None else Fraction(0)
