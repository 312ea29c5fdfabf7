"""What a check found: counts and masked samples, no personal data."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

# Long enough to see what is wrong with a value, too short to hold a document.
SAMPLE_LENGTH = 24
SAMPLE_COUNT = 3
_QUOTED = re.compile(r"'[^']*'")


class Status(StrEnum):
    """How a check ended; `error` means that it could not run, never that it passed."""

    passed = "passed"
    failed = "failed"
    error = "error"


class Severity(StrEnum):
    """Whether a check that did not pass stops what comes after it."""

    critical = "critical"
    warning = "warning"


@dataclass(frozen=True)
class ExpectationResult:
    """One expectation on one table."""

    name: str
    status: Status
    severity: Severity
    checked_count: int | None = None
    unexpected_count: int | None = None
    samples: tuple[str, ...] = ()
    message: str = ""

    def __str__(self) -> str:
        """Say in one line what was found."""
        found = [f"{self.name}: {self.status}"]
        if self.unexpected_count is not None and self.status is Status.failed:
            found.append(f"{self.unexpected_count:,} unexpected")
        if self.samples:
            found.append(f"such as {', '.join(self.samples)}")
        if self.message:
            found.append(self.message)
        return "; ".join(found)


@dataclass(frozen=True)
class TableResult:
    """Every expectation on one table."""

    schema: str
    table: str
    checked_rows: int
    results: tuple[ExpectationResult, ...] = ()
    note: str = ""

    @property
    def not_passed(self) -> list[ExpectationResult]:
        """What failed or could not run."""
        return [result for result in self.results if result.status != Status.passed]

    @property
    def is_blocking(self) -> bool:
        """Whether something critical failed or could not run."""
        return any(r.severity is Severity.critical for r in self.not_passed)

    @property
    def status(self) -> Status:
        """The worst status: a failure tells more than a check that could not run."""
        found = {result.status for result in self.not_passed}
        if Status.failed in found:
            return Status.failed
        return Status.error if found else Status.passed

    def __str__(self) -> str:
        """Say in one line per problem what was found."""
        where = f"{self.schema}.{self.table}"
        if not self.not_passed:
            return f"{where}: {len(self.results)} expectations hold {self.note}".strip()
        return "\n".join(f"{where}: {problem}" for problem in self.not_passed)


def mask(value: object) -> str:
    """Return the shape of a value without its content: `xxxx@xxxx.xx`, `-99.99`.

    Booleans and nulls say nothing about a person and stay.
    """
    if value is None or isinstance(value, bool):
        return "NULL" if value is None else str(value)
    if isinstance(value, datetime | date):
        value = value.isoformat()
    text = str(value)
    shape = "".join(_masked(character) for character in text[:SAMPLE_LENGTH])
    return f"{shape}…" if len(text) > SAMPLE_LENGTH else shape


def mask_quoted(message: str) -> str:
    """Mask what an error message quotes: a database quotes the offending values."""
    first_line = message.strip().partition("\n")[0]
    return _QUOTED.sub(lambda found: f"'{mask(found[0][1:-1])}'", first_line)


def _masked(character: str) -> str:
    if character.isdigit():
        return "9"
    if character.isalpha():
        return "X" if character.isupper() else "x"
    return character
