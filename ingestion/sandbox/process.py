"""The sandbox's server as a process that lives as long as a run needs it."""

import os
import selectors
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ingestion.sandbox.server.store import Store
from ingestion.sandbox.server.vendors import vendor_modules
from ingestion.settings import PROJECT_ROOT, Settings

START_SECONDS = 60
STOP_SECONDS = 10
_READY = "listening on "


class SandboxError(Exception):
    """The sandbox's server did not start or died; the message holds what it said."""


@contextmanager
def running_sandbox(settings: Settings) -> Generator[dict[str, str]]:
    """Serve the sandbox's data directory and yield the variables that reach it.

    The server is gone afterwards, whatever happens here: it is told to stop, killed
    if it does not, and leaves on its own when this process is killed.

    Raises:
        SandboxError: the server did not come up, or died while it was used.
    """
    token = Store(settings.sandbox_dir).tokens[0]
    settings.warehouse_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=settings.warehouse_dir) as said:
        process = _start(settings.sandbox_dir, said)
        try:
            url = _wait_until_ready(process, said)
            yield {
                name: value
                for vendor in vendor_modules().values()
                for name, value in vendor.environment(url, token).items()
            }
        except Exception as error:
            if process.poll() is not None and not isinstance(error, SandboxError):
                error.add_note(_died(process, said))
            elif complaint := _tail(said):
                error.add_note(f"The sandbox's server said:\n{complaint}")
            raise
        else:
            if process.poll() is not None:
                raise SandboxError(_died(process, said))
        finally:
            _stop(process)


def _start(data_dir: Path, said: IO[bytes]) -> subprocess.Popen:
    command = [sys.executable, "-m", "ingestion.sandbox", "serve"]
    command += ["--data", str(data_dir), "--port", "0", "--stop-with-stdin"]
    return subprocess.Popen(
        command,
        cwd=PROJECT_ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        # Never written to: it ends when this process does, and the server with it.
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=said,
        # Ctrl-C is for the run; the server stops when the run has.
        start_new_session=True,
    )


def _wait_until_ready(process: subprocess.Popen, said: IO[bytes]) -> str:
    assert process.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        if not selector.select(START_SECONDS):
            message = (
                f"The sandbox's server was not ready after {START_SECONDS} s. "
                f"It said:\n{_tail(said)}"
            )
            raise SandboxError(message)
    line = process.stdout.readline().decode().strip()
    if line.startswith(_READY):
        return line.removeprefix(_READY)
    process.wait(STOP_SECONDS)
    message = f"The sandbox's server did not start. It said:\n{line}{_tail(said)}"
    raise SandboxError(message)


def _stop(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()


def _died(process: subprocess.Popen, said: IO[bytes]) -> str:
    return (
        f"The sandbox's server ended with code {process.returncode} while it was in "
        f"use. It said:\n{_tail(said)}"
    )


def _tail(said: IO[bytes]) -> str:
    said.seek(0)
    lines = said.read().decode(errors="replace").splitlines()
    return "\n".join(lines[-20:])
