"""Whole columns at once: Arrow reads what is spelled plainly, the rest is left over.

A value is taken here only in a spelling of which Arrow is known to make exactly what
`records` makes of it one by one; of any other value the position is returned, and the
reader of single values decides. So this module can make a load cheaper, and never
another: `tests/ingestion/test_arrow_columns.py` compares the two.
"""

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
from pyarrow import compute

from ingestion.warehouse import decimal_size

# Its functions are made at import, where no type checker sees them.
pc: Any = compute
# Of what Arrow would read; years that no offset can push out of the calendar.
_DAY = r"[12]\d{3}-\d\d-\d\d"
_CLOCK = r"[T ]\d\d:\d\d:\d\d(\.\d{1,6})?"
_ZONED = rf"^{_DAY}{_CLOCK}(Z|[+-]([01]\d|2[0-3]):?[0-5]\d)$"
_NAIVE = rf"^{_DAY}({_CLOCK})?$"
_UTC = pa.timestamp("us", "UTC")
# So many of a column in another spelling, and Arrow's part is not worth its passes.
_MOST_LEFT_OVER = 0.2

Column = tuple[pa.Array, Sequence[int]]
_NONE: Sequence[int] = ()


def arrow_column(
    values: Sequence[Any], declared: str, arrow_type: pa.DataType, *, keeps_empty: bool
) -> Column | None:
    """Return the values as a column, and the positions that are still to be read.

    Those positions are NULL in the column. None means that all values are to be read
    one by one.

    Args:
        values: as the vendor sends them; None is NULL, and so is "".
        declared: their type, as `warehouse.column_hints` knows it.
        arrow_type: the column's type.
        keeps_empty: whether "" stays.
    """
    kinds = set(map(type, values))
    kinds.discard(type(None))
    if not kinds:
        return pa.nulls(len(values), arrow_type), _NONE
    if len(kinds) > 1:
        return None
    try:
        return _of_one_kind(kinds.pop(), values, declared, arrow_type, keeps_empty)
    except (pa.ArrowException, OverflowError, UnicodeEncodeError):
        # A day that no month has, a number too long, half of a character.
        return None


def _of_one_kind(
    kind: type,
    values: Sequence[Any],
    declared: str,
    arrow_type: pa.DataType,
    keeps_empty: bool,
) -> Column | None:
    if kind is str:
        texts = pa.array(values, pa.string())
        if not keeps_empty:
            texts = _without_empty(texts)
        if declared == "text":
            return texts, _NONE
        return _of_texts(texts, declared, arrow_type)
    if kind is bool and declared == "bool":
        return pa.array(values, arrow_type), _NONE
    if kind is int and declared == "bigint":
        return pa.array(values, arrow_type), _NONE
    if kind is int and declared == "text":
        return pa.array(_texts(str, values), arrow_type), _NONE
    if kind in (int, float) and decimal_size(declared):
        # A number is read as it was written: 0.1 is no binary fraction.
        spelled = pa.array(_texts(repr, values), pa.string())
        return _of_texts(spelled, declared, arrow_type)
    if kind is float and declared == "double":
        column = pa.array(values, arrow_type)
        if pc.all(pc.is_finite(column)).as_py() is not False:
            return column, _NONE
    return None


def _texts(spell: Callable[[Any], str], values: Sequence[Any]) -> list[str | None]:
    return [None if value is None else spell(value) for value in values]


def _without_empty(texts: pa.Array) -> pa.Array:
    is_empty = pc.equal(texts, "")
    if pc.any(is_empty).as_py():
        return pc.if_else(is_empty, pa.scalar(None, pa.string()), texts)
    return texts


def _of_texts(texts: pa.Array, declared: str, arrow_type: pa.DataType) -> Column | None:
    if declared == "timestamp":
        return _timestamps(texts)
    if declared == "bool":
        lower = pc.utf8_lower(texts)
        return _plain(lower, "^(true|false)$", lambda plain: pc.equal(plain, "true"))
    pattern = _pattern(declared)
    if pattern is None:
        return None
    return _plain(texts, pattern, lambda plain: plain.cast(arrow_type))


def _pattern(declared: str) -> str | None:
    """Return which spelling of a type Arrow reads as we do."""
    if declared == "bigint":
        return r"^-?\d{1,18}$"
    if declared == "double":
        return r"^-?\d{1,17}(\.\d{1,17})?$"
    if declared == "date":
        return f"^{_DAY}$"
    if size := decimal_size(declared):
        precision, scale = size
        whole = precision - scale
        if whole > 0 and scale > 0:
            return rf"^-?\d{{1,{whole}}}(\.\d{{1,{scale}}})?$"
    return None


def _timestamps(texts: pa.Array) -> Column | None:
    zoned = _plain(texts, _ZONED, lambda plain: plain.cast(_UTC))
    if zoned is not None:
        return zoned
    return _plain(
        texts,
        _NAIVE,
        lambda plain: pc.assume_timezone(plain.cast(pa.timestamp("us")), "UTC"),
    )


def _plain(
    texts: pa.Array, pattern: str, read: Callable[[pa.Array], pa.Array]
) -> Column | None:
    """Read the texts that match; return None where too many do not."""
    is_plain = pc.match_substring_regex(texts, pattern)
    # NULL is nothing to read.
    left_over = pc.fill_null(pc.invert(is_plain), False)
    count = pc.sum(left_over).as_py() or 0
    if not count:
        return read(texts), _NONE
    if count > _MOST_LEFT_OVER * len(texts):
        return None
    column = read(pc.if_else(is_plain, texts, pa.scalar(None, pa.string())))
    positions = pc.indices_nonzero(left_over).to_pylist()
    return column, positions


def with_values(
    column: pa.Array, positions: Sequence[int], values: list[Any]
) -> pa.Array:
    """Return the column with the values at the positions."""
    if not positions or not any(value is not None for value in values):
        return column
    chosen = set(positions)
    mask = pa.array([number in chosen for number in range(len(column))])
    return pc.replace_with_mask(column, mask, pa.array(values, column.type))
