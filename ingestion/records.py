"""Vendor records as typed rows: what a raw table is, and how its rows are made.

A value that does not fit its declared type becomes NULL and is quarantined with its
reason; it never takes its row with it. How single values are read: `ingestion.values`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any

import dlt
import pyarrow as pa
from dlt.common.schema import Schema
from dlt.common.schema.utils import has_table_seen_data
from dlt.extract import DltResource

from ingestion.arrow_columns import arrow_column, with_values
from ingestion.reconcile import Counts
from ingestion.values import (
    BadValueError,
    bigint_value,
    bool_value,
    date_value,
    decimal_value,
    double_value,
    json_value,
    spelled_array,
    stored_text,
    text_value,
    timestamp_value,
    value_reader,
)
from ingestion.warehouse import column_hints

# A source needs no second import for the values that it looks at itself.
__all__ = [
    "BadValueError",
    "RawTable",
    "bigint_value",
    "bool_value",
    "columns",
    "date_value",
    "decimal_value",
    "double_value",
    "json_value",
    "text_value",
    "timestamp_value",
]


def columns(**names_by_type: str) -> dict[str, str]:
    """Return declared columns from names listed by type: `columns(text="id name")`."""
    return {
        name: declared
        for declared, names in names_by_type.items()
        for name in names.split()
    }


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
            [
                (name, value_reader(declared)[1])
                for name, declared in self.columns.items()
            ]
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
            return spelled_array(
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
        read = value_reader(declared)[0]
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
                parts.append(stored_text(value, self.columns[column]))
            except BadValueError:
                return None
        return ":".join(parts)

    def key_sql(self, column: str) -> str:
        """Return the SQL that says a column of the key as text."""
        if self.columns[column] == "timestamp":
            return f"cast(timezone('UTC', {column}) as varchar) || '+00'"
        return f"cast({column} as varchar)"
