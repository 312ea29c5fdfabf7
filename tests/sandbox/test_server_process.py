"""The sandbox's server lives as long as the run that started it."""

import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from ingestion.sandbox.process import SandboxError, running_sandbox
from ingestion.settings import PROJECT_ROOT

from .conftest import sandbox_settings

RUN = """
import sys
from pathlib import Path
from ingestion.sandbox.process import running_sandbox
from ingestion.settings import Settings

settings = Settings(
    warehouse_dir=Path(sys.argv[1]), sandbox_data=Path(sys.argv[2]), _env_file=None
)
with running_sandbox(settings) as variables:
    sys.stdout.write(variables["SOURCES__HUBSPOT__BASE_URL"] + "\\n")
    sys.stdout.flush()
    sys.stdin.read()
"""


def answers(url):
    """Return whether anybody listens at an address."""
    parts = urlsplit(url)
    with socket.socket() as probe:
        return probe.connect_ex((parts.hostname, parts.port)) == 0


def test_the_variables_of_the_source_point_at_the_server(make_data, tmp_path):
    """Only the address and the token differ from a live run."""
    folder = make_data({}, 'tokens = ["pat-na1-a"]')
    with running_sandbox(sandbox_settings(tmp_path, folder)) as variables:
        url = variables["SOURCES__HUBSPOT__BASE_URL"]
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url)
        assert variables["SOURCES__HUBSPOT__ACCESS_TOKEN"] == "pat-na1-a"
        assert answers(url)
    assert not answers(url)


def test_the_server_stops_when_the_run_fails(make_data, tmp_path):
    """A failed load must not leave a process behind."""
    urls = []

    def run():
        with running_sandbox(sandbox_settings(tmp_path, make_data())) as variables:
            urls.append(variables["SOURCES__HUBSPOT__BASE_URL"])
            variables["missing"]

    with pytest.raises(KeyError):
        run()
    assert not answers(urls[0])


def test_the_server_is_gone_when_the_run_was_killed(make_data, tmp_path):
    """Nobody is told of a SIGKILL; the end of the pipe is what remains."""
    command = [sys.executable, "-c", RUN, str(tmp_path), str(make_data())]
    with subprocess.Popen(
        command,
        cwd=PROJECT_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as run:
        url = run.stdout.readline().strip()
        parts = urlsplit(url)
        with socket.create_connection((parts.hostname, parts.port)) as open_to_server:
            run.send_signal(signal.SIGKILL)
            run.wait()
            open_to_server.settimeout(20)
            # Returns as soon as the server's end is closed, by its death.
            with suppress(ConnectionResetError):
                assert open_to_server.recv(1) == b""
    assert not answers(url)


def test_a_server_that_cannot_start_says_why(make_data, tmp_path):
    """The reason is the server's own message, not a time-out."""
    folder = make_data({}, "[faults]\nearthquake = {}")
    with (
        pytest.raises(SandboxError, match="earthquake"),
        running_sandbox(sandbox_settings(tmp_path, folder)),
    ):
        pass


@pytest.mark.parametrize("fails", [False, True], ids=["unnoticed", "noticed"])
def test_a_server_that_dies_in_use_is_an_error(make_data, tmp_path, monkeypatch, fails):
    """Half a load must not look like a whole one, and an error needs its reason."""
    started = []
    popen = subprocess.Popen

    def start(*args, **more):
        started.append(popen(*args, **more))
        return started[-1]

    def run():
        with running_sandbox(sandbox_settings(tmp_path, make_data())) as variables:
            os.kill(started[0].pid, signal.SIGKILL)
            started[0].wait()
            if fails:
                variables["missing"]

    monkeypatch.setattr(subprocess, "Popen", start)
    with pytest.raises(KeyError if fails else SandboxError) as raised:
        run()
    said = raised.value.__notes__[0] if fails else str(raised.value)
    assert "ended with code -9" in said
