"""Where the event files are: a folder or any fsspec URL, whatever the layout below it."""

import gzip
import logging
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from ingestion.json_lines import LONGEST_LINE
from ingestion.settings import SettingsError

PATTERNS = (".gz", ".jsonl", ".ndjson")
# Of a line that cannot be read, what a human needs to recognise it.
SHOWN = 500

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class EventFile:
    """One file as the listing shows it.

    Attributes:
        name: its path below the location, with `/`.
        size: bytes.
        version: what changes when the file does: etag, or time of modification.
        modified_at: when it was last written, if the store tells.
        path: where it can be read on this machine.
    """

    name: str
    size: int
    version: str
    modified_at: datetime | None
    path: str


@dataclass(frozen=True)
class BrokenLine:
    """A line, or the rest of a file, that cannot be read."""

    number: int
    reason: str
    text: str


def list_event_files(location: str, landing: Path) -> list[EventFile]:
    """Return the event files below the location, by name; nothing is read or copied.

    Args:
        location: a folder or an fsspec URL.
        landing: the folder that remote files are copied to by `fetch`.

    Raises:
        SettingsError: there is no such folder, or it holds files but no event file.
    """
    files = _remote(location, landing) if "://" in location else _local(location)
    events = sorted((f for f in files if _is_event_file(f)), key=lambda file: file.name)
    strays = [file.name for file in files if not _is_event_file(file)]
    if strays and not events:
        message = (
            f"EVENTS_URL={location} holds no event file (*{', *'.join(PATTERNS)}), but "
            f"{len(strays)} other files such as {min(strays)}. Point EVENTS_URL at the "
            "folder of the Segment or RudderStack archive."
        )
        raise SettingsError(message)
    if strays:
        _log.warning(
            "%s: %d files are no event files and are not read, such as %s",
            *(location, len(strays), min(strays)),
        )
    return events


def _is_event_file(file: EventFile) -> bool:
    return file.name.endswith(PATTERNS)


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "_")) for part in name.split("/"))


def _local(location: str) -> list[EventFile]:
    root = Path(location)
    if not root.is_dir():
        message = (
            f"EVENTS_URL={location} is not a folder. Set it to the folder or the fsspec "
            "URL (s3://…, gs://…) below which the event files lie."
        )
        raise SettingsError(message)
    found = []
    for folder, _, names in os.walk(root, followlinks=True):
        for file_name in names:
            path = Path(folder, file_name)
            name = path.relative_to(root).as_posix()
            if _is_hidden(name):
                continue
            status = path.stat()
            modified_at = datetime.fromtimestamp(status.st_mtime, UTC)
            version = str(status.st_mtime_ns)
            found.append(
                EventFile(name, status.st_size, version, modified_at, str(path))
            )
    return found


def _remote(location: str, landing: Path) -> list[EventFile]:
    from fsspec.core import url_to_fs

    try:
        filesystem, root = url_to_fs(location)
        listing = filesystem.find(root, detail=True)
    except (ImportError, ValueError, OSError) as error:
        message = (
            f"EVENTS_URL={location} cannot be listed: {error}. Check the URL, the "
            "credentials in the environment, and that the library for its scheme is "
            "installed (the extras s3 and gcs)."
        )
        raise SettingsError(message) from error
    found = []
    for path, about in listing.items():
        name = path.removeprefix(root).lstrip("/")
        if about.get("type") != "file" or not name or _is_hidden(name):
            continue
        modified_at = _first(about, "mtime", "LastModified", "last_modified", "updated")
        if isinstance(modified_at, int | float):
            modified_at = datetime.fromtimestamp(modified_at, UTC)
        if isinstance(modified_at, str):
            modified_at = datetime.fromisoformat(modified_at)
        version = _first(about, "ETag", "etag", "md5Hash", "generation") or modified_at
        version = str(version or _first(about, "created") or about["size"])
        copy = str(landing / name)
        found.append(EventFile(name, about["size"], version, modified_at, copy))
    return found


def _first(about: dict, *names: str) -> object:
    return next((about[name] for name in names if about.get(name)), None)


def fetch(location: str, files: list[EventFile]) -> None:
    """Copy remote files to their paths; local files are read where they are."""
    if "://" not in location:
        return
    from fsspec.core import url_to_fs

    filesystem, root = url_to_fs(location)
    for file in files:
        Path(file.path).parent.mkdir(parents=True, exist_ok=True)
    filesystem.get(
        [f"{root.rstrip('/')}/{file.name}" for file in files],
        [file.path for file in files],
    )


def lines_of(path: str) -> Iterator[tuple[int, bytes]]:
    """Yield line number and line of a file, blank lines left out, as DuckDB does."""
    with _open(path) as stream:
        for number, line in enumerate(stream, 1):
            if line.strip():
                yield number, line.rstrip(b"\r\n")


def _open(path: str, mode: str = "rb") -> IO[bytes]:
    # The level counts for writing only: copies are thrown away, so the quickest.
    return gzip.open(path, mode, 1) if path.endswith(".gz") else Path(path).open(mode)


def readable_copy(path: str, target: Path) -> list[BrokenLine]:
    """Copy what can be read of a file and return what cannot.

    A gzip that breaks off keeps its whole lines; a line longer than DuckDB accepts is
    left out.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    broken = []
    number = 0
    with _open(str(target), "wb") as copy, _open(path) as stream:
        while True:
            number += 1
            try:
                line = stream.readline(LONGEST_LINE)
                text = line[:SHOWN].decode("utf-8", "replace")
                is_long = len(line) == LONGEST_LINE
                while is_long and not line.endswith(b"\n") and line:
                    line = stream.readline(LONGEST_LINE)
            except (EOFError, OSError, zlib.error) as error:
                reason = f"the file cannot be read from this line on: {error}"
                broken.append(BrokenLine(number, reason, ""))
                return broken
            if is_long:
                reason = f"a line of more than {LONGEST_LINE} bytes"
                broken.append(BrokenLine(number, reason, text))
            elif line:
                copy.write(line)
            else:
                return broken
