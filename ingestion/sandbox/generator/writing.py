"""Writing the data directory: the same bytes for the same company."""

import gzip
from collections.abc import Iterable
from pathlib import Path

import orjson


def write_lines(path: Path, objects: Iterable[dict]) -> None:
    """Write one JSON object per line; no file for an empty collection."""
    lines = [orjson.dumps(item) for item in objects]
    if lines:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\n".join(lines) + b"\n")


def write_archive(path: Path, lines: list[bytes]) -> None:
    """Write gzipped lines; no time stamp in the header, so that bytes repeat."""
    path.parent.mkdir(parents=True, exist_ok=True)
    packed = gzip.compress(b"\n".join(lines) + b"\n", compresslevel=1, mtime=0)
    path.write_bytes(packed)
