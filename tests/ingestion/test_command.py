"""`python -m ingestion` says in one line what went wrong, and exits accordingly."""

import os

import pytest

from ingestion import __main__ as command
from ingestion import load
from ingestion.load import LoadError, LoadResult, Progress
from ingestion.reconcile import TableResult
from ingestion.settings import load_settings


@pytest.fixture(autouse=True)
def _one_vendor(monkeypatch, tmp_path):
    monkeypatch.setenv("WAREHOUSE_DIR", str(tmp_path))
    monkeypatch.setenv("VENDORS", '{"crm": ["hubspot"]}')
    load_settings.cache_clear()


def result(**counts: int) -> LoadResult:
    """Return the result of a load of one table."""
    empty = dict.fromkeys(("duplicates", "quarantined", "skipped", "bad_values"), 0)
    numbers = {"received": 1_200, "loaded": 1_200, **empty, **counts}
    table = TableResult(table="deals", seconds=2.0, **numbers)
    return LoadResult("hubspot", "1.5", [table], 3.25)


def test_a_load_prints_its_tables_and_its_sum(monkeypatch, capsys):
    """Else nobody sees from a shell what a run brought."""

    def load_all(settings, vendors, progress, read_all):
        progress(Progress("hubspot", "deals", 400, 1.0))
        progress(Progress("hubspot", "deals", 1_200, 2.0, is_finished=True))
        return [result(bad_values=3)]

    monkeypatch.setattr(load, "load_all", load_all)
    assert command.main([]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].split() == ["hubspot", "deals", "1,200", "rows", "2.0", "s"]
    assert said[1] == (
        "hubspot: 1,200 records received, 1,200 loaded in 3.2 s; quarantined 0 rows, "
        "3 values: raw_hubspot.quarantine"
    )


def test_a_failed_load_is_one_line_and_exit_code_1(monkeypatch, capsys):
    """Else a scheduler takes a failed load for a good one."""

    def load_all(settings, vendors, progress, read_all):
        raise LoadError("hubspot: the API refused the token")

    monkeypatch.setattr(load, "load_all", load_all)
    assert command.main(["hubspot"]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "hubspot: the API refused the token\n")


@pytest.mark.parametrize(
    ("vendor", "variables", "message"),
    [
        ("zendesk", {}, "zendesk: not in the vendors map, which names hubspot."),
        ("hubspot", {"VENDORS": '{"crm": ["nosuch"]}'}, "no ingestion/sources/nosuch"),
        ("hubspot", {"BASE_CURRENCY": "Euro"}, "BASE_CURRENCY='Euro' is not usable"),
    ],
    ids=["a vendor not used", "a vendor not known", "a wrong setting"],
)
def test_a_wrong_command_or_setting_is_exit_code_2(
    monkeypatch, capsys, vendor, variables, message
):
    """Else a typing mistake loads nothing and looks like success."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert command.main([vendor]) == 2
    said = capsys.readouterr()
    assert message in said.err
    assert said.out == ""


def test_all_records_reaches_the_sources_and_ends_with_the_load(monkeypatch):
    """Else the weekly full read reads changes only, or every later load reads all."""
    asked = []

    def one_load(vendor, settings, progress):
        asked.append((vendor, os.environ.get("SOURCES__HUBSPOT__READ_ALL")))
        return result()

    monkeypatch.setenv("SOURCES", "live")
    monkeypatch.setattr(load, "_load", one_load)
    assert command.main(["--all-records"]) == 0
    assert command.main([]) == 0
    assert asked == [("hubspot", "true"), ("hubspot", None)]
