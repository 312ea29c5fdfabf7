"""dbt's manifest: parsed when it is missing or stale, read without importing dbt.

It lies with everything else the project writes, below the warehouse directory, so that
two runs with different vendors never share one. `fingerprint.txt` beside it says which
files and settings it was parsed from.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson

from ingestion.settings import DBT_PROJECT_DIR, Settings, project_environment

PARSED_FOLDERS = ("models", "macros", "seeds", "snapshots", "tests", "analyses")
# dbt in a process of its own, of this very environment whatever PATH says.
DBT = (sys.executable, "-c", "from dbt.cli.main import cli; cli(prog_name='dbt')")
# They say when and where a run happens, not what the project is.
RUN_ONLY = {"AS_OF", "WAREHOUSE_PATH"}


class ManifestError(Exception):
    """The dbt project does not parse; the message is dbt's own."""


def target_dir(settings: Settings) -> Path:
    """Return where dbt writes its artefacts; DBT_TARGET_PATH overrides it."""
    chosen = os.environ.get("DBT_TARGET_PATH")
    return Path(chosen).resolve() if chosen else settings.warehouse_dir / "dbt"


def dbt_environment(settings: Settings) -> dict[str, str]:
    """Return the process environment under which dbt sees this run."""
    return {
        **project_environment(settings),
        "DBT_PROJECT_DIR": str(DBT_PROJECT_DIR),
        "DBT_PROFILES_DIR": str(DBT_PROJECT_DIR),
        "DBT_TARGET_PATH": str(target_dir(settings)),
        "DBT_LOG_PATH": str(settings.warehouse_dir / "logs"),
        # Incremental models begin anew when the rules have changed.
        "PROJECT_FINGERPRINT": fingerprint(settings),
        # dbt would ask PyPI for a newer version at each start.
        "DBT_VERSION_CHECK": "false",
    }


@contextmanager
def applied(environment: dict[str, str]) -> Generator[None]:
    """Let the block run under the environment, then restore the old one."""
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def ensure_manifest(settings: Settings) -> Path:
    """Return the manifest's path, after a parse if the project has changed.

    Raises:
        ManifestError: the project does not parse.
    """
    target = target_dir(settings)
    manifest, stamp = target / "manifest.json", target / "fingerprint.txt"
    wanted = fingerprint(settings)
    if manifest.is_file() and stamp.is_file() and stamp.read_text("utf-8") == wanted:
        return manifest
    target.mkdir(parents=True, exist_ok=True)
    # In a process of its own: the code location must start without dbt's command line.
    parsed = subprocess.run(
        [*DBT, "--quiet", "parse"],
        env=dbt_environment(settings),
        capture_output=True,
        text=True,
        check=False,
    )
    if parsed.returncode != 0:
        message = f"The dbt project does not parse:\n{parsed.stdout}{parsed.stderr}"
        raise ManifestError(message.strip())
    stamp.write_text(wanted, "utf-8")
    return manifest


def fingerprint(settings: Settings) -> str:
    """Return a digest of all that the manifest depends on."""
    digest = hashlib.sha256(version("dbt-core").encode())
    files = [DBT_PROJECT_DIR / "dbt_project.yml", DBT_PROJECT_DIR / "profiles.yml"]
    for folder in PARSED_FOLDERS:
        files += sorted((DBT_PROJECT_DIR / folder).rglob("*.*"))
    for file in files:
        if file.is_file():
            digest.update(str(file.relative_to(DBT_PROJECT_DIR)).encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    for name, value in sorted(settings.environment().items()):
        if name not in RUN_ONLY:
            digest.update(f"{name}={value}".encode())
    return digest.hexdigest()


@lru_cache(maxsize=2)
def _read(path: Path, changed_at: int) -> dict[str, Any]:
    return orjson.loads(path.read_bytes())


def read_manifest(settings: Settings) -> dict[str, Any]:
    """Return the manifest's content, parsed anew if it was missing or stale.

    Raises:
        ManifestError: the project does not parse.
    """
    path = ensure_manifest(settings)
    return _read(path, path.stat().st_mtime_ns)
