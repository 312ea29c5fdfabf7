"""A load of figures that is killed loses no day and repeats none (a real process)."""

import os
import signal
import subprocess
import sys

import pytest

from ingestion.settings import PROJECT_ROOT

from .killed_load import killed_load
from .meta_ads_world import AS_OF, TOKEN, AdWorld, figure, summed

KILLED = killed_load("meta_ads")


@pytest.fixture
def world(tmp_path, server, monkeypatch):
    """Return a small account whose API the environment names."""
    for name, value in {
        "SOURCES": "live",
        "AS_OF": AS_OF,
        "WAREHOUSE_DIR": str(tmp_path / "warehouse"),
        "VENDORS": '{"ads": ["meta_ads"]}',
        "ENV_FILE": os.devnull,
        "SOURCES__META_ADS__BASE_URL": server.url,
        "SOURCES__META_ADS__ACCESS_TOKEN": TOKEN,
        "DATA_WRITER__FILE_MAX_ITEMS": "50",
        "DATA_WRITER__BUFFER_MAX_ITEMS": "50",
    }.items():
        monkeypatch.setenv(name, value)
    world = AdWorld(tmp_path, server)
    world.write_small_account(ads=6)
    return world


def test_a_killed_restatement_is_repaired_by_the_next_load(world):
    """Else a day has the rows of two readings, or those of none."""
    days = [f"2026-11-{day:02}" for day in range(1, 18)]
    world.write("insights", [figure(day, 31 + ad) for day in days for ad in range(6)])
    world.load()
    restated = [
        figure(day, 31 + ad, spend=f"{ad}.{index:02}")
        for index, day in enumerate(days)
        for ad in range(index % 7)
    ]
    world.write("insights", restated)
    world.serve()
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, "5"], cwd=PROJECT_ROOT, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    load = world.load()
    assert world.totals() == summed(restated)
    assert world.totals("insights_by_age_and_gender") == summed(restated)
    assert all(table.is_balanced for table in load.tables)
