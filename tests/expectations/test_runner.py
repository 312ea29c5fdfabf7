"""Suites on a warehouse: what fails, what only warns, what could not run."""

import json

import duckdb
import pytest

from expectations.__main__ import main
from expectations.results import Severity, Status
from expectations.runner import (
    WarehouseMissingError,
    check_kpis,
    check_raw,
)
from ingestion.settings import SettingsError
from ingestion.warehouse import WarehouseError
from tests.expectations.conftest import LATER_LOAD, LOAD


def raw(settings) -> dict:
    """Check raw_events and return the results by table."""
    return {result.table: result for result in check_raw(settings, ["events"])}


def test_good_rows_pass_and_are_not_read_again(settings, change):
    """A run without news would pay for Great Expectations and a scan of every table."""
    first = raw(settings)
    assert {r.status for r in first.values()} == {Status.passed}
    assert first["events"].checked_rows == 10
    assert not any(r.is_blocking for r in first.values())

    second = raw(settings)
    assert second.keys() == first.keys()
    assert {r.checked_rows for r in second.values()} == {0}
    assert "what there is passed" in second["events"].note


def test_a_repeated_and_a_missing_key_block_with_counts(settings, change):
    """Orders would be counted twice, or not at all, and nobody would see it."""
    change(
        "update raw_events.events set message_id = null where message_id = 'm1';"
        "update raw_events.events set message_id = 'm2' where message_id = 'm3'"
    )
    events = raw(settings)["events"]
    assert events.is_blocking
    assert events.status is Status.failed
    found = {problem.name: problem for problem in events.not_passed}
    assert found["message_id must not be null"].unexpected_count == 1
    assert found["message_id must be unique"].unexpected_count == 2
    assert found["message_id must be unique"].samples == ("x9", "x9")


def test_what_only_looks_odd_warns(settings, change):
    """One mistyped currency must not stop a company's numbers for a day."""
    change("update raw_events.events set currency = 'euro' where message_id = 'm1'")
    events = raw(settings)["events"]
    assert events.status is Status.failed
    assert not events.is_blocking
    assert [problem.severity for problem in events.not_passed] == [Severity.warning]


def test_a_check_that_cannot_run_is_an_error_and_not_a_pass(settings, change):
    """A renamed column would switch its own guard off in silence."""
    change("alter table raw_events.events drop column received_at")
    events = raw(settings)["events"]
    errors = [r for r in events.not_passed if r.status is Status.error]
    assert events.is_blocking
    assert any("received_at" in problem.message for problem in errors)
    assert all(problem.message.startswith("could not run") for problem in errors)


def test_a_missing_table_is_an_error(settings, change):
    """A resource that was dropped by mistake would look like one without problems."""
    change("drop table raw_events.event_products")
    missing = raw(settings)["event_products"]
    assert missing.status is Status.error
    assert missing.is_blocking


def test_rows_that_the_books_count_but_the_table_lacks_block(settings, change):
    """Rows lost between the load and the check would be missed without a trace."""
    change("update raw_events.load_reconciliation set loaded_count = 11")
    problems = [str(problem) for problem in raw(settings)["events"].not_passed]
    rule = "the newest load's row count is the 11 that load_reconciliation says"
    assert problems == [f"{rule}: failed; 1 unexpected"]


def test_a_load_that_does_not_add_up_blocks(settings, change):
    """The equation of received and loaded is stored for this very look."""
    change("update raw_events.load_reconciliation set is_balanced = false")
    assert raw(settings)["load_reconciliation"].is_blocking


def test_rows_that_failed_are_looked_at_again_until_they_pass(settings, change):
    """A newer, clean load would carry yesterday's bad rows past the check."""
    change("update raw_events.events set message_id = null where message_id = 'm1'")
    assert raw(settings)["events"].is_blocking
    change(
        f"insert into raw_events._dlt_loads values ('{LATER_LOAD}', 'events', 0);"
        "insert into raw_events.events select 'm10', * exclude (message_id, "
        f"_dlt_load_id), '{LATER_LOAD}' from raw_events.events limit 1;"
        f"insert into raw_events.load_reconciliation values ('{LATER_LOAD}', 'events', "
        "1, 1, true)"
    )
    assert raw(settings)["events"].is_blocking
    change("update raw_events.events set message_id = 'm1' where message_id is null")
    again = raw(settings)["events"]
    assert again.status is Status.passed
    assert again.checked_rows == 11


def test_new_rules_look_at_every_row_again(settings, change):
    """Rows that passed the old rules would never meet the new ones."""
    raw(settings)
    state = settings.warehouse_dir / "expectations" / "events.json"
    known = json.loads(state.read_text())
    assert known["passed"]["events"] == LOAD
    state.write_text(json.dumps({**known, "rules": "other"}))
    assert raw(settings)["events"].checked_rows == 10


def test_the_warehouse_is_free_after_the_checks(settings, change):
    """A handle left open would keep dbt, in the same process, from writing."""
    raw(settings)
    change("create table raw_events.proof as select 1 as found")


def test_nothing_loaded_is_said_so(settings):
    """No table to check is not the same as every table in order."""
    with pytest.raises(WarehouseMissingError, match="Load it first"):
        check_raw(settings, ["events"])
    with duckdb.connect(str(settings.warehouse_path)):
        pass
    with pytest.raises(WarehouseMissingError, match="events: no load into raw_events"):
        check_raw(settings, ["events"])


def test_a_vendor_without_a_suite_is_named(settings, change):
    """A vendor added without its guard would load unguarded."""
    with pytest.raises(SettingsError, match=r"no expectations/sources/nobody\.py"):
        check_raw(settings, ["nobody"])


def test_a_kpi_out_of_bounds_warns_and_names_the_table(settings, change):
    """A win rate above one tells that a model counts something twice."""
    change(
        "create schema kpis;"
        "create table kpis.kpi_win_rate_monthly as select date '2026-10-01' as "
        "closed_month, 1.2::double as win_rate, 1.0::double as amount_coverage_rate, "
        "-1::bigint as won_count"
    )
    result = next(r for r in check_kpis(settings) if r.table == "kpi_win_rate_monthly")
    assert [problem.name for problem in result.not_passed] == [
        "won_count must be between",
        "win_rate must be between",
    ]
    assert not result.is_blocking


def test_a_kpi_that_was_not_built_could_not_be_checked(settings, change):
    """A KPI that is gone must not look like one in order."""
    change("create schema kpis")
    results = check_kpis(settings)
    assert {result.status for result in results} == {Status.error}
    assert not any(result.is_blocking for result in results)


def test_the_command_returns_one_for_a_blocking_failure(settings, change, capsys):
    """A shell script that loads and checks must stop there."""
    assert main(["raw", "events"]) == 0
    change(
        f"insert into raw_events._dlt_loads values ('{LATER_LOAD}', 'events', 0);"
        "insert into raw_events.events by name select * exclude (_dlt_load_id), "
        f"'{LATER_LOAD}' as _dlt_load_id from raw_events.events limit 2"
    )
    change("update raw_events.events set message_id = null")
    assert main(["raw", "events"]) == 1
    assert "raw_events.events: message_id must not be null" in capsys.readouterr().out


def test_a_held_warehouse_is_one_message_with_the_holder(settings, change, monkeypatch):
    """DuckDB's own message is a page and names no remedy."""

    def held(*args, **kwargs):
        message = (
            "IO Error: Could not set lock on file: Conflicting lock is held in "
            "/usr/bin/python3.11 (PID 4711)"
        )
        raise duckdb.IOException(message)

    monkeypatch.setattr("expectations.runner.duckdb.connect", held)
    with pytest.raises(WarehouseError, match="4711"):
        check_raw(settings, ["events"])


def test_a_table_that_passed_and_is_gone_is_an_error(settings, change):
    """A dropped table has no new rows, and would look like one without news."""
    raw(settings)
    change("drop table raw_events.event_products")
    gone = raw(settings)
    assert gone["event_products"].status is Status.error
    assert gone["events"].checked_rows == 0
