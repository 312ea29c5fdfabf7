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
_PIECE = 1 << 17

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
    """A line that DuckDB does not read."""

    number: int
    reason: str
    text: str


def unpacked_size(file: EventFile) -> int | None:
    """Return what a gzip file says of its size unpacked, None where none is said."""
    if not file.name.endswith(".gz"):
        return None
    with Path(file.path).open("rb") as stream:
        stream.seek(-4, os.SEEK_END)
        return int.from_bytes(stream.read(4), "little")


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
        if not isinstance(modified_at, datetime):
            modified_at = None
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


def read_first_byte(location: str, file: EventFile) -> None:
    """Read one byte of a file: it is one thing to list files, another to read them.

    Raises:
        OSError: the file cannot be read.
    """
    if "://" not in location:
        with Path(file.path).open("rb") as stream:
            stream.read(1)
        return
    from fsspec.core import url_to_fs

    filesystem, root = url_to_fs(location)
    filesystem.cat_file(f"{root.rstrip('/')}/{file.name}", start=0, end=1)


class DamagedFileError(Exception):
    """A file cannot be read to its end; the message is the reason."""


def damage(path: str) -> str | None:
    """Return why a file cannot be read to its end, None if it can.

    DuckDB takes the end of a torn gzip for the end of the file, and checks no checksum.
    """
    try:
        for _ in _unpacked(path):
            pass
    except DamagedFileError as error:
        return str(error)
    return None


def lines_of(path: str) -> Iterator[tuple[int, bytes]]:
    """Yield number and text of the lines of a file, blank ones left out as DuckDB does.

    A line longer than `LONGEST_LINE` is cut after one byte more.

    Raises:
        DamagedFileError: after the last line that could be read.
    """
    number, rest, damaged = 0, b"", None
    chunks = _unpacked(path)
    while True:
        try:
            chunk = next(chunks)
        except StopIteration:
            break
        except DamagedFileError as error:
            damaged = error
            break
        *whole, rest = (rest + chunk).split(b"\n")
        rest = rest[: LONGEST_LINE + 1]
        for line in whole:
            number += 1
            if line.strip():
                yield number, line
    if rest.strip():
        yield number + 1, rest
    if damaged:
        raise damaged


def readable_copy(path: str, target: Path) -> tuple[list[BrokenLine], str | None]:
    """Copy what DuckDB can read of a file.

    Returns:
        the lines that are too long for DuckDB, and why the file is damaged, if it is.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    too_long = []
    with _open_copy(target) as copy:
        try:
            for number, line in lines_of(path):
                if len(line) > LONGEST_LINE:
                    reason = f"longer than {LONGEST_LINE} bytes"
                    text = line[:SHOWN].decode("utf-8", "replace")
                    too_long.append(BrokenLine(number, reason, text))
                else:
                    copy.write(line + b"\n")
        except DamagedFileError as error:
            return too_long, str(error)
    return too_long, None


def _open_copy(path: Path) -> gzip.GzipFile | IO[bytes]:
    # The copy is thrown away after the load, so the quickest level will do.
    return gzip.open(path, "wb", 1) if path.suffix == ".gz" else path.open("wb")


def _unpacked(path: str) -> Iterator[bytes]:
    """Yield the content of a file piece by piece, all that can be had of it."""
    with Path(path).open("rb") as stream:
        if not path.endswith(".gz"):
            yield from iter(lambda: stream.read(_PIECE), b"")
            return
        packed = stream.read(_PIECE)
        while packed:
            # A gzip file may be several, one after the other.
            member = zlib.decompressobj(zlib.MAX_WBITS | 16)
            while not member.eof:
                if not packed:
                    message = "the gzip stream ends before its end marker"
                    raise DamagedFileError(message)
                try:
                    piece = member.decompress(packed)
                except zlib.error as error:
                    message = f"the gzip stream is broken: {error}"
                    raise DamagedFileError(message) from None
                if piece:
                    yield piece
                packed = member.unused_data or stream.read(_PIECE)
