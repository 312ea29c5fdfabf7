"""Vendor records as typed rows: what a raw table is, and how text becomes its types.

APIs send numbers, dates and flags as text, and users type nonsense into them. A value
that does not fit its declared type becomes NULL and is quarantined with its reason; it
never becomes another number, and it never takes its row with it.
"""

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal
from functools import cached_property
from operator import itemgetter
from typing import Any

import dlt
import orjson
import pyarrow as pa
from dlt.common.schema import Schema
from dlt.common.schema.utils import has_table_seen_data
from dlt.extract import DltResource

from ingestion.arrow_columns import arrow_column, with_values
from ingestion.reconcile import Counts
from ingestion.warehouse import column_hints, decimal_size

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
# Epoch milliseconds since 1973; fewer digits could as well be seconds.
_EPOCH_MS = re.compile(r"-?\d{11,14}", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BIGINT = 2**63
# Python's own context rounds to 28 digits, less than the warehouse keeps.
_WIDE = Context(prec=60)
_BOOLS = {"true": True, "false": False}


class BadValueError(ValueError):
    """A value does not fit its declared type; the message is the quarantine reason."""


def text_value(value: object) -> str:
    """Read text; numbers and flags are written out, structures are refused."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return str(value)
    message = "not text"
    raise BadValueError(message)


def decimal_value(value: object, precision: int = 38, scale: int = 9) -> Decimal:
    """Read a decimal number exactly as written.

    Digits beyond the scale are rounded half-even (they are below any currency's
    smallest unit); a number with too many digits before the point is refused.
    """
    number = _number(value)
    _check_size(number, precision, scale)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > scale:
        number = number.quantize(Decimal((0, (1,), -scale)), context=_WIDE)
        _check_size(number, precision, scale)
    return number if number else Decimal(0)


def _check_size(number: Decimal, precision: int, scale: int) -> None:
    if not number.is_finite() or (number and number.adjusted() >= precision - scale):
        message = f"does not fit decimal({precision},{scale})"
        raise BadValueError(message)


def _number(value: object) -> Decimal:
    if isinstance(value, bool):
        message = "not a number"
        raise BadValueError(message)
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, Decimal):
        return value
    if isinstance(value, float):
        value = repr(value)
    text = value.strip() if isinstance(value, str) else ""
    if not _NUMBER.fullmatch(text):
        message = "not a number"
        raise BadValueError(message)
    return Decimal(text)


def bigint_value(value: object) -> int:
    """Read a whole number of 64 bits; `25.0` is one, `25.5` is not."""
    number = _number(value)
    if number.adjusted() > 18 or not -_BIGINT <= number < _BIGINT:
        message = "does not fit 64 bits"
        raise BadValueError(message)
    whole = int(number)
    if whole != number:
        message = "not a whole number"
        raise BadValueError(message)
    return whole


def double_value(value: object) -> float:
    """Read a finite floating-point number."""
    number = float(_number(value))
    if not math.isfinite(number):
        message = "not a finite number"
        raise BadValueError(message)
    return number


def bool_value(value: object) -> bool:
    """Read a flag, `true` or `false` in any case."""
    if isinstance(value, bool):
        return value
    flag = _BOOLS.get(value.strip().lower()) if isinstance(value, str) else None
    if flag is None:
        message = "neither true nor false"
        raise BadValueError(message)
    return flag


def timestamp_value(value: object) -> datetime:
    """Read an instant: ISO 8601 (without a zone: UTC; a day: its midnight) or epoch ms."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    text = str(value).strip() if isinstance(value, str | int) else ""
    try:
        if _EPOCH_MS.fullmatch(text):
            return _EPOCH + timedelta(milliseconds=int(text))
        # Python also reads 20261118 and 2026-W47; vendors send neither.
        if len(text) < 10 or text[4] != "-" or text[7] != "-":
            raise ValueError
        instant = datetime.fromisoformat(text)
        return (
            instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
        )
    except (ValueError, OverflowError):
        message = "neither an ISO 8601 instant nor epoch milliseconds"
        raise BadValueError(message) from None


def date_value(value: object) -> date:
    """Read a calendar day: ISO 8601 or epoch ms at midnight UTC."""
    return timestamp_value(value).date()


def json_value(value: object) -> str:
    """Write a structure as canonical JSON text."""
    options = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS
    try:
        return orjson.dumps(value, option=options, default=str).decode()
    except TypeError:
        # Half of a character, or a number of more than 64 bits.
        return _odd_json(value)


def _odd_json(value: object) -> str:
    try:
        text = json.dumps(
            value,
            ensure_ascii=False,
            allow_nan=False,
            separators=(",", ":"),
            sort_keys=True,
            default=str,
        )
    except (TypeError, ValueError):
        message = "not JSON"
        raise BadValueError(message) from None
    return text.encode(errors="replace").decode()


_READERS: dict[str, tuple[Callable[[Any], Any], pa.DataType]] = {
    "text": (text_value, pa.string()),
    "bigint": (bigint_value, pa.int64()),
    "double": (double_value, pa.float64()),
    "bool": (bool_value, pa.bool_()),
    "date": (date_value, pa.date32()),
    "timestamp": (timestamp_value, pa.timestamp("us", "UTC")),
    "json": (json_value, pa.string()),
}


def _stored_text(value: object, declared: str) -> str:
    """Return the value as DuckDB casts it to text, once it is of its declared type."""
    if declared == "text" and isinstance(value, str):
        return value
    typed = _reader(declared)[0](value)
    if isinstance(typed, bool):
        return "true" if typed else "false"
    if isinstance(typed, datetime):
        text = typed.strftime("%Y-%m-%d %H:%M:%S")
        fraction = f"{typed.microsecond:06d}".rstrip("0")
        return f"{text}.{fraction}+00" if fraction else f"{text}+00"
    if size := decimal_size(declared):
        return f"{typed:.{size[1]}f}"
    return str(typed)


def _spelled_array(values: list[Any], arrow_type: pa.DataType) -> pa.Array:
    try:
        return pa.array(values, arrow_type)
    except UnicodeEncodeError:
        # Half of an emoji, cut by a field's length limit, is no Unicode text.
        whole = [v and v.encode("utf-8", "replace").decode() for v in values]
        return pa.array(whole, arrow_type)


def columns(**names_by_type: str) -> dict[str, str]:
    """Return declared columns from names listed by type: `columns(text="id name")`."""
    return {
        name: declared
        for declared, names in names_by_type.items()
        for name in names.split()
    }


def _reader(declared: str) -> tuple[Callable[[Any], Any], pa.DataType]:
    if size := decimal_size(declared):
        return lambda value: decimal_value(value, *size), pa.decimal128(*size)
    return _READERS[declared]


@dataclass(frozen=True)
class RawTable:
    """A raw table as declared: its columns, its key, and how rows are written.

    Rows are merged by delete-insert on the key. Of dlt's strategies it is the only one
    that removes doubles from dlt's own staging table, where a killed load leaves them.

    Attributes:
        name: the table, the vendor's own plural noun.
        columns: column name to type as `warehouse.column_hints` knows them.
        key: the columns that tell rows apart.
        replaced_set: columns whose rows are replaced together (a parent's children),
            instead of row by row.
        newest_by: of two rows with one key in one load, the column that decides.
        keeps_empty: columns where "" means something else than NULL.
    """

    name: str
    columns: Mapping[str, str]
    key: tuple[str, ...]
    replaced_set: tuple[str, ...] = ()
    newest_by: str | None = None
    keeps_empty: frozenset[str] = frozenset()

    @cached_property
    def arrow_schema(self) -> pa.Schema:
        """The rows' Arrow schema; equal to the table's, so that dlt copies no file."""
        return pa.schema(
            [(name, _reader(declared)[1]) for name, declared in self.columns.items()]
        )

    def resource(self, batches: Iterator[Any]) -> DltResource:
        """Return the dlt resource that loads `batches` into the table."""
        disposition: Any = {"disposition": "merge", "strategy": "delete-insert"}
        merge_key: Any = list(self.replaced_set) or None
        return dlt.resource(
            batches,
            name=self.name,
            columns=column_hints(self.columns, newest_by=self.newest_by),
            primary_key=list(self.key),
            merge_key=merge_key,
            write_disposition=disposition,
            file_format="parquet",
        )

    def exists_in(self, schema: Schema) -> bool:
        """Whether the table was loaded before with all of its declared columns."""
        table = schema.tables.get(self.name)
        if table is None or not has_table_seen_data(table):
            return False
        return set(self.columns) <= set(table["columns"])

    def empty(self) -> pa.Table:
        """Return no rows, which still makes the table exist."""
        return self.arrow_schema.empty_table()

    def batch(self, records: list[dict[str, Any]], counts: Counts) -> pa.Table:
        """Return the records as typed rows; unusable values are counted and NULL."""
        arrays = [
            self._array(name, values, records, counts)
            for name, values in zip(self.columns, self._values(records), strict=True)
        ]
        return pa.Table.from_arrays(arrays, schema=self.arrow_schema)

    def _values(self, records: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
        """Return the values of each column; each record is visited only once."""
        names = list(self.columns)
        if not records:
            return [()] * len(names)
        # An itemgetter of one name returns no tuple.
        pick = itemgetter(*names, names[0])
        try:
            rows = [pick(record) for record in records]
        except KeyError:
            rows = [[record.get(name) for name in names] for record in records]
        return list(zip(*rows, strict=True))[: len(names)]

    def _array(
        self,
        column: str,
        values: tuple[Any, ...],
        records: list[dict[str, Any]],
        counts: Counts,
    ) -> pa.Array:
        declared = self.columns[column]
        arrow_type = self.arrow_schema.field(column).type
        keeps_empty = column in self.keeps_empty
        plain = arrow_column(values, declared, arrow_type, keeps_empty=keeps_empty)
        if plain is None:
            return _spelled_array(
                self._read(column, declared, records, range(len(records)), counts),
                arrow_type,
            )
        array, left_over = plain
        if not left_over:
            return array
        read = self._read(column, declared, records, left_over, counts)
        return with_values(array, left_over, read)

    def _read(
        self,
        column: str,
        declared: str,
        records: list[dict[str, Any]],
        positions: Sequence[int],
        counts: Counts,
    ) -> list[Any]:
        """Return the values at the positions, read one by one; NULL what is none."""
        read = _reader(declared)[0]
        keeps_empty = column in self.keeps_empty
        values: list[Any] = []
        for position in positions:
            value = records[position].get(column)
            if value is None or (value == "" and not keeps_empty):
                values.append(None)
                continue
            try:
                values.append(read(value))
            except BadValueError as error:
                values.append(None)
                counts.reject_value(
                    self.name,
                    column,
                    str(error),
                    record_id=self.record_id(records[position]),
                    raw_value=value,
                )
        return values

    def renamed(self, record: Mapping[str, Any], **values: object) -> dict[str, Any]:
        """Return a row from a record whose fields are our columns in camel case.

        Args:
            record: as the vendor sends it.
            values: columns that are named or nested otherwise.
        """
        return {
            column: values[column] if column in values else record.get(field)
            for column, field in self._camel_case.items()
        }

    @cached_property
    def _camel_case(self) -> dict[str, str]:
        return {
            column: re.sub("_(.)", lambda found: found[1].upper(), column)
            for column in self.columns
        }

    def record_id(self, record: Mapping[str, Any]) -> str:
        """Return the record's key as one text."""
        return ":".join(str(record.get(column)) for column in self.key)

    def stored_id(
        self, record: Mapping[str, Any], key: tuple[str, ...] = ()
    ) -> str | None:
        """Return the key as the warehouse says it (`key_sql`), None where it is NULL.

        Args:
            record: as the vendor sends it.
            key: the columns, where they are not the table's key.
        """
        parts = []
        for column in key or self.key:
            value = record.get(column)
            if value is None or (value == "" and column not in self.keeps_empty):
                return None
            try:
                parts.append(_stored_text(value, self.columns[column]))
            except BadValueError:
                return None
        return ":".join(parts)

    def key_sql(self, column: str) -> str:
        """Return the SQL that says a column of the key as text."""
        if self.columns[column] == "timestamp":
            return f"cast(timezone('UTC', {column}) as varchar) || '+00'"
        return f"cast({column} as varchar)"
