"""`make backup TO=…`, `make restore FROM=…`: a copy that a whole warehouse grows from.

A backup is taken at whatever moment, a run or none. The build file is copied with its
log and its approvals in one piece of time in which nothing wrote to them: that is the
state a power failure would leave, and the next run recovers from that. dlt's working
directories are left out: dlt restores its cursors from the build file, where they are
exactly as old as the rows; copied a moment later they would be ahead of them.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from ingestion.settings import Settings
from orchestration.publish import FILE, published_version

# One a day for a week; older ones are removed when a newer one is complete.
KEPT_BACKUPS = 7
# Runs write in bursts; between them are pauses of seconds.
PATIENCE_SECONDS = 3600.0
_PAUSE_SECONDS = 0.2
_QUIET_NS = 100_000_000
_LISTING = "backup.json"
_SQLITE = b"SQLite format 3\x00"
# Made again by the next run, or other people's: the sandbox is a vendor.
_LEFT_OUT = ("dlt", "landing", "dbt", "sandbox", "logs", "expectations", "published")


class BackupError(Exception):
    """There is no backup, or it cannot be restored; the message says why."""


def backup(
    settings: Settings, folder: Path, *, patience: float = PATIENCE_SECONDS
) -> Path:
    """Write a backup below the folder and return it; nothing half done has its name.

    Args:
        settings: which warehouse.
        folder: where the backups are, outside of the warehouse directory.
        patience: seconds to wait for a moment in which nobody writes.

    Raises:
        BackupError: there is no warehouse, the folder is inside of it, or somebody
            wrote to it all the time.
    """
    root = settings.warehouse_dir
    if not settings.warehouse_path.is_file():
        message = f"There is no warehouse at {settings.warehouse_path} to back up."
        raise BackupError(message)
    if folder.resolve().is_relative_to(root.resolve()):
        message = f"{folder} is inside of the warehouse {root}: name a place outside."
        raise BackupError(message)
    folder.mkdir(parents=True, exist_ok=True)
    name = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    unfinished = folder / f".{name}"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    try:
        _copy_still(
            [settings.warehouse_path, _wal(settings.warehouse_path)],
            [root / "audit.json"],
            unfinished,
            patience,
        )
        _settle(unfinished / settings.warehouse_path.name)
        _copy_published(settings, unfinished)
        for path in _other_files(root):
            _copy(path, unfinished / path.relative_to(root))
        _write_listing(unfinished)
        unfinished.rename(folder / name)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    for old in sorted(folder.glob("[0-9]*Z"))[:-KEPT_BACKUPS]:
        shutil.rmtree(old)
    return folder / name


def restore(settings: Settings, source: Path) -> None:
    """Make the warehouse directory, which must be empty, what the backup holds.

    Raises:
        BackupError: the directory is not empty, or the backup is incomplete or damaged.
    """
    root = settings.warehouse_dir
    listing = source / _LISTING
    if not listing.is_file():
        message = f"{source} is no backup: it lacks {_LISTING}."
        raise BackupError(message)
    if root.is_dir() and any(root.iterdir()):
        message = (
            f"{root} is not empty. Move it away first, or name another WAREHOUSE_DIR: "
            "a restore never overwrites."
        )
        raise BackupError(message)
    about = json.loads(listing.read_text("utf-8"))
    wrong = [
        name
        for name, digest in about["files"].items()
        if not (source / name).is_file() or _digest(source / name) != digest
    ]
    if wrong:
        message = (
            f"{source} is damaged: {', '.join(wrong[:5])} differ from its listing."
        )
        raise BackupError(message)
    root.mkdir(parents=True, exist_ok=True)
    for name in about["files"]:
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source / name, target)
    if version := about["published"]:
        link = root / "published" / "current"
        link.symlink_to(version, target_is_directory=True)
    sys.stdout.write(
        f"Restored {source.name} into {root}. Runs that worked then are shown as such "
        "until the next start, which ends them. Whoever was erased after that moment is "
        "back: erase them again.\n"
    )


def _wal(path: Path) -> Path:
    return path.with_name(f"{path.name}.wal")


def _copy_still(
    files: list[Path], approvals: list[Path], target: Path, patience: float
) -> None:
    """Copy files in a piece of time in which none of them changed.

    Raises:
        BackupError: they changed all the time.
    """
    paths = [*files, *approvals]
    until = time.monotonic() + patience
    while True:
        before = _states(paths)
        # Clocks of file systems tick: what changed just now may change unseen.
        if any(each and each[2] > time.time_ns() - _QUIET_NS for each in before):
            before = None
        for path in paths if before else ():
            copy = target / path.name
            copy.unlink(missing_ok=True)
            if path.is_file():
                shutil.copyfile(path, copy)
        if before and _states(paths) == before:
            return
        if time.monotonic() > until:
            message = (
                f"{files[0]} was written to for {patience:.0f} s without a pause. Try "
                "again when no run is working."
            )
            raise BackupError(message)
        time.sleep(_PAUSE_SECONDS)


def _states(paths: list[Path]) -> list[tuple[int, int, int] | None]:
    found = []
    for path in paths:
        try:
            status = path.stat()
        except FileNotFoundError:
            found.append(None)
        else:
            found.append((status.st_ino, status.st_size, status.st_mtime_ns))
    return found


def _settle(path: Path) -> None:
    """Open the copy, which brings in its log, and see that its tables are there.

    Raises:
        BackupError: it cannot be read.
    """
    try:
        with duckdb.connect(str(path)) as connection:
            connection.execute("checkpoint")
            tables = connection.execute(
                "select schema_name, table_name from duckdb_tables()"
            ).fetchall()
            for schema, table in tables:
                connection.execute(f'from "{schema}"."{table}" limit 1').fetchall()
    except duckdb.Error as error:
        message = f"The copy cannot be read: {' '.join(str(error).split())}"
        raise BackupError(message) from error


def _copy_published(settings: Settings, target: Path) -> None:
    """Copy the version that readers see; it never changes, but may be removed."""
    while version := published_version(settings):
        file = settings.warehouse_dir / "published" / version / FILE
        copy = target / "published" / version / FILE
        try:
            _copy(file, copy)
        except FileNotFoundError:
            continue
        return


def _other_files(root: Path) -> Iterator[Path]:
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if parts[0] in _LEFT_OUT or (len(parts) == 1 and _is_build_file(path)):
            continue
        is_lock = "run_locks" in parts or path.name.endswith(
            (".tmp", ".lock", "-wal", "-shm")
        )
        if path.is_file() and not path.is_symlink() and not is_lock:
            yield path


def _is_build_file(path: Path) -> bool:
    return path.name.startswith("warehouse.duckdb") or path.name == "audit.json"


def _copy(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with path.open("rb") as file:
        is_sqlite = file.read(len(_SQLITE)) == _SQLITE
    if is_sqlite:
        # SQLite's own way: consistent while others write.
        with (
            closing(sqlite3.connect(path)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
    else:
        shutil.copy2(path, target)


def _write_listing(folder: Path) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    versions = [path.name for path in folder.glob("published/*")]
    about = {
        "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "published": versions[0] if versions else None,
        "files": {path.relative_to(folder).as_posix(): _digest(path) for path in files},
    }
    fresh = folder / _LISTING
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(about, file, indent=1)
        file.flush()
        os.fsync(file.fileno())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
