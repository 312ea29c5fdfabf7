"""A backup is of one moment, and a whole warehouse grows from it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from configparser import ConfigParser
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from ingestion.load import load_vendor
from ingestion.settings import PROJECT_ROOT, Settings, load_settings
from orchestration import backup as backups
from orchestration import retention
from orchestration.__main__ import _COMMANDS, _WITH_ARGUMENTS
from orchestration.backup import BackupError, backup, restore
from orchestration.instance import POSTGRES, prepare_home

DEPLOY = PROJECT_ROOT / "orchestration" / "deploy"
# Moves money between two tables, a row or a pause at a time, until it is ended.
WRITER = """
import sys, time, duckdb
path = sys.argv[1]
while True:
    with duckdb.connect(path) as connection:
        for _ in range(20):
            connection.execute(
                "begin; update a set n = n - 1; insert into b values (1); commit"
            )
    print("written", flush=True)
    time.sleep(0.6)
"""


@pytest.fixture
def settings_for(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Settings]:
    """Return a function that gives the settings of a warehouse directory."""

    def settings(folder: Path | str, **more: str) -> Settings:
        for name, value in {"WAREHOUSE_DIR": str(folder), **more}.items():
            monkeypatch.setenv(name, value)
        load_settings.cache_clear()
        return load_settings()

    return settings


def test_a_restored_warehouse_publishes_the_same_and_goes_on_incrementally(
    refreshed: dict[str, str],
    tmp_path: Path,
    settings_for: Callable[..., Settings],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A backup that nobody has restored is a hope."""
    old = settings_for(refreshed["WAREHOUSE_DIR"], SANDBOX_SIZE="small")
    taken = backup(old, tmp_path / "backups")
    data = str(old.sandbox_dir)
    new = settings_for(tmp_path / "restored", SANDBOX_DATA=data)
    restore(new, taken)
    assert "Restored" in capsys.readouterr().out
    assert _content(new.published_path) == _content(old.published_path)
    assert (new.dagster_home / "history" / "runs").is_dir()

    before = _count(new.warehouse_path, "raw_events.events")
    assert load_vendor("events", new).loaded == 0
    assert _count(new.warehouse_path, "raw_events.events") == before > 0
    before = _count(new.warehouse_path, "raw_hubspot.contacts")
    contacts = {table.table: table for table in load_vendor("hubspot", new).tables}
    assert contacts["contacts"].received < before / 2
    assert _count(new.warehouse_path, "raw_hubspot.contacts") == before


def _content(path: Path) -> dict[str, tuple]:
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() order by all"
        ).fetchall()
        return {
            f"{schema}.{table}": connection.execute(
                f'select count(*), sum(hash(t)) from "{schema}"."{table}" as t'
            ).fetchall()[0]
            for schema, table in tables
        }


def _count(path: Path, table: str) -> int:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(f"select count(*) from {table}").fetchall()[0][0]


def test_a_backup_during_a_run_is_of_one_moment(
    tmp_path: Path, settings_for: Callable[..., Settings]
) -> None:
    """Half of a transaction in the copy would be a wrong number that looks right."""
    settings = settings_for(tmp_path / "warehouse")
    settings.warehouse_dir.mkdir()
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute(
            "create table a as select 100000 as n; create table b (n int)"
        )
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(settings.warehouse_path)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        for _ in range(2):
            assert writer.stdout is not None
            writer.stdout.readline()
            taken = backup(settings, tmp_path / "backups", patience=60)
            with duckdb.connect(
                str(taken / "warehouse.duckdb"), read_only=True
            ) as copy:
                query = "select (select n from a) + (select count(*) from b)"
                assert copy.execute(query).fetchall() == [(100_000,)]
            shutil.rmtree(taken)
        assert writer.poll() is None, "the backup got in the writer's way"
    finally:
        writer.kill()
        writer.wait()


def test_without_a_pause_there_is_no_backup_and_nothing_is_left(
    tmp_path: Path,
    settings_for: Callable[..., Settings],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A torn copy under a good name would be found out on the day it is needed."""
    settings = settings_for(tmp_path / "warehouse")
    settings.warehouse_dir.mkdir()
    settings.warehouse_path.write_bytes(b"x")
    moments = iter(range(10**6))
    monkeypatch.setattr(backups, "_states", lambda paths: [(next(moments), 0, 0)])
    with pytest.raises(BackupError, match="without a pause"):
        backup(settings, tmp_path / "backups", patience=0)
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_restore_overwrites_nothing_and_believes_no_damaged_backup(
    tmp_path: Path, settings_for: Callable[..., Settings]
) -> None:
    """The worst night is the one on which the backup destroys what was left."""
    settings = settings_for(tmp_path / "warehouse")
    settings.warehouse_dir.mkdir()
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute("create table a as select 1 as n")
    with pytest.raises(BackupError, match="inside of the warehouse"):
        backup(settings, settings.warehouse_dir / "backups")
    taken = backup(settings, tmp_path / "backups")
    with pytest.raises(BackupError, match="is not empty"):
        restore(settings, taken)
    empty = settings_for(tmp_path / "other")
    with pytest.raises(BackupError, match="is no backup"):
        restore(empty, tmp_path / "backups")
    with (taken / "warehouse.duckdb").open("ab") as file:
        file.write(b"\0")
    with pytest.raises(BackupError, match=r"damaged: warehouse\.duckdb"):
        restore(empty, taken)


def test_only_the_newest_backups_are_kept(
    tmp_path: Path, settings_for: Callable[..., Settings]
) -> None:
    """A full disk ends the backups, and then the runs."""
    settings = settings_for(tmp_path / "warehouse")
    settings.warehouse_dir.mkdir()
    duckdb.connect(str(settings.warehouse_path)).close()
    for day in range(1, 10):
        (tmp_path / "backups" / f"2020010{day}T000000Z").mkdir(parents=True)
    taken = backup(settings, tmp_path / "backups")
    kept = sorted(path.name for path in (tmp_path / "backups").iterdir())
    assert len(kept) == backups.KEPT_BACKUPS
    assert kept[-1] == taken.name


def test_old_logs_and_runs_go_and_new_ones_stay(
    tmp_path: Path,
    settings_for: Callable[..., Settings],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Dagster removes no run by itself."""
    settings = settings_for(tmp_path)
    logs = tmp_path / "logs"
    logs.mkdir()
    for name, days in (("old.log", 31), ("new.log", 29)):
        (logs / name).touch()
        moment = (logs / name).stat().st_mtime - days * 86_400
        os.utime(logs / name, (moment, moment))

    @dg.job
    def nothing() -> None:
        pass

    with dg.DagsterInstance.ephemeral() as instance:
        nothing.execute_in_process(instance=instance)
        assert retention.tidy(settings, instance) == (1, 0)
        assert [path.name for path in logs.iterdir()] == ["new.log"]
        monkeypatch.setattr(retention, "KEPT_RUN_DAYS", -1)
        assert retention.tidy(settings, instance) == (0, 1)
        assert instance.get_runs_count() == 0


@pytest.mark.parametrize("unit", sorted(DEPLOY.glob("*.service")), ids=lambda p: p.stem)
def test_a_unit_starts_a_command_that_exists(unit: Path) -> None:
    """A unit that names a command of last year fails on the day of the upgrade."""
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # ty: ignore[invalid-assignment]
    text = unit.read_text("utf-8")
    parser.read_string(text)
    starts = [
        line.partition("=")[2]
        for line in text.splitlines()
        if line.startswith("ExecStart=")
    ]
    assert starts
    for start in starts:
        command = start.partition(" -m orchestration ")[2].split()[0]
        assert command in {**_COMMANDS, **_WITH_ARGUMENTS}
    assert parser["Service"]["User"] == "warehouse"


def test_postgres_is_used_where_its_url_is_given_and_never_written_down(
    tmp_path: Path,
    settings_for: Callable[..., Settings],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The URL holds a password; Dagster reads it from the environment itself."""
    settings = settings_for(tmp_path)
    placed = settings.dagster_home / "dagster.yaml"
    prepare_home(settings)
    assert POSTGRES not in placed.read_text("utf-8")
    monkeypatch.setenv(POSTGRES, "postgresql+psycopg2://dagster:secret@host/dagster")
    prepare_home(settings)
    assert f"env: {POSTGRES}" in placed.read_text("utf-8")
    assert "secret" not in placed.read_text("utf-8")
