"""A day that is unlike its weekday is told; a holiday, a season and chance are not."""

from datetime import date, timedelta

import duckdb
import pytest

from orchestration.graph import DbtGraph
from orchestration.watch import Finding, unusual_volumes

TODAY = date(2026, 11, 18)
# Forty on working days, four on weekends, fourteen weeks back.
USUAL = {
    TODAY - timedelta(days=ago): 40
    if (TODAY - timedelta(days=ago)).weekday() < 5
    else 4
    for ago in range(1, 100)
}
YESTERDAY, SUNDAY = TODAY - timedelta(days=1), TODAY - timedelta(days=3)


def findings(days: dict[date, int], holidays: tuple[date, ...] = ()) -> list[Finding]:
    """Return what is found in a fact with so many rows of one vendor per day."""
    node = {
        "resource_type": "model",
        "schema": "marts",
        "name": "fct_orders",
        "config": {"materialized": "table", "meta": {"watch": {"date": "order_date"}}},
        "columns": {"vendor": {}, "order_date": {}},
    }
    with duckdb.connect() as connection:
        connection.execute(
            "create schema marts; create table marts.dim_dates "
            "(calendar_date date, is_public_holiday boolean); "
            "create table marts.counts (order_date date, row_count bigint)"
        )
        for day in holidays:
            connection.execute("insert into marts.dim_dates values (?, true)", [day])
        connection.executemany(
            "insert into marts.counts values (?, ?)", [*days.items()]
        )
        connection.execute(
            "create table marts.fct_orders as select 'events' as vendor, order_date "
            "from marts.counts, range(row_count)"
        )
        graph = DbtGraph({"model.warehouse.fct_orders": node}, {})
        return unusual_volumes(connection, graph, TODAY)


@pytest.mark.parametrize(
    ("days", "holidays"),
    [
        (USUAL, ()),
        ({**USUAL, YESTERDAY: 24}, ()),
        ({**USUAL, YESTERDAY: 56}, ()),
        ({**USUAL, YESTERDAY: 0}, (YESTERDAY,)),
        ({day: rows for day, rows in USUAL.items() if day > date(2026, 10, 30)}, ()),
        ({**USUAL, SUNDAY: 0}, ()),
    ],
    ids=[
        "weekends are quiet",
        "a slow day",
        "a busy day",
        "a holiday",
        "three weeks are no history",
        "an empty day among few",
    ],
)
def test_what_may_well_happen_is_not_told(days, holidays):
    """An alarm a week is one that nobody reads."""
    assert findings(days, holidays) == []


def test_a_day_without_rows_is_an_error_with_what_was_expected():
    """A source that stopped sending fails no load."""
    without = {day: rows for day, rows in USUAL.items() if day != YESTERDAY}
    (finding,) = findings(without)
    assert finding.severity == "error"
    assert (finding.expected, finding.found) == (40, 0)
    assert finding.text == (
        "fct_orders: 0 rows from events on Tuesday 2026-11-17, where 40 are usual"
    )


def test_a_doubled_day_is_a_warning():
    """A load that counts twice shows first in the rows of its days."""
    (finding,) = findings({**USUAL, YESTERDAY: 80})
    assert (finding.severity, finding.found) == ("warning", 80)


def test_holidays_of_the_past_do_not_lower_what_is_usual():
    """After Nowruz an ordinary week would look like a boom."""
    tuesdays = [YESTERDAY - timedelta(weeks=week) for week in range(1, 6)]
    quiet = {**USUAL, **dict.fromkeys(tuesdays, 0)}
    assert findings(quiet, tuple(tuesdays)) == []
