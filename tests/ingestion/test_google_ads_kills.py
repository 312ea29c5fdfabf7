"""A load of restated days that is killed leaves each day whole: as it was, or as it is."""

import os
import signal
import subprocess
import sys

import pytest

from ingestion.settings import PROJECT_ROOT

from .conftest import AS_OF, TOKEN
from .google_ads_login import SHOP, Login, prepared, stats
from .killed_load import killed_load

DAYS = [f"2026-11-{day:02d}" for day in range(1, 18)]
DEVICES = ("MOBILE", "DESKTOP", "TABLET")
KILLED = killed_load("google_ads", rows_per_batch=10)


@pytest.fixture
def login(tmp_path, server, monkeypatch) -> Login:
    """Return an account whose figures were loaded, and restated since."""
    found = prepared(tmp_path, server, monkeypatch)
    found.write(
        campaign_stats=[
            stats(day, device=device, clicks="1") for day in DAYS for device in DEVICES
        ]
    )
    found.load()
    # Tablets have lost their clicks, and one day all of them.
    found.write(
        campaign_stats=[
            stats(day, device=device, clicks="4")
            for day in DAYS[:-1]
            for device in DEVICES[:-1]
        ]
    )
    found.serve()
    return found


def run(login: Login, *command: str) -> subprocess.CompletedProcess:
    """Run a Python command to its end."""
    prefix = "SOURCES__GOOGLE_ADS__"
    environment = {
        **os.environ,
        "SOURCES": "live",
        "AS_OF": AS_OF,
        "WAREHOUSE_DIR": str(login.settings.warehouse_dir),
        "VENDORS": '{"ads": ["google_ads"]}',
        f"{prefix}BASE_URL": login.server.url,
        f"{prefix}TOKEN_URL": f"{login.server.url}/token",
        **{
            f"{prefix}{name}": TOKEN
            for name in ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN")
        },
        "DATA_WRITER__FILE_MAX_ITEMS": "10",
        "DATA_WRITER__BUFFER_MAX_ITEMS": "10",
    }
    return subprocess.run(
        [sys.executable, *command],
        cwd=PROJECT_ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("jobs", [4, 8], ids=["among files", "among merges"])
def test_killed_while_restated_days_are_loaded_each_day_is_whole_afterwards(
    login, jobs
):
    """Else a crash leaves a day half old and half new, or without its spend."""
    killed = run(login, "-c", KILLED, str(jobs))
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    again = run(login, "-m", "ingestion", "google_ads")
    assert again.returncode == 0, again.stderr
    assert login.days("count(*), sum(clicks)::int") == {
        day: [2, 8] for day in DAYS[:-1]
    }
    assert login.rows(
        "select count(*), count(distinct date) from campaign_stats "
        f"where campaign_id = '' and customer_id = '{SHOP}'"
    ) == [(18, 18)]
    assert login.rows("select bool_and(is_balanced) from load_reconciliation") == [
        (True,)
    ]
