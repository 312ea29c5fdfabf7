"""A load of histories that is killed leaves no half of a set (real process, SIGKILL)."""

import os
import signal
import subprocess
import sys

import duckdb

from ingestion.settings import PROJECT_ROOT

from .conftest import AS_OF, TOKEN
from .hr_company import HrCompany
from .killed_load import killed_load
from .test_bamboohr import employee, pay, status

PEOPLE = 300
KILLED = killed_load("bamboohr", rows_per_batch=50)


def test_killed_while_loading_then_loaded_again_every_set_is_whole(tmp_path, server):
    """Else a crash leaves employees with half of their history, and no sign of it."""
    company = HrCompany("bamboohr", tmp_path, server)
    numbers = range(1, PEOPLE + 1)
    company.write("employees", *[employee(n) for n in numbers])
    rows = [
        status(n, day, label)
        for n in numbers
        for day, label in (("2024-02-01", "Full-Time"), ("2025-02-01", "Part-Time"))
    ]
    company.write("tables_employmentStatus", *rows)
    company.write(
        "tables_compensation", *[pay(n, "2024-02-01", "1 EUR") for n in numbers]
    )
    company.serve()
    environment = {
        **os.environ,
        "SOURCES": "live",
        "AS_OF": AS_OF,
        "START_DATE": "2026-01-01",
        "WAREHOUSE_DIR": str(company.settings.warehouse_dir),
        "VENDORS": '{"hr": ["bamboohr"]}',
        "SOURCES__BAMBOOHR__BASE_URL": server.url,
        "SOURCES__BAMBOOHR__API_KEY": TOKEN,
        "SOURCES__BAMBOOHR__SKIP": "employee_details",
        "DATA_WRITER__FILE_MAX_ITEMS": "50",
        "DATA_WRITER__BUFFER_MAX_ITEMS": "50",
    }

    def run(*command: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, *command],
            cwd=PROJECT_ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    killed = run("-c", KILLED, "14")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    again = run("-m", "ingestion", "bamboohr")
    assert again.returncode == 0, again.stderr
    with duckdb.connect(str(company.settings.warehouse_path)) as found:
        found.execute("use raw_bamboohr")
        for table, count in (
            ("employment_status", 2 * PEOPLE),
            ("compensation", PEOPLE),
        ):
            assert found.execute(
                f"select count(*), count(distinct employee_id) from {table} where "
                "_dlt_load_id in (select load_id from _dlt_loads where status = 0)"
            ).fetchall() == [(count, PEOPLE)]
        assert found.execute(
            "select bool_and(is_balanced) from load_reconciliation"
        ).fetchall() == [(True,)]
