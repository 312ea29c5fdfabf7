"""Any source against any answer: loaded, quarantined or a red run, and nothing else.

A few rows of the sandbox's company are served, the answers are spoiled on the way, and
the real source loads them. Red is a `LoadError`; a load that does not add up, another
exception or a load that does not end is a finding. After each round the answers are
good again, and the next load must be green.
"""

import gzip
import os
import random
import shutil
import signal
import time
import tomllib
import traceback
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb

from ingestion.load import LoadError, LoadResult, load_vendor
from ingestion.sandbox.server.app import build_app
from ingestion.sandbox.server.vendors import vendor_modules
from ingestion.settings import Settings

from .spoil import SpoilingApi, spoiled_line

# Enough for a second page of nothing, and few enough that a load takes seconds.
ROWS_PER_COLLECTION = 12
# Their records name those of other collections, and a missing one stops the load.
COPIED_WHOLE = ("personio",)
LONGEST_LOAD_SECONDS = 120
SPOILED_SHARE = 0.3


@dataclass
class Outcome:
    """How the loads of one source ended.

    Attributes:
        inputs: spoiled answers, or event lines.
        ends: how many loads were green, red, or red for a reason nobody foresaw.
        findings: what must not happen.
    """

    vendor: str
    inputs: int = 0
    received: int = 0
    loaded: int = 0
    quarantined: int = 0
    bad_values: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)
    unforeseen: list[str] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        """Add what another round of the same source found."""
        for name in ("inputs", "received", "loaded", "quarantined", "bad_values"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.ends.update(other.ends)
        self.findings += other.findings
        self.unforeseen += other.unforeseen


def small_copy(company: Path, target: Path) -> Path:
    """Copy a company's directory, of most collections only the first rows."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    shutil.copy(company / "sandbox.toml", target)
    for path in company.rglob("*.jsonl"):
        copied = target / path.relative_to(company)
        copied.parent.mkdir(parents=True, exist_ok=True)
        with path.open("rb") as lines, copied.open("wb") as kept:
            most = None if path.parent.name in COPIED_WHOLE else ROWS_PER_COLLECTION
            kept.writelines(islice(lines, most))
    return target


def event_lines(company: Path, most: int = 500) -> list[bytes]:
    """Return lines of a company's event archive."""
    found: list[bytes] = []
    for path in sorted((company / "events").rglob("*.gz")):
        found += gzip.decompress(path.read_bytes()).splitlines()
        if len(found) >= most:
            break
    return found[:most]


def fuzz_api(vendor: str, data: Path, server: Any, folder: Path, seed: int) -> Outcome:
    """Load a vendor from spoiled answers twice, then from good ones.

    Args:
        vendor: the vendor id.
        data: the directory that is served.
        server: has `url`, and serves what its `app` is.
        folder: where the warehouse goes; it is removed before and after.
        seed: what the mishaps follow from.
    """
    shutil.rmtree(folder, ignore_errors=True)
    said = tomllib.loads((data / "sandbox.toml").read_text("utf-8"))
    settings = Settings(
        warehouse_dir=folder,
        sources="live",
        as_of=said["as_of"],
        start_date="2020-01-01",
    )
    api = SpoilingApi(build_app(data), random.Random(f"{vendor}-{seed}"))
    server.app = api
    outcome = Outcome(vendor)
    variables = vendor_modules()[vendor].environment(server.url, said["tokens"][0])
    with _environment(variables):
        for rate in (SPOILED_SHARE, SPOILED_SHARE / 5):
            api.rate = rate
            _load(outcome, vendor, settings)
        api.calm()
        good = settings.model_copy(update={"believe_deletions": True})
        if _load(outcome, vendor, good, read_all=True) is None:
            outcome.findings.append(f"{vendor} seed {seed}: no recovery")
    outcome.inputs = api.spoiled
    shutil.rmtree(folder, ignore_errors=True)
    return outcome


def fuzz_events(
    lines: list[bytes], folder: Path, seed: int, count: int = 500
) -> Outcome:
    """Load a file of spoiled event lines.

    Args:
        lines: good lines.
        folder: where archive and warehouse go; it is removed before and after.
        seed: what the mishaps follow from.
        count: how many lines.
    """
    shutil.rmtree(folder, ignore_errors=True)
    archive = folder / "archive"
    archive.mkdir(parents=True)
    rng = random.Random(f"events-{seed}")
    spoiled = [spoiled_line(rng, rng.choice(lines)) for _ in range(count)]
    (archive / "a.jsonl").write_bytes(b"\n".join(spoiled) + b"\n")
    settings = Settings(
        warehouse_dir=folder / "warehouse",
        sources="live",
        vendors={"shop": ["events"]},
        events_url=str(archive),
    )
    outcome = Outcome("events", inputs=count)
    result = _load(outcome, "events", settings)
    blank = sum(not line.strip() for line in spoiled)
    if result is not None:
        received = {one.table: one.received for one in result.tables}["events"]
        if received not in (count, count - blank):
            outcome.findings.append(
                f"events seed {seed}: {received} of {count} lines received"
            )
    shutil.rmtree(folder, ignore_errors=True)
    return outcome


def _load(
    outcome: Outcome, vendor: str, settings: Settings, *, read_all: bool = False
) -> LoadResult | None:
    result, end = None, "green"
    try:
        with _limited(LONGEST_LOAD_SECONDS):
            result = load_vendor(vendor, settings, read_all=read_all)
    except LoadError as error:
        end = "red"
        if "does not add up" in str(error):
            outcome.findings.append(str(error))
        if "report it with" in str(error):
            end = "unforeseen"
            outcome.unforeseen.append(f"{error} (raised at {_place(error)})")
    except TimeoutError:
        end = "hang"
        outcome.findings.append(f"{vendor}: no end after {LONGEST_LOAD_SECONDS} s")
    except Exception as error:  # noqa: BLE001  whatever it is, it is a finding
        end = "crash"
        outcome.findings.append(f"{vendor}: {type(error).__name__}: {error}")
    outcome.ends[end] += 1
    _add_accounts(outcome, vendor, settings)
    return result


def _add_accounts(outcome: Outcome, vendor: str, settings: Settings) -> None:
    """Read the sums of all loads so far from the warehouse itself."""
    if not settings.warehouse_path.is_file():
        return
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
        known = connection.execute(
            "select 1 from duckdb_tables() where schema_name = ? and table_name = "
            "'load_reconciliation'",
            [f"raw_{vendor}"],
        ).fetchone()
        if not known:
            return
        found = connection.execute(
            "select sum(received_count), sum(loaded_count), sum(quarantined_count), "
            "sum(bad_value_count), count(*) filter (not is_balanced) "
            f"from raw_{vendor}.load_reconciliation"
        ).fetchone()
    assert found
    *sums, unbalanced = (int(one or 0) for one in found)
    outcome.received, outcome.loaded, outcome.quarantined, outcome.bad_values = sums
    if unbalanced:
        outcome.findings.append(f"{vendor}: {unbalanced} tables do not add up")


def _place(error: BaseException) -> str:
    """Return file and line where the first cause was raised."""
    while error.__cause__ is not None:
        error = error.__cause__
    frames = traceback.extract_tb(error.__traceback__)
    own = [one for one in frames if "/ingestion/" in one.filename] or frames
    return f"{Path(own[-1].filename).name}:{own[-1].lineno}" if own else "nowhere"


@contextmanager
def _limited(seconds: int) -> Generator[None]:
    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _environment(variables: dict[str, str]) -> Generator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def without_waiting(dlt_dir: Path) -> Generator[None]:
    """Let nobody sleep for long, and keep dlt's own files in a folder."""
    sleep: Callable[[float], None] = time.sleep
    time.sleep = lambda seconds: sleep(min(seconds, 0.005))  # type: ignore[assignment]
    quick = {
        "RUNTIME__REQUEST_BACKOFF_FACTOR": "0",
        "RUNTIME__REQUEST_MAX_RETRY_DELAY": "0",
        "DLT_DATA_DIR": str(dlt_dir),
    }
    try:
        with _environment(quick):
            yield
    finally:
        time.sleep = sleep
