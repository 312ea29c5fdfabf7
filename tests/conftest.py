"""What every test shares: a clean environment and one warehouse built from `small`."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingestion.settings import PROJECT_ROOT, Settings, load_settings

# A developer's own variables must not change what a test sees.
PROJECT_VARIABLES = {name.upper() for name in Settings.model_fields}


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hide the developer's settings; a test states the ones it needs."""
    for name in [*os.environ]:
        if name in PROJECT_VARIABLES or name.startswith("SOURCES__"):
            monkeypatch.delenv(name)
    monkeypatch.setitem(Settings.model_config, "env_file", None)
    load_settings.cache_clear()
    yield
    load_settings.cache_clear()


@pytest.fixture(scope="session")
def small_environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the environment of a run at size small, in a directory of its own."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in PROJECT_VARIABLES and not name.startswith("SOURCES__")
    }
    # Parallel workers share one: their own directories have one parent.
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    return {
        **kept,
        "WAREHOUSE_DIR": str(shared / "refreshed"),
        "SANDBOX_SIZE": "small",
        "ENV_FILE": os.devnull,
        "DO_NOT_TRACK": "1",
    }


def refresh(environment: dict[str, str]) -> dict[str, str]:
    """Run the whole warehouse under the environment, unless it has been done."""
    folder = Path(environment["WAREHOUSE_DIR"])
    folder.mkdir(exist_ok=True)
    said = folder / "output.txt"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not said.is_file():
            run = subprocess.run(
                [sys.executable, "-m", "orchestration", "run"],
                cwd=PROJECT_ROOT,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            assert run.returncode == 0, f"{run.stdout}\n{run.stderr}"
            said.write_text(run.stdout, "utf-8")
    return {**environment, "RUN_OUTPUT": said.read_text("utf-8")}


@pytest.fixture(scope="session")
def refreshed(small_environment: dict[str, str]) -> dict[str, str]:
    """Run the whole warehouse once at size small; return its environment."""
    return refresh(small_environment)


@pytest.fixture(scope="session")
def built_warehouse(refreshed: dict[str, str]) -> Path:
    """Return the warehouse file that a whole run at size small built."""
    return Path(refreshed["WAREHOUSE_DIR"]) / "warehouse.duckdb"


@pytest.fixture(scope="session")
def company_dir(refreshed: dict[str, str]) -> Path:
    """Return the data directory that the run's sandbox served."""
    return next((Path(refreshed["WAREHOUSE_DIR"]) / "sandbox").glob("small-*"))
