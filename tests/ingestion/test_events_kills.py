"""A load of events that is killed loses none and repeats none (real SIGKILL).

The kills are aimed at the load step, between the commit of a job and dlt's note of it:
there a plain append doubles its rows.
"""

import os
import signal
import subprocess
import sys

import pytest

from ingestion.settings import PROJECT_ROOT

from .event_archive import Archive, order
from .killed_load import KILL_AFTER, killed_load

EVENTS = 400
OURS = killed_load("events")
PLAIN_DLT = KILL_AFTER + (
    "from ingestion import warehouse\n"
    "from ingestion.settings import load_settings\n"
    "from ingestion.sources import events\n"
    "settings = load_settings()\n"
    "pipeline = warehouse.pipeline_for('events', settings)\n"
    "pipeline.run(events.source(settings))\n"
)
SPOOLED_IN_A_FILE = (
    "from ingestion.sources import _event_lines\n_event_lines.MOST_IN_MEMORY = 1\n"
)
NEVER = 99


@pytest.fixture
def archive(tmp_path) -> Archive:
    """Return an archive of two files with orders, a bad line and repeated messages."""
    archive = Archive(tmp_path)
    orders = [order(f"m{n:03d}", [{"sku": "s"}, {"sku": "t"}]) for n in range(EVENTS)]
    archive.write("a.jsonl.gz", *orders[:300], orders[0], b"broken")
    archive.write("b.jsonl", *orders[200:])
    return archive


def run(archive: Archive, script: str, kill_after: int) -> int:
    """Run the script in a process of its own and return how it ended."""
    environment = {
        **os.environ,
        "WAREHOUSE_DIR": str(archive.settings.warehouse_dir),
        "EVENTS_URL": archive.settings.events_url,
        "SOURCES": "live",
        "VENDORS": '{"shop": ["events"]}',
    }
    done = subprocess.run(
        [sys.executable, "-c", script, str(kill_after)],
        cwd=PROJECT_ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode


def assert_loaded_once(archive: Archive, files: int = 2) -> None:
    """Check that every event, product and file is there once, in finished loads."""
    finished = "_dlt_load_id IN (SELECT load_id FROM _dlt_loads WHERE status = 0)"
    for table, key, count in (
        ("events", "message_id", EVENTS),
        ("event_products", "(message_id, line_number)", 2 * EVENTS),
        ("files", "file", files),
        ("quarantine", "quarantine_id", 1),
    ):
        found = archive.rows(
            f"SELECT count(*), count(DISTINCT {key}), "
            f"count(*) FILTER ({finished}) FROM {table}"
        )
        assert found == [(count, count, count)], table


@pytest.mark.parametrize("kill_after", [1, 2, 3, 5])
def test_our_loader_resumes_a_killed_load(archive, kill_after):
    """The job that had committed runs again and must find its own rows."""
    assert run(archive, OURS, kill_after) == -signal.SIGKILL
    assert run(archive, OURS, NEVER) == 0
    assert_loaded_once(archive)
    balanced = archive.rows("SELECT DISTINCT is_balanced FROM load_reconciliation")
    assert balanced == [(True,)]


@pytest.mark.parametrize("kill_after", [1, 3])
def test_dlt_alone_resumes_a_killed_load(archive, kill_after):
    """Whoever runs the source with dlt only is as safe."""
    assert run(archive, PLAIN_DLT, kill_after) == -signal.SIGKILL
    assert run(archive, PLAIN_DLT, NEVER) == 0
    assert_loaded_once(archive)


def test_a_killed_load_of_a_backlog_is_resumed_from_its_spool(archive):
    """The spool is a file then, whole or not there at all."""
    assert run(archive, SPOOLED_IN_A_FILE + OURS, 1) == -signal.SIGKILL
    assert run(archive, SPOOLED_IN_A_FILE + OURS, NEVER) == 0
    assert_loaded_once(archive)


def test_a_killed_load_whose_files_have_changed_is_read_again(archive):
    """Resuming it would load what the account of the load does not know."""
    assert run(archive, OURS, 1) == -signal.SIGKILL
    (archive.folder / "b.jsonl").unlink()
    archive.write(
        "c/b.jsonl",
        *(order(f"m{n:03d}", [{"sku": "s"}, {"sku": "t"}]) for n in range(200, EVENTS)),
    )
    assert run(archive, OURS, NEVER) == 0
    assert_loaded_once(archive)
