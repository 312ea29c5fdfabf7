"""A load that is killed loses nothing and repeats nothing (real processes, SIGKILL).

Kills at random times never hit the moment that matters; these are aimed at the load
step, while many files of one table are on their way into the warehouse.
"""

import os
import signal
import subprocess
import sys

import duckdb
import pytest

from ingestion.settings import PROJECT_ROOT

from .conftest import AS_OF, TOKEN, associated, crm_object
from .killed_load import killed_load

DEALS = 1_200
KILLED = killed_load("hubspot", rows_per_batch=50)


@pytest.fixture
def environment(portal) -> dict[str, str]:
    """Return the environment of a process that loads a portal in many small files."""
    portal.write(
        "deals",
        [
            crm_object(
                n,
                amount=f"{n}.01",
                propertiesWithHistory={
                    "dealstage": [
                        {"value": stage, "timestamp": f"2026-0{month}-01T00:00:00Z"}
                        for month, stage in ((2, "won"), (1, "open"))
                    ]
                },
            )
            for n in range(1, DEALS + 1)
        ],
    )
    portal.write(
        "associations_deals_companies",
        [associated(n, 7) for n in range(1, DEALS + 1)],
    )
    portal.serve()
    return {
        **os.environ,
        "SOURCES": "live",
        "AS_OF": AS_OF,
        "WAREHOUSE_DIR": str(portal.settings.warehouse_dir),
        "VENDORS": '{"crm": ["hubspot"]}',
        "SOURCES__HUBSPOT__BASE_URL": portal.server.url,
        "SOURCES__HUBSPOT__ACCESS_TOKEN": TOKEN,
        # 1,200 deals become 24 files, their history 48.
        "DATA_WRITER__FILE_MAX_ITEMS": "50",
        "DATA_WRITER__BUFFER_MAX_ITEMS": "50",
        "LOAD__WORKERS": "4",
    }


def run(environment: dict[str, str], *command: str) -> subprocess.CompletedProcess:
    """Run a Python command to its end."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=PROJECT_ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("jobs", [3, 60, 175], ids=lambda jobs: f"after {jobs} jobs")
def test_killed_while_loading_then_loaded_again_nothing_is_lost_or_doubled(
    environment, portal, monkeypatch, jobs
):
    """Else each crash leaves amounts missing or counted twice."""
    killed = run(environment, "-c", KILLED, str(jobs))
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    files = list(portal.settings.pipelines_dir.rglob("normalized/*/*/deals.*.parquet"))
    assert len(files) >= 20
    # A second kill at another moment, in the run that repairs.
    run(environment, "-c", KILLED, str(jobs // 2 + 1))
    again = run(environment, "-m", "ingestion", "hubspot")
    assert again.returncode == 0, again.stderr
    total = sum(n * 100 + 1 for n in range(1, DEALS + 1))
    with duckdb.connect(environment["WAREHOUSE_DIR"] + "/warehouse.duckdb") as found:
        found.execute("use raw_hubspot")
        assert found.execute(
            "select count(*), count(distinct id), (sum(amount) * 100)::bigint from deals"
        ).fetchall() == [(DEALS, DEALS, total)]
        assert found.execute(
            "select count(*), count(distinct (deal_id, value)) "
            "from deal_property_history"
        ).fetchall() == [(2 * DEALS, 2 * DEALS)]
        assert found.execute(
            "select count(*), count(distinct from_id) from associations "
            "where to_type = 'companies'"
        ).fetchall() == [(DEALS, DEALS)]
        for table in ("deals", "deal_property_history", "associations"):
            assert found.execute(
                f"select count(*) from {table} where _dlt_load_id not in "
                "(select load_id from _dlt_loads where status = 0)"
            ).fetchall() == [(0,)]
        assert found.execute(
            "select bool_and(is_balanced) from load_reconciliation"
        ).fetchall() == [(True,)]
