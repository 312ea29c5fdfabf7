"""CPU-seconds, wall time and memory of a process of its own.

CPU-seconds (user and system, all threads) are compared, wall times only shown: on a
machine that does other work they say little. Ratios are taken within one run.
"""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingestion.settings import PROJECT_ROOT

# Benchmarks speak of an installation with compiled bytecode.
_NOT_PASSED = ("PYTHONDONTWRITEBYTECODE",)


@dataclass(frozen=True)
class Cost:
    """What one process has cost."""

    cpu: float
    wall: float
    peak_gb: float
    output: str = ""


@dataclass(frozen=True)
class Table:
    """The result of one benchmark: a title, columns, rows of texts, and remarks."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    remarks: Sequence[str] = field(default_factory=list)


@dataclass(frozen=True)
class Options:
    """What the command line asks for."""

    folder: Path
    rows: int
    rounds: int
    size: str


def cost_of(arguments: Sequence[str], **environment: str) -> Cost:
    """Run Python with the arguments in the project and return what it cost.

    Raises:
        RuntimeError: the process failed; the message is what it wrote.
    """
    inherited: Mapping[str, str] = {
        name: value for name, value in os.environ.items() if name not in _NOT_PASSED
    }
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=PROJECT_ROOT,
        env={**inherited, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        message = f"{' '.join(arguments)} failed:\n{output}"
        raise RuntimeError(message)
    return Cost(
        cpu=usage.ru_utime + usage.ru_stime,
        wall=time.perf_counter() - started,
        peak_gb=usage.ru_maxrss / 1_000_000,
        output=output,
    )


def median(costs: Sequence[Cost]) -> Cost:
    """Return the cost in the middle by CPU-seconds."""
    return sorted(costs, key=lambda cost: cost.cpu)[len(costs) // 2]
