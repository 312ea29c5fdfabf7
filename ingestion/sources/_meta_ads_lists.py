"""Lists of the Graph API, read to their end or not at all.

A list is compared with the total that Meta states beside it. A page that came short, or
a cursor that expired on the way, costs another reading and never a row.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from ingestion.records import BadValueError, decimal_value
from ingestion.rest import Api, ApiError
from ingestion.sources._meta_ads_api import GraphPaginator, is_expired_cursor

Record = dict[str, Any]
# What is written to while we read it is whole at the second or third reading.
READINGS = 3
SUMMED = ("impressions", "clicks", "spend")


class Lists:
    """The lists below one version of the API.

    Args:
        api: the API.
        version: the version, the first part of every path.
        check_totals: whether a list must be as long as Meta says it is.
    """

    def __init__(self, api: Api, version: str, *, check_totals: bool) -> None:
        self._api = api
        self._version = version.strip("/ ")
        self._check_totals = check_totals

    def node(self, node_id: str, fields: Iterable[str], *, needs: str = "id") -> Record:
        """Return one object."""
        params = {"fields": ",".join(fields)}
        path = f"{self._version}/{node_id}"
        return self._api.fetch(path, needs=needs, params=params)

    def create(self, path: str, form: Mapping[str, Any], *, needs: str) -> Record:
        """Send a form and return what was created."""
        return self._api.fetch(f"{self._version}/{path}", needs=needs, form=dict(form))

    def objects(self, path: str, **params: object) -> list[Record]:
        """Return all objects of an edge, some perhaps twice."""

        def is_whole(records: list[Any], summary: Mapping[str, Any]) -> bool:
            total = summary.get("total_count")
            ids = {one.get("id") for one in records if isinstance(one, dict)}
            return not isinstance(total, int) or len(ids) >= total

        return self._read(path, {**params, "summary": "total_count"}, is_whole)

    def figures(
        self,
        path: str,
        identity: Callable[[Record], tuple],
        params: Mapping[str, Any],
    ) -> list[Record]:
        """Return all rows of a report, some perhaps twice.

        Args:
            path: the insights of an account or of a finished report.
            identity: what tells rows apart.
            params: the query.
        """

        def is_whole(records: list[Any], summary: Mapping[str, Any]) -> bool:
            rows = {identity(one): one for one in records if isinstance(one, dict)}
            return all(
                _total(rows.values(), name) == _number(summary[name])
                for name in SUMMED
                if name in summary
            )

        return self._read(path, params, is_whole)

    def _read(
        self,
        path: str,
        params: Mapping[str, Any],
        is_whole: Callable[[list[Any], Mapping[str, Any]], bool],
    ) -> list[Record]:
        path = f"{self._version}/{path}"
        for reading in range(READINGS):
            records: list[Any] = []
            summary: Mapping[str, Any] = {}
            pages = 0
            try:
                for page in self._api.answers(
                    path, GraphPaginator(), select="data", params=dict(params)
                ):
                    pages += 1
                    records += page.records
                    summary = page.body.get("summary") or summary
            except ApiError as error:
                is_last = reading == READINGS - 1
                if not pages or is_last or not is_expired_cursor(error):
                    raise
                continue
            if not self._check_totals or is_whole(records, summary):
                return records
        message = (
            f"meta_ads: GET {path} left out records in each of {READINGS} readings: "
            "what came is less than the total stated beside it. Nothing of this run was "
            "stored; load again later. If it stays so, the total itself is wrong: load "
            "with SOURCES__META_ADS__CHECK_TOTALS=false."
        )
        raise ApiError(message)


def _total(rows: Iterable[Record], name: str) -> Decimal:
    return sum((_number(row.get(name)) for row in rows), Decimal(0))


def _number(value: object) -> Decimal:
    """Read a figure; Meta leaves out what is zero."""
    try:
        return decimal_value(value)
    except BadValueError:
        return Decimal(0)
