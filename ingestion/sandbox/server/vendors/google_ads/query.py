"""Answers GAQL over the files: joins, filters, adds up, orders, projects."""

import calendar
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from ingestion.sandbox.server.vendors.google_ads import fields
from ingestion.sandbox.server.vendors.google_ads.account import Data
from ingestion.sandbox.server.vendors.google_ads.errors import query_error
from ingestion.sandbox.server.vendors.google_ads.fields import FIELDS, RATIOS
from ingestion.sandbox.server.vendors.google_ads.gaql import Statement
from ingestion.sandbox.server.vendors.google_ads.values import (
    Record,
    comparable,
    during,
    predicate,
    put,
    value_at,
)

Test = tuple[str, Callable[[Any], bool]]
_FIRST, _LAST = "0001-01-01", "9999-12-31"


def answer(data: Data, customer_id: str, statement: Statement) -> list[Record]:
    """Return the results of a checked statement, the LIMIT not yet applied.

    Raises:
        Refusal: a value, an operator or the range of days does not fit.
    """
    today = data.today(customer_id)
    tests = [(one.field, predicate(one, today)) for one in statement.where]
    if any(
        field.startswith(("segments.", "metrics.")) for field in fields.named(statement)
    ):
        is_manager = data.accounts.customers[customer_id].get("manager")
        if is_manager and any("metrics." in one for one in fields.named(statement)):
            message = (
                "Metrics cannot be requested for a manager account. To retrieve metrics, "
                "issue separate requests against each client account."
            )
            raise query_error("REQUESTED_METRICS_FOR_MANAGER", message)
        results = _figures(data, customer_id, statement, tests, today)
    else:
        results = [
            _projected(record, statement)
            for record in _entities(data, customer_id, statement.resource)
            if all(test(value_at(record, field)) for field, test in tests)
        ]
    for field, descends in reversed(statement.order_by):
        results.sort(
            key=lambda pair, field=field: comparable(value_at(pair[0], field), field),
            reverse=descends,
        )
    return [result for _, result in results]


def _projected(record: Record, statement: Statement) -> tuple[Record, Record]:
    """Return a record and what was selected of it; names of resources are always in."""
    result: Record = {}
    owners = {field.partition(".")[0] for field in statement.select}
    for owner in (statement.resource, *fields.ATTRIBUTED[statement.resource]):
        name = value_at(record, f"{owner}.resource_name")
        if name is not None and owner in {*owners, statement.resource}:
            put(result, f"{owner}.resource_name", name)
    for field in statement.select:
        value = value_at(record, field)
        # proto3 JSON leaves out what is not set.
        if value is not None and value != []:
            put(result, field, value)
    return record, result


def _entities(data: Data, customer_id: str, resource: str) -> list[Record]:
    """Return every row of a resource, with what is attributed to it."""
    if resource == "customer_client":
        return data.accounts.clients(customer_id)
    customer = data.accounts.customers[customer_id]
    if resource == "customer":
        return [{"customer": customer}]
    return [
        _joined(data, customer_id, resource, record)
        for record in data.entities(resource, customer_id).values()
    ]


def _joined(data: Data, customer_id: str, resource: str, record: Record) -> Record:
    found = {**record, "customer": data.accounts.customers[customer_id]}
    for owner in fields.ATTRIBUTED[resource]:
        if owner == "campaign_budget":
            name = str(value_at(record, "campaign.campaign_budget") or "")
            budgets = data.entities(owner, customer_id)
            found |= budgets.get(name.rpartition("/")[2], {})
        elif owner != "customer":
            _, attributed = data.entity_of(owner, customer_id, record)
            found = {**found, **attributed}
    return {**found, "customer": data.accounts.customers[customer_id]}


def _figures(
    data: Data,
    customer_id: str,
    statement: Statement,
    tests: list[Test],
    today: date,
) -> list[tuple[Record, Record]]:
    resource = statement.resource
    segments = [one for one in statement.select if one.startswith("segments.")]
    metrics = _summed(statement)
    low, high = _range(statement, today)
    before = [(field, test) for field, test in tests if "metrics." not in field]
    after = [(field, test) for field, test in tests if "metrics." in field]
    sums: dict[tuple, Record] = {}
    if not segments:
        # Not split by anything: what had no figures is there with zeros.
        for record in _entities(data, customer_id, resource):
            entity_tests = [one for one in before if "segments." not in one[0]]
            if all(test(value_at(record, field)) for field, test in entity_tests):
                sums[_entity_key(record, resource)] = {**record, "metrics": {}}
    periods = [one for one in fields.CORE_DATES[1:] if one in fields.named(statement)]
    joined: dict[str, Record] = {}
    for figures in data.figures(_file(statement), customer_id, low, high):
        record = _attributed(data, customer_id, resource, figures, joined)
        for field in periods:
            put(record, field, _period(field, value_at(figures, "segments.date")))
        if not all(test(value_at(record, field)) for field, test in before):
            continue
        split = tuple(str(value_at(record, field)) for field in segments)
        key = (*_entity_key(record, resource), *split)
        known = sums.setdefault(key, {**record, "metrics": {}})["metrics"]
        for field in metrics:
            amount = float(value_at(figures, field) or 0)
            known[field] = known.get(field, 0.0) + amount
    results = []
    for record in sums.values():
        written = {**record, "metrics": _written(record["metrics"], statement, metrics)}
        if segments and metrics and not any(record["metrics"].values()):
            continue
        if all(test(value_at(written, field)) for field, test in after):
            results.append(_projected(written, statement))
    return results


def _file(statement: Statement) -> str:
    if fields.is_by_conversion(statement):
        return "conversion_stats"
    is_by_ad = statement.resource in ("ad_group", "ad_group_ad")
    return "ad_stats" if is_by_ad else "campaign_stats"


def _attributed(
    data: Data,
    customer_id: str,
    resource: str,
    figures: Record,
    known: dict[str, Record],
) -> Record:
    """Return figures with the resources they belong to, as they are now."""
    identifier, entity = "", {}
    if resource != "customer":
        identifier, entity = data.entity_of(resource, customer_id, figures)
    if identifier not in known:
        record = {**figures, **entity}
        known[identifier] = _joined(data, customer_id, resource, record)
    return {**known[identifier], "segments": dict(figures.get("segments") or {})}


def _entity_key(record: Record, resource: str) -> tuple[str, ...]:
    if resource == "ad_group_ad":
        group, ad = (
            value_at(record, one) for one in ("ad_group.id", "ad_group_ad.ad.id")
        )
        return (f"{group}~{ad}",)
    return (str(value_at(record, f"{resource}.id")),)


def _summed(statement: Statement) -> list[str]:
    """Return the metrics that must be added up for what is asked."""
    wanted: dict[str, None] = {}
    for field in fields.named(statement):
        if field in RATIOS:
            wanted |= dict.fromkeys(RATIOS[field][:2])
        elif field.startswith("metrics."):
            wanted[field] = None
    return list(wanted)


def _written(
    sums: dict[str, float], statement: Statement, metrics: list[str]
) -> Record:
    """Return sums as JSON has them: int64 as text, a ratio without divisor absent."""
    written: Record = {}
    for field in {*metrics, *(one for one in fields.named(statement) if one in RATIOS)}:
        if field in RATIOS:
            over, under, factor = RATIOS[field]
            if not sums.get(under):
                continue
            value = sums.get(over, 0.0) * factor / sums[under]
        else:
            value = sums.get(field, 0.0)
        is_whole = FIELDS[field] == "int"
        put(written, field, str(round(value)) if is_whole else round(value, 6))
    return written.get("metrics", {})


def _range(statement: Statement, today: date) -> tuple[str, str]:
    """Return the first and the last day that the conditions leave.

    Raises:
        Refusal: days are selected and no finite range of them is given.
    """
    low, high = _FIRST, _LAST
    for condition in statement.where:
        if condition.field != "segments.date":
            continue
        values = condition.values
        if condition.operator == "DURING":
            values = tuple(str(day) for day in during(values[0], today))
        if condition.operator in ("=", ">", ">=", "BETWEEN", "DURING"):
            low = max(low, values[0])
        if condition.operator in ("=", "<", "<=", "BETWEEN", "DURING"):
            high = min(high, values[-1])
    is_finite = low != _FIRST and high != _LAST
    is_split = any(field in fields.CORE_DATES for field in statement.select)
    others = any(one.field in fields.RANGE_DATES[1:] for one in statement.where)
    if is_split and not is_finite and not others:
        message = "A finite range of dates is needed in WHERE when dates are selected."
        raise query_error("EXPECTED_FILTERS_ON_DATE_RANGE", message)
    return low, high


def _period(field: str, text: str) -> Any:  # noqa: ANN401  text or number
    day = date.fromisoformat(text)
    if field == "segments.week":
        return str(day - timedelta(days=day.weekday()))
    if field == "segments.month":
        return str(day.replace(day=1))
    if field == "segments.quarter":
        return str(day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1))
    if field == "segments.year":
        return day.year
    return calendar.day_name[day.weekday()].upper()
