"""A data directory: `<vendor>/<name>.jsonl[.gz]` and sandbox.toml, read lazily.

A missing file is an empty collection, a file that nobody reads is an error: a
misspelt name would otherwise look like a vendor without data.
"""

import gzip
import tomllib
from array import array
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson

from ingestion.sandbox.server.vendors import vendor_modules
from ingestion.settings import SettingsError

DESCRIPTION = "sandbox.toml"
DEFAULT_TOKEN = "sandbox-token"
SUFFIXES = (".jsonl", ".jsonl.gz")
# Directories up to this size are parsed once at start (0.4 s at most), so that a
# broken line stops the server and not a run; larger ones tell when they are read.
CHECKED_BYTES = 64_000_000
# A guess at what gzip saves on JSON lines.
GZIP_FACTOR = 10
# Files that pipelines read from the directory itself, not through an API.
READ_AS_FILES = (
    "events/*.jsonl.gz",
    "files/hr_surveys/responses.csv",
    "files/hiring_costs.csv",
    "files/recruiting.csv",
    "files/targets.csv",
    "files/offline_spend.csv",
    "files/channel_costs.csv",
    "files/fx_rates.csv",
    "files/campaign_calendar.csv",
    "files/regions.csv",
    "files/ledger.csv",
)


class DataDirectoryError(SettingsError):
    """The data directory cannot be served; the message names file, line and remedy."""


class JsonLines:
    """The objects of one file, kept as bytes and parsed one by one on demand."""

    def __init__(self, path: Path | None, shown: str) -> None:
        self.shown = shown
        self._bytes = b"" if path is None else _content(path, shown)
        self._starts = array("q")
        self._ends = array("q")
        self._numbers = array("q")
        start, number = 0, 0
        while start < len(self._bytes):
            number += 1
            end = self._bytes.find(b"\n", start)
            end = len(self._bytes) if end < 0 else end
            if not self._bytes[start:end].isspace() and end > start:
                self._starts.append(start)
                self._ends.append(end)
                self._numbers.append(number)
            start = end + 1
        self._view = memoryview(self._bytes)

    def __len__(self) -> int:
        return len(self._starts)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (self.parse(row) for row in range(len(self)))

    def parse(self, row: int) -> dict[str, Any]:
        """Return the object of a row.

        Raises:
            DataDirectoryError: the line is not a JSON object.
        """
        try:
            item = orjson.loads(self._view[self._starts[row] : self._ends[row]])
        except orjson.JSONDecodeError as error:
            raise self.error(row, f"not JSON ({error})") from None
        if not isinstance(item, dict):
            raise self.error(row, "not a JSON object")
        return item

    def error(self, row: int, problem: str) -> DataDirectoryError:
        """Return an error about one row, with the file and the line in it."""
        message = (
            f"{self.shown} line {self._numbers[row]}: {problem}. "
            "One line is one object of the vendor's list endpoint; correct the line."
        )
        return DataDirectoryError(message)


class Store:
    """One data directory."""

    def __init__(self, path: Path) -> None:
        if not path.is_dir():
            message = f"{path} is not a directory: name a data directory that exists."
            raise DataDirectoryError(message)
        self.path = path
        self.description = _described(path / DESCRIPTION)
        self._files = self._found_files()
        self._read: dict[tuple[str, str], JsonLines] = {}

    def lines(self, vendor: str, name: str) -> JsonLines:
        """Return the objects of `<vendor>/<name>.jsonl[.gz]`; empty when missing."""
        if (vendor, name) not in self._read:
            path = self._files.get((vendor, name))
            shown = f"{vendor}/{path.name if path else name}"
            self._read[vendor, name] = JsonLines(path, shown)
        return self._read[vendor, name]

    def check_lines(self) -> None:
        """Parse every line of the vendors' files, unless there are too many.

        Raises:
            DataDirectoryError: a line is not a JSON object.
        """
        sizes = {
            file: path.stat().st_size * (GZIP_FACTOR if path.suffix == ".gz" else 1)
            for file, path in self._files.items()
        }
        if sum(sizes.values()) <= CHECKED_BYTES:
            for vendor, name in sizes:
                for _ in self.lines(vendor, name):
                    pass

    def table(self, name: str) -> dict[str, Any]:
        """Return a table of sandbox.toml; {} when it has none.

        Raises:
            DataDirectoryError: the name is there and is no table.
        """
        found = self.description.get(name, {})
        if not isinstance(found, dict):
            message = f"sandbox.toml: {name} = {found!r} is no table: write [{name}]."
            raise DataDirectoryError(message)
        return found

    @property
    def tokens(self) -> list[str]:
        """The tokens that the sandbox accepts."""
        return self.description.get("tokens") or [DEFAULT_TOKEN]

    @cached_property
    def clock(self) -> datetime:
        """The sandbox's now: `as_of`, else the machine's clock at start."""
        as_of = self.description.get("as_of")
        if isinstance(as_of, datetime):
            return as_of if as_of.tzinfo else as_of.replace(tzinfo=UTC)
        if isinstance(as_of, date):
            return datetime.combine(as_of, time(23, 59, 59), UTC)
        return datetime.now(UTC)

    def _found_files(self) -> dict[tuple[str, str], Path]:
        modules = vendor_modules()
        strays: list[str] = []
        files: dict[tuple[str, str], Path] = {}
        for path in sorted(self.path.rglob("*")):
            name = path.relative_to(self.path).as_posix()
            hidden = any(part.startswith(".") for part in Path(name).parts)
            if path.is_dir() or hidden or name == DESCRIPTION:
                continue
            if any(fnmatch(name, pattern) for pattern in READ_AS_FILES):
                continue
            vendor, _, file = name.partition("/")
            stem = _stem(file)
            if stem is None or vendor not in modules or not modules[vendor].reads(stem):
                strays.append(name)
            elif (vendor, stem) in files:
                message = (
                    f"{self.path} has {vendor}/{stem} both as .jsonl and as .jsonl.gz. "
                    "Remove one of them."
                )
                raise DataDirectoryError(message)
            else:
                files[vendor, stem] = path
        if strays:
            shown = ", ".join(strays[:5]) + (" …" if len(strays) > 5 else "")
            message = (
                f"{self.path} has {len(strays)} file(s) that nobody reads: {shown}. "
                f"Rename or remove them; served vendors: {', '.join(modules)}."
            )
            raise DataDirectoryError(message)
        return files


def checked_table(table: object, known: dict[str, Any], shown: str) -> dict[str, Any]:
    """Return the known settings with those of a table of sandbox.toml in their place.

    Raises:
        DataDirectoryError: it is no table, has a name that nobody reads, or a value
            of another type than the known one.
    """
    if not isinstance(table, dict) or not table.keys() <= known.keys():
        message = (
            f"sandbox.toml: {shown} = {table!r} is not usable: write a table with "
            f"{', '.join(known)}."
        )
        raise DataDirectoryError(message)
    for name, value in table.items():
        expected = type(known[name])
        fits = (int, float) if expected is float else expected
        if not isinstance(value, fits) or (type(value) is bool) != (expected is bool):
            message = (
                f"sandbox.toml: {shown}.{name} = {value!r} is not usable: write a "
                f"value like {known[name]!r}."
            )
            raise DataDirectoryError(message)
    return {**known, **table}


def _stem(file: str) -> str | None:
    for suffix in SUFFIXES:
        if file.endswith(suffix):
            return file.removesuffix(suffix)
    return None


def _content(path: Path, shown: str) -> bytes:
    content = path.read_bytes()
    if path.suffix != ".gz":
        return content
    try:
        return gzip.decompress(content)
    except (OSError, EOFError) as error:
        message = f"{shown} is not a whole gzip file ({error}). Write it again."
        raise DataDirectoryError(message) from None


def _described(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{path} is not TOML: {error}. Correct the line or remove the file."
        raise DataDirectoryError(message) from None
