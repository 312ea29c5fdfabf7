"""What is heard while a vendor is tried out (`ingestion.live_check`).

While `probing` holds a probe, an `Extraction` reads only the first rows of each table,
says what it found, and hands on none; an `Api` says whom it asked and what time it is
there. In a load there is no probe.
"""

import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from email.utils import mktime_tz, parsedate_tz
from typing import Literal
from urllib.parse import urlsplit

from requests import Response

# One page of most vendors: what comes with the first row costs no further request, and
# a short list that is read to its end lets the tables that follow from it be tried too.
MOST_ROWS = 50
MOST_SECONDS = 1.0

State = Literal["readable", "empty", "skipped", "not asked", "not permitted", "failed"]


@dataclass(frozen=True)
class Finding:
    """What became of one table.

    Attributes:
        table: its name.
        state: what was found.
        remark: why, and what to do; or what was noticed.
    """

    table: str
    state: State
    remark: str = ""

    @property
    def is_good(self) -> bool:
        """Whether a load would get the table."""
        return self.state not in ("not permitted", "failed")


@dataclass
class Probe:
    """What was found so far.

    Attributes:
        findings: one for each table, in the order in which they were tried.
        addresses: whom we asked.
        answers: how many answers came.
        seconds_ahead: how far the vendor's clock is ahead of ours, by its last answer.
    """

    findings: list[Finding] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    answers: int = 0
    seconds_ahead: float | None = None

    def found(self, table: str, state: State, remark: str = "") -> None:
        """Note what became of a table."""
        self.findings.append(Finding(table, state, remark))

    def heard(self, response: Response) -> None:
        """Note whose answer it is, and what time it was there."""
        self.answers += 1
        parts = urlsplit(response.url)
        address = f"{parts.scheme}://{parts.netloc}"
        if address not in self.addresses:
            self.addresses.append(address)
        # Where a proxy adds a second date, both are joined into one header.
        said = parsedate_tz(response.headers.get("Date", "")[:29])
        if said is not None:
            # The header has no fractions.
            self.seconds_ahead = mktime_tz(said) + 0.5 - time.time()

    def has_enough(self, rows: int, started: float) -> bool:
        """Whether so many rows since `started` (`time.monotonic`) tell enough."""
        return rows >= MOST_ROWS or time.monotonic() - started > MOST_SECONDS


probing: ContextVar[Probe | None] = ContextVar("probing", default=None)
