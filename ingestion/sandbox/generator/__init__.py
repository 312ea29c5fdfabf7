"""The generator of the sandbox company: from a seed and a size, a data directory.

The modules are the world that all vendors share; every package here is one vendor's
part, named like the vendor, with `write(company, folder)`. A new vendor adds its own
package and edits nothing. What each part plants is written in its docstrings.
"""

import importlib
import pkgutil
import shutil
import tempfile
import tomllib
from pathlib import Path

from ingestion.sandbox.generator.company import SIZES
from ingestion.sandbox.generator.founding import found_company
from ingestion.settings import SANDBOX_COMPANY, Settings, SettingsError

# Raised when the same seed and size give other data than before: data directories of
# an older version are written anew.
VERSION = 6


def generate(out: Path, size: str, seed: int) -> Path:
    """Write the company of a size and a seed into `out` and return it.

    A reader never sees half a company: everything is written beside `out` and moved
    there at the end.

    Raises:
        SettingsError: the size is unknown, or `out` holds something else.
    """
    if size not in SIZES:
        message = f"SANDBOX_SIZE={size!r} is not usable: write {', '.join(SIZES)}"
        raise SettingsError(message)
    if out.exists() and any(out.iterdir()) and _description(out) is None:
        message = (
            f"{out} is not empty and not a generated sandbox company. "
            "Name another folder with --out, or empty this one."
        )
        raise SettingsError(message)
    return _write(out, size, seed)


def _write(out: Path, size: str, seed: int) -> Path:
    """Write a company in place of whatever `out` holds."""
    company = found_company(seed, SIZES[size])
    out.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        for part in pkgutil.iter_modules(__path__):
            if part.ispkg:
                module = importlib.import_module(f"{__name__}.{part.name}")
                module.write(company, building / part.name)
        (building / "sandbox.toml").write_text(_described(size, seed), "utf-8")
        building.chmod(0o755)
        if out.exists():
            shutil.rmtree(out)
        building.rename(out)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return out


def ensure_company(settings: Settings) -> Path:
    """Return the data directory that the sandbox serves, generated when missing.

    SANDBOX_DATA is somebody else's directory: it is served as it is, never written.

    Raises:
        SettingsError: SANDBOX_DATA names no directory.
    """
    folder = settings.sandbox_dir
    if settings.sandbox_data is not None:
        if not folder.is_dir():
            message = f"SANDBOX_DATA={folder} is not a directory: name one that exists."
            raise SettingsError(message)
        return folder
    wanted = {
        "size": settings.sandbox_size,
        "seed": settings.sandbox_seed,
        "version": VERSION,
    }
    if _description(folder) == wanted:
        return folder
    # The folder below WAREHOUSE_DIR is ours: half a company there is replaced.
    return _write(folder, settings.sandbox_size, settings.sandbox_seed)


def _description(folder: Path) -> dict | None:
    """Return what a complete generated directory says about itself, else None."""
    described = folder / "sandbox.toml"
    if not described.is_file():
        return None
    return tomllib.loads(described.read_text("utf-8")).get("generated")


def _described(size: str, seed: int) -> str:
    as_of = SANDBOX_COMPANY["as_of"].strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"""# The sandbox company: what the server and the settings need to know.
as_of = {as_of}
reporting_timezone = "{SANDBOX_COMPANY["reporting_timezone"]}"
base_currency = "{SANDBOX_COMPANY["base_currency"]}"
countries = "{SANDBOX_COMPANY["countries"]}"
portal_id = 4727653
tokens = ["sandbox-token"]

[faults]

[generated]
size = "{size}"
seed = {seed}
version = {VERSION}
"""
