"""query, queryAll and their cursors."""

from collections import OrderedDict
from datetime import datetime, timedelta
from itertools import count

from starlette.requests import Request
from starlette.routing import Route

from ingestion.sandbox.server.gate import Body, Gate
from ingestion.sandbox.server.vendors.salesforce.errors import (
    invalid_locator,
    malformed,
    refused,
)
from ingestion.sandbox.server.vendors.salesforce.filters import (
    parent_key,
    reader,
    sort_key,
    test_of,
)
from ingestion.sandbox.server.vendors.salesforce.gate import SalesforceDialect
from ingestion.sandbox.server.vendors.salesforce.org import Entry, Item, Org, Table
from ingestion.sandbox.server.vendors.salesforce.paths import BASE, in_both_forms
from ingestion.sandbox.server.vendors.salesforce.soql import (
    Combination,
    Comparison,
    Query,
    parse,
)

SMALLEST_BATCH = 200
MOST_WITH_ALL_FIELDS = 200
# An org keeps more, for two days.
MOST_CURSORS = 200


class Answers:
    """A query's result: which rows, and what is shown of each."""

    def __init__(self, org: Org, query: Query, *, with_deleted: bool) -> None:
        self._org = org
        self.query = query
        self.table = org.table(query.entity)
        self.paths = self._paths()
        for path in self.paths:
            reader(org, self.table, path)
        self.rows = self._rows(with_deleted=with_deleted)

    def _paths(self) -> list[str]:
        paths: list[str] = []
        for path in self.query.paths:
            if not path.startswith("FIELDS("):
                paths.append(path)
                continue
            wanted = path[len("FIELDS(") : -1]
            most = self.query.limit
            if wanted != "STANDARD" and not (most and most <= MOST_WITH_ALL_FIELDS):
                message = (
                    f"The SOQL {path} function must have a LIMIT of at most "
                    f"{MOST_WITH_ALL_FIELDS}"
                )
                raise malformed(message)
            paths += [
                name
                for name in self.table.fields
                if wanted == "ALL" or name.endswith("__c") == (wanted == "CUSTOM")
            ]
        return paths

    def _rows(self, *, with_deleted: bool) -> list[int]:
        query, table, now = self.query, self.table, self._org.store.clock
        since, until = stamp_bounds(query, table)
        entries = [
            entry
            for entry in table.between(since, until)
            if with_deleted or not (entry.is_deleted or entry.is_archived)
        ]
        if query.condition is not None:
            test = test_of(self._org, table, query.condition, now)
            if not _is_only_stamps(query, table):
                entries = [one for one in entries if test(table.parse(one.row))]
        entries = self._ordered(entries)
        end = None if query.limit is None else query.offset + query.limit
        return [entry.row for entry in entries[query.offset : end]]

    def _ordered(self, entries: list[Entry]) -> list[Entry]:
        orders = self.query.orders
        by = [(one.path.lower(), one.is_descending) for one in orders]
        if by in ([], [(self.table.stamp_field.lower(), False), ("id", False)]):
            return entries
        if by == [("id", False)]:
            return sorted(entries, key=lambda entry: entry.identifier)
        # Sorts are stable: the last part first.
        for order in reversed(orders):
            key = sort_key(self._org, self.table, order)
            parsed = {entry.row: key(self.table.parse(entry.row)) for entry in entries}
            entries = sorted(
                entries,
                key=lambda entry, parsed=parsed: parsed[entry.row],
                reverse=order.is_descending,
            )
        return entries

    def record(self, item: Item) -> Item:
        """Return a record with the fields that the query asked for."""
        shown: Item = {"attributes": attributes(self.table.name, item["Id"])}
        for path in self.paths:
            relation, _, rest = path.partition(".")
            if not rest:
                name = self.table.field(path)
                shown[name] = item.get(name)
                continue
            self._add_parent(shown, item, relation, rest)
        return shown

    def _add_parent(self, shown: Item, item: Item, relation: str, rest: str) -> None:
        parent = self._org.record(item.get(parent_key(self.table, relation)))
        if parent is None:
            shown.setdefault(relation, None)
            return
        name, found = parent
        nested = shown.setdefault(
            relation, {"attributes": attributes(name, found["Id"])}
        )
        read, _ = reader(self._org, self._org.table(name), rest)
        nested[rest] = read(found)


def attributes(name: str, identifier: str) -> Item:
    """Return the `attributes` of a record."""
    return {"type": name, "url": f"{BASE}v66.0/sobjects/{name}/{identifier}"}


def stamp_bounds(query: Query, table: Table) -> tuple[datetime | None, datetime | None]:
    """Return the bounds of the table's stamp that the condition implies."""
    since, until = None, None
    for part in _conjuncts(query):
        if not isinstance(part, Comparison) or part.literals[0].kind != "datetime":
            continue
        if part.path.lower() != table.stamp_field.lower():
            continue
        if part.operator in (">=", ">", "="):
            since = part.literals[0].value
        elif part.operator == "<":
            until = part.literals[0].value
    return since, until


def _conjuncts(query: Query) -> tuple:
    condition = query.condition
    if isinstance(condition, Combination) and condition.operator == "and":
        return condition.parts
    return () if condition is None else (condition,)


def _is_only_stamps(query: Query, table: Table) -> bool:
    """Whether the bounds of the stamp are the whole condition."""
    parts = _conjuncts(query)
    operators = [one.operator for one in parts if isinstance(one, Comparison)]
    return all(
        isinstance(one, Comparison)
        and one.path.lower() == table.stamp_field.lower()
        and one.literals[0].kind == "datetime"
        for one in parts
    ) and sorted(operators) in (["<"], [">="], ["<", ">="])


class Queries:
    """The queries of one org and their open cursors."""

    def __init__(self, org: Org, dialect: SalesforceDialect) -> None:
        self._org = org
        self._limits = dialect.limits
        self._cursors: OrderedDict[str, Answers] = OrderedDict()
        self._numbers = count(1)

    def query(self, request: Request) -> Body:
        """Answer a query without deleted and archived records."""
        return self._first_page(request, with_deleted=False)

    def query_all(self, request: Request) -> Body:
        """Answer a query with them."""
        return self._first_page(request, with_deleted=True)

    def _first_page(self, request: Request, *, with_deleted: bool) -> Body:
        text = request.query_params.get("q", "")
        query = parse(text)
        answers = Answers(self._org, query, with_deleted=with_deleted)
        self._refuse_slow(answers)
        if query.is_count:
            return {"totalSize": len(answers.rows), "done": True, "records": []}
        cursor = f"0r8{next(self._numbers):015d}"
        return self._page(request, cursor, answers, 0)

    def _refuse_slow(self, answers: Answers) -> None:
        most = self._limits["slowest_days"]
        since, until = stamp_bounds(answers.query, answers.table)
        if most and answers.rows and since is None and until is not None:
            since = answers.table.entries[0].stamp
        if most and since and until and until - since > timedelta(days=most):
            message = "Your query request was running for too long."
            raise refused(400, "QUERY_TIMEOUT", message)

    def more(self, request: Request) -> Body:
        """Answer a later page."""
        cursor, _, offset = request.path_params["locator"].rpartition("-")
        answers = self._cursors.get(cursor)
        if answers is None or not offset.isdecimal():
            raise invalid_locator()
        return self._page(request, cursor, answers, int(offset))

    def _page(
        self, request: Request, cursor: str, answers: Answers, offset: int
    ) -> Body:
        end = offset + self._batch_size(request)
        rows = answers.rows[offset:end]
        body: Body = {
            "totalSize": len(answers.rows),
            "done": end >= len(answers.rows),
            "records": [answers.record(answers.table.parse(row)) for row in rows],
        }
        if not body["done"]:
            version = request.path_params["version"]
            body["nextRecordsUrl"] = f"{BASE}{version}/query/{cursor}-{end}"
            self._cursors[cursor] = answers
            while len(self._cursors) > MOST_CURSORS:
                self._cursors.popitem(last=False)
        return body

    def _batch_size(self, request: Request) -> int:
        said = request.headers.get("sforce-query-options", "").lower()
        wanted = said.partition("batchsize=")[2].partition(",")[0].strip()
        size = self._limits["batch_size"]
        if wanted.isdecimal():
            size = min(size, max(int(wanted), SMALLEST_BATCH))
        return size


def routes(org: Org, gate: Gate, dialect: SalesforceDialect) -> list[Route]:
    """Return the routes of queries."""
    queries = Queries(org, dialect)
    return [
        gate.route(path, handler)
        for rest, handler in (
            ("query", queries.query),
            ("queryAll", queries.query_all),
            ("query/{locator}", queries.more),
        )
        for path in in_both_forms(rest)
    ]
