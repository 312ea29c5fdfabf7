"""SOQL queries: their pages, cursors that expire, windows that are too slow.

A query's cursor lives two days, and what arrives is compared with the query's own total.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from dlt.sources.helpers.rest_client.paginators import JSONLinkPaginator

from ingestion.records import BadValueError, timestamp_value
from ingestion.rest import ApiError
from ingestion.sources._salesforce_api import Org, first_code, iso

# Before Salesforce's first customer: no record is older.
EARLIEST = datetime(1999, 1, 1, tzinfo=UTC)
# A window that is still too slow when it is this short has another problem.
SHORTEST_WINDOW = timedelta(minutes=2)


class Queries:
    """Queries of one org."""

    def __init__(self, org: Org) -> None:
        self._org = org

    def query(
        self, select: str, conditions: list[str], order: str, *, deleted: bool
    ) -> Iterator[dict[str, Any]]:
        """Yield the records of one query.

        Args:
            select: `SELECT … FROM …`.
            conditions: what a record must fulfil.
            order: the fields to order by.
            deleted: whether deleted and archived records are asked for, too.

        Raises:
            ApiError: the query failed, or left out records of its own total.
        """
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        soql = f"{select}{where}{f' ORDER BY {order}' if order else ''}"
        path = "queryAll" if deleted else "query"
        seen: set[str] = set()
        total, done = 0, False
        pages = self._org.api.answers(
            path,
            JSONLinkPaginator(next_url_path="nextRecordsUrl"),
            select="records",
            params={"q": soql},
        )
        for page in pages:
            total, done = int(page.body.get("totalSize") or 0), page.body.get("done")
            seen.update(
                str(one.get("Id")) for one in page.records if isinstance(one, dict)
            )
            yield from page.records
        if len(seen) < total or not done:
            message = (
                f"salesforce: {path} left out records of {select.rpartition(' ')[2]}: "
                f"its total is {total:,}, {len(seen):,} arrived. Nothing of this run "
                "was stored; load again later."
            )
            raise ApiError(message)

    def rows(
        self,
        select: str,
        cursor: str,
        since: datetime | None,
        until: datetime | None,
        *,
        deleted: bool,
    ) -> Iterator[dict[str, Any]]:
        """Yield the records whose cursor field lies in a window, ordered by it.

        A query whose cursor expired goes on behind the last record seen, and a window
        that is too slow is halved.

        Raises:
            ApiError: neither helped.
        """
        after: dict[str, Any] = {}
        while True:
            conditions = [f"{cursor} >= {iso(since)}"] if since else []
            conditions += [f"{cursor} < {iso(until)}"] if until else []
            conditions += [_behind(cursor, after)] if after else []
            last = after
            try:
                for record in self.query(
                    select, conditions, f"{cursor}, Id", deleted=deleted
                ):
                    last = record if _instant(record, cursor) else last
                    yield record
            except ApiError as error:
                code = first_code(error.body)
                if code == "INVALID_QUERY_LOCATOR" and last is not after:
                    after = last
                    continue
                middle = _middle(since or EARLIEST, until)
                if code != "QUERY_TIMEOUT" or middle is None:
                    raise
                for bounds in ((since, middle), (middle, until)):
                    yield from self.rows(select, cursor, *bounds, deleted=deleted)
            return

    def ids(self, name: str) -> Iterator[str]:
        """Yield the ids of all records of an SObject, deleted ones included.

        Raises:
            ApiError: the query failed.
        """
        last = ""
        while True:
            conditions = [f"Id > '{last}'"] if last else []
            seen = last
            try:
                for record in self.query(
                    f"SELECT Id FROM {name}", conditions, "Id", deleted=True
                ):
                    seen = str(record["Id"])
                    yield seen
            except ApiError as error:
                if first_code(error.body) != "INVALID_QUERY_LOCATOR" or seen == last:
                    raise
                last = seen
                continue
            return


def _instant(record: object, cursor: str) -> datetime | None:
    try:
        return timestamp_value(record.get(cursor) if isinstance(record, dict) else None)
    except BadValueError:
        return None


def _behind(cursor: str, record: dict[str, Any]) -> str:
    """Return the condition of what comes after a record in a query's order."""
    stamp = _instant(record, cursor)
    assert stamp is not None
    return (
        f"({cursor} > {iso(stamp)} OR "
        f"({cursor} = {iso(stamp)} AND Id > '{record['Id']}'))"
    )


def _middle(since: datetime, until: datetime | None) -> datetime | None:
    """Return the middle of a window, None where it is too short to be halved."""
    end = until or datetime.now(UTC)
    if end - since < SHORTEST_WINDOW:
        return None
    return since + (end - since) / 2
