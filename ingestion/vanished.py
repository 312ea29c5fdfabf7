"""Records that a vendor no longer has: hard deletes leave no other trace.

Where a source has read a list to its end, what the warehouse knows and the list lacks
has vanished. A row in `vanished_records` says so; the record's own row stays, and one
loaded later says that it is back. Staging asks `newest_rows` for `is_vanished`.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import dlt
from dlt.common.configuration.container import Container
from dlt.common.pipeline import PipelineContext
from dlt.destinations.exceptions import DatabaseUndefinedRelation

from ingestion.reconcile import Counts
from ingestion.records import RawTable, columns

VANISHED_RECORDS = RawTable(
    "vanished_records",
    columns(text="table_name record_id", timestamp="vanished_at"),
    key=("table_name", "record_id"),
)
# Fewer are believed whatever their share: small lists are cleared on purpose.
MOST_BELIEVED = 20
MOST_BELIEVED_SHARE = 0.5


def is_doubtful(lost: int, known: int) -> bool:
    """Whether a loss is too large to be believed without the operator's word."""
    return lost > MOST_BELIEVED and lost > MOST_BELIEVED_SHARE * known


class Presence:
    """Which records exist at the vendor, as far as one extraction read it whole."""

    def __init__(self, vendor: str, counts: Counts, *, believes_all: bool) -> None:
        self._vendor = vendor
        self._counts = counts
        self._believes_all = believes_all
        self._present: dict[str, tuple[RawTable, tuple[str, ...], set[str]]] = {}

    def note(self, table: RawTable, key: tuple[str, ...], ids: Iterable[str]) -> None:
        """Note the ids of all records of a table."""
        self._present[table.name] = (table, key, set(ids))

    def vanished(self, moment: datetime) -> Iterator[dict[str, Any]]:
        """Yield a row per record that the warehouse knows and the vendor lacks."""
        counts = self._counts.table(VANISHED_RECORDS.name)
        doubts: list[str] = []
        for table, key, present in self._present.values():
            known = known_ids(self._vendor, table, key)
            gone = sorted(known - present)
            if not self._believes_all and is_doubtful(len(gone), len(known)):
                doubts.append(f"{len(gone):,} of {len(known):,} {table.name}")
                continue
            for record_id in gone:
                counts.received += 1
                yield {
                    "table_name": table.name,
                    "record_id": record_id,
                    "vanished_at": moment,
                }
        if doubts:
            counts.refusal = (
                f"{', '.join(doubts)} are no longer listed. If {self._vendor} lost "
                "them on purpose, load once with BELIEVE_DELETIONS=true; else the "
                "token probably lost permissions. None of these was marked as "
                "deleted; everything else was loaded."
            )


def known_ids(
    vendor: str, table: RawTable, key: tuple[str, ...], *, where: str = "true"
) -> set[str]:
    """Return the ids of the table's rows that are not known to have vanished.

    Args:
        vendor: the vendor id.
        table: the table.
        key: the columns that tell its records apart.
        where: an SQL condition on the rows.
    """
    context = Container()[PipelineContext]
    if not context.is_active():
        return set()
    pipeline = dlt.current.pipeline()
    # dlt keeps the last pipeline of a process active: a live check has none of its own.
    if pipeline.pipeline_name != vendor:
        return set()
    # Without a name nothing was loaded yet.
    if not pipeline.default_schema_name or any(
        name not in pipeline.default_schema.tables
        for name in (table.name, VANISHED_RECORDS.name)
    ):
        return set()
    record_id = " || ':' || ".join(table.key_sql(column) for column in key)
    connecting: Any = pipeline.sql_client()
    with connecting as client:
        loads = client.make_qualified_table_name("_dlt_loads")
        gone = client.make_qualified_table_name(VANISHED_RECORDS.name)
        rows = client.make_qualified_table_name(table.name)
        query = f"""
            select known.record_id from (
                select {record_id} as record_id, max(_dlt_load_id) as load_id
                from {rows}
                where _dlt_load_id in (select load_id from {loads} where status = 0)
                    and ({where})
                group by 1
            ) as known
            left join {gone} as gone
                on gone.table_name = %s and gone.record_id = known.record_id
            where known.record_id is not null
                and (gone.record_id is null or gone._dlt_load_id < known.load_id)
            """
        try:
            found = client.execute_sql(query, table.name)
        except DatabaseUndefinedRelation:
            # Extracted before, and given up before anything was stored.
            return set()
        return {record_id for (record_id,) in found or []}
