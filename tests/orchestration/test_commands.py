"""The commands of `python -m orchestration`: messages and exit codes."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from ingestion.settings import PROJECT_ROOT

HOLDER = """
import sys, duckdb
with duckdb.connect(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess:
    """Run one command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "orchestration", *arguments],
        cwd=PROJECT_ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"AS_OF": "tomorrow"}, "AS_OF='tomorrow' is not usable"),
        ({"VENDORS": '{"crm": ["nobody"]}'}, "no ingestion/sources/nobody.py"),
        ({"SOURCES": "live", "VENDORS": '{"shop": ["events"]}'}, "EVENTS_URL"),
    ],
    ids=["clock", "vendor", "missing"],
)
def test_a_wrong_setting_is_one_message_and_exit_code_2(tmp_path, variables, message):
    """A page of traceback hides the one name that must be corrected."""
    done = run("run", WAREHOUSE_DIR=str(tmp_path / "data"), **variables)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "data" / "warehouse.duckdb").exists()


def test_a_held_warehouse_is_one_message_with_the_pid(tmp_path: Path):
    """The second run would fail halfway, in the middle of a vendor's load."""
    database = tmp_path / "warehouse.duckdb"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout.readline() == "held\n"
    done = run("run", WAREHOUSE_DIR=str(tmp_path))
    holder.communicate()
    assert done.returncode == 1
    assert f"process {holder.pid}" in done.stdout
    assert str(database) in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_the_printed_environment_is_what_a_shell_needs_for_dbt(tmp_path: Path):
    """An analyst's own dbt would build another file, as of another day."""
    done = run("env", WAREHOUSE_DIR=str(tmp_path / "a folder"))
    exported = {}
    for line in done.stdout.splitlines():
        assert line.startswith("export ")
        (assignment,) = shlex.split(line.removeprefix("export "))
        name, _, value = assignment.partition("=")
        exported[name] = value
    assert exported["WAREHOUSE_PATH"] == str(tmp_path / "a folder/warehouse.duckdb")
    assert exported["AS_OF"] == "2026-11-18 20:00:00"
    assert exported["DBT_PROJECT_DIR"] == str(PROJECT_ROOT / "dbt_project")


def test_dbt_gets_its_arguments_and_gives_its_exit_code(tmp_path: Path):
    """A script could not tell whether its build went well."""
    done = run("dbt", "no-such-command", "--help", WAREHOUSE_DIR=str(tmp_path))
    assert done.returncode == 2
    assert "no-such-command" in done.stdout + done.stderr


def test_a_whole_run_shows_rows_kpis_and_what_to_do_next(refreshed):
    """A newcomer must see that it worked, with what result, and where to look."""
    shown = refreshed["RUN_OUTPUT"]
    assert "raw_hubspot.deals" in shown
    assert "rows" in shown
    assert "as of 2026-11-18 20:00 UTC, money in EUR" in shown
    assert "Win rate" in shown
    assert "published/current/warehouse.duckdb" in shown
    assert "make dagster" in shown


def test_a_whole_run_is_on_dagsters_page(refreshed):
    """Progress and checks of `make run` would be nowhere to be looked up."""
    import sqlite3

    home = Path(refreshed["WAREHOUSE_DIR"]) / "dagster"
    with sqlite3.connect(home / "history" / "runs.db") as runs:
        found = runs.execute("select pipeline_name, status from runs").fetchall()
    runs.close()
    assert found == [("refresh_warehouse", "SUCCESS")]


def test_a_whole_run_publishes_what_it_built(refreshed):
    """The path that BI opens must lead to the tables of this run."""
    published = Path(refreshed["WAREHOUSE_DIR"]) / "published" / "current"
    with duckdb.connect(
        str(published / "warehouse.duckdb"), read_only=True
    ) as connection:
        (version,) = connection.execute("select version from meta.published").fetchone()
        deals = connection.execute("select count(*) from marts.fct_deals").fetchone()
    assert version == published.resolve().name
    assert deals[0] > 0
