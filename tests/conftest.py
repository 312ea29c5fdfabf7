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
# The seeds of the companies that KPIs are compared on; `make oracle` takes one more.
SEEDS = tuple(int(seed) for seed in os.environ.get("ORACLE_SEEDS", "7,11").split(","))


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
        "WAREHOUSE_DIR": str(shared / f"refreshed-{SEEDS[0]}"),
        "SANDBOX_SIZE": "small",
        "SANDBOX_SEED": str(SEEDS[0]),
        "ENV_FILE": os.devnull,
        "DO_NOT_TRACK": "1",
    }


def refresh(environment: dict[str, str]) -> dict[str, str]:
    """Run the whole warehouse under the environment, unless it has been done.

    A worker that would wait for another one builds a company of another seed meanwhile.
    """
    if not _refreshed_here(environment, wait=False):
        for seed in SEEDS:
            _refreshed_here(of_seed(environment, seed), wait=False)
        _refreshed_here(environment, wait=True)
    said = Path(environment["WAREHOUSE_DIR"]) / "output.txt"
    return {**environment, "RUN_OUTPUT": said.read_text("utf-8")}


def of_seed(environment: dict[str, str], seed: int) -> dict[str, str]:
    """Return the environment of the company that another seed makes."""
    folder = Path(environment["WAREHOUSE_DIR"]).parent / f"refreshed-{seed}"
    return {**environment, "WAREHOUSE_DIR": str(folder), "SANDBOX_SEED": str(seed)}


def _refreshed_here(environment: dict[str, str], *, wait: bool) -> bool:
    """Run the warehouse if nobody has; return whether it is there now."""
    folder = Path(environment["WAREHOUSE_DIR"])
    folder.mkdir(exist_ok=True)
    said = folder / "output.txt"
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
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
    return True


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
