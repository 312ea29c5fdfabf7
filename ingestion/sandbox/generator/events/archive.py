"""Segment's raw archive: gzipped lines in one folder per UTC day of receipt."""

from collections import defaultdict
from pathlib import Path

import orjson

from ingestion.sandbox.generator.calendar import AS_OF, DAY
from ingestion.sandbox.generator.writing import write_archive

SOURCE_ID = "zafranshop1"


class Archive:
    """Collects events by day of receipt and writes each day once it is over.

    Keeping only the open days in memory lets a million events pass through.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "segment-logs" / SOURCE_ID
        self._days: dict[int, list[tuple[int, bytes]]] = defaultdict(list)
        self._replays: dict[int, list[bytes]] = defaultdict(list)

    def add(self, received: int, event: dict) -> None:
        """Keep one event; what arrives after as_of has not happened yet."""
        self.add_line(received, orjson.dumps(event))

    def add_line(self, received: int, line: bytes) -> None:
        """Keep one line as it is."""
        if received <= AS_OF:
            self._days[received // DAY].append((received, line))

    def replay(self, received: int, line: bytes) -> None:
        """Keep a line for a second file of the day: what a source sent again."""
        if received <= AS_OF:
            self._replays[received // DAY].append(line)

    def write_until(self, day_number: int) -> None:
        """Write the days before a day (days since 1970) and forget them."""
        for day in sorted(day for day in self._days if day < day_number):
            lines = [line for _, line in sorted(self._days.pop(day))]
            self._write(day, 1, lines)
        for day in sorted(day for day in self._replays if day < day_number):
            self._write(day, 2, self._replays.pop(day))

    def _write(self, day: int, part: int, lines: list[bytes]) -> None:
        name = f"{day * DAY}.{part:04d}.jsonl.gz"
        write_archive(self._folder / str(day * DAY) / name, lines)
