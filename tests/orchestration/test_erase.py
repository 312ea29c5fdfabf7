"""A person is erased from everything that is stored, and the numbers stay."""

import gzip
import os
import re
import shutil
import sqlite3
from pathlib import Path

import duckdb
import pytest

from ingestion.sandbox.server.store import DEFAULT_TOKEN
from ingestion.settings import Settings, load_settings
from orchestration.erase import erase
from orchestration.person import ErasureRefusedError

ADDRESS = re.compile(rb"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# Larger tables stay empty in the copy, events apart: that saves half of the time.
_LARGE = 3_000


@pytest.fixture(scope="module")
def warehouse_dir(
    refreshed: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Copy the small warehouse, without the sandbox and its largest tables."""
    source = Path(refreshed["WAREHOUSE_DIR"])
    copy = tmp_path_factory.mktemp("erased")
    for name in ("dagster", "dbt", "dlt", "landing", "logs"):
        shutil.copytree(source / name, copy / name)
    version = (source / "published" / "current").resolve()
    shutil.copytree(version, copy / "published" / version.name)
    (copy / "published" / "current").symlink_to(version.name)
    with duckdb.connect() as connection:
        connection.execute(
            f"attach '{source / 'warehouse.duckdb'}' as warehouse (read_only);"
            f"attach '{copy / 'warehouse.duckdb'}' as fresh;"
            "copy from database warehouse to fresh (schema); begin"
        )
        for schema, table in connection.execute(
            "select schema_name, table_name from duckdb_tables() "
            "where database_name = 'warehouse' and (estimated_size < ? "
            "or schema_name = 'raw_events') and schema_name not like '%_staging'",
            [_LARGE],
        ).fetchall():
            place = f'"{schema}"."{table}"'
            connection.execute(f"insert into fresh.{place} from warehouse.{place}")
        connection.execute("commit")
    return copy


@pytest.fixture
def settings(warehouse_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return the settings of the copy."""
    monkeypatch.setenv("WAREHOUSE_DIR", str(warehouse_dir))
    monkeypatch.setenv("SANDBOX_SIZE", "small")
    load_settings.cache_clear()
    return load_settings()


def _rows(path: Path, query: str, *values: object) -> list[tuple]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(query, values).fetchall()


def _customer(settings: Settings) -> tuple[str, str, str]:
    """Return key, address and name of the customer who is known to most systems."""
    return _rows(
        settings.warehouse_path,
        "select customer_key, email, full_name from marts.dim_customers "
        "where email is not null and full_name is not null and email like '%@firma%' "
        "order by record_count desc, customer_key limit 1",
    )[0]


@pytest.mark.parametrize("wanted", ["hubspot:0", "0" * 32, "somebody"])
def test_who_is_not_there_is_not_erased(settings: Settings, wanted: str) -> None:
    """A mistyped id must not end in the words that all is done."""
    with pytest.raises(ErasureRefusedError, match="There is no customer"):
        erase(settings, wanted, is_confirmed=True)


def test_an_id_of_several_customers_is_refused(settings: Settings) -> None:
    """The wrong person would be lost for good."""
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute(
            """
            update intermediate.int_customer_records set email = 'both@x.example'
            where record_node in (
                select min(record_node) from intermediate.int_customer_records
                inner join marts.dim_customer_records
                using (vendor, record_type, record_id)
                where record_type = 'visitor' group by customer_key limit 2)
            """
        )
    with pytest.raises(ErasureRefusedError, match="may be any of 2 customers"):
        erase(settings, "both@x.example", is_confirmed=True)


def test_a_person_is_gone_from_every_file_and_every_number_stays(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """Article 17: in all copies, proved by looking, and nobody's revenue changes."""
    key, address, name = _customer(settings)
    root = settings.warehouse_dir
    landed = root / "landing" / "events" / "files" / "day.jsonl.gz"
    landed.parent.mkdir(parents=True, exist_ok=True)
    line = (
        f'{{"messageId":"m","traits":{{"phone":"1"}},"properties":{{"e":"{address}"}}}}'
    )
    landed.write_bytes(gzip.compress(f"{line}\n".encode()))
    (root / "logs" / "dbt.log").write_text(f"failed for {address.upper()} ({name})\n")
    (root / "dlt" / "events" / "trace.pickle").write_bytes(b"\x80" + address.encode())
    run = next((root / "dagster" / "history" / "runs").glob("*-*.db"))
    with sqlite3.connect(run) as connection:
        connection.execute(
            "update event_logs set event = event || ? where id = "
            "(select min(id) from event_logs)",
            [f"{address} {name}"],
        )
    connection.close()
    kpis = "from kpis.kpi_sales order by all"
    before = _rows(settings.published_path, kpis)

    # Whoever looks first must not have done it already.
    assert erase(settings, address, is_confirmed=False) == 0
    assert "CONFIRM=yes" in capsys.readouterr().out
    assert not (root / "erasures.json").exists()
    assert line in gzip.decompress(landed.read_bytes()).decode()
    assert erase(settings, address, is_confirmed=True) == 0

    said = capsys.readouterr().out
    assert address not in said
    assert name not in said
    assert _rows(settings.published_path, kpis) == before
    assert "traits" not in gzip.decompress(landed.read_bytes()).decode()
    token = re.search(r"Erased as (\w+)", said)[1]
    for path in (settings.warehouse_path, settings.published_path):
        assert _rows(
            path,
            "select email, full_name from marts.dim_customers where customer_key = ?",
            key,
        ) == [(f"erased-{token}@{address.partition('@')[2]}", f"erased {token}")]
    _find_nowhere(root, [address, name])
    with pytest.raises(ErasureRefusedError, match="was erased before"):
        erase(settings, key, is_confirmed=True)


def _find_nowhere(root: Path, texts: list[str]) -> None:
    """Search every file: as bytes, unpacked, and databases as text."""
    small = [text.lower() for text in texts]
    for path in root.rglob("*"):
        if not path.is_file():
            continue
        content = path.read_bytes()
        if content[:2] == b"\x1f\x8b":
            content = gzip.decompress(content)
        content = content.lower()
        assert not [text for text in small if text.encode() in content], path
        if path.suffix == ".duckdb":
            assert _naming(path, small) == []


def _naming(path: Path, texts: list[str]) -> list[str]:
    """Return the tables of which a row, written out as text, names the person."""
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables()"
        ).fetchall()
        return [
            f"{schema}.{table}"
            for schema, table in tables
            for text in texts
            if connection.execute(
                f"select 1 from (select lower(cast(t as varchar)) as row_text "
                f'from "{schema}"."{table}" as t) where contains(row_text, ?) limit 1',
                [text],
            ).fetchall()
        ]


def test_no_log_of_a_run_names_a_person_or_a_secret(refreshed: dict[str, str]) -> None:
    """Logs are copied to where nobody erases, and shown to whoever asks."""
    root = Path(refreshed["WAREHOUSE_DIR"])
    people = {
        address.encode()
        for (address,) in _rows(
            root / "warehouse.duckdb",
            "select lower(email) from intermediate.int_customer_records "
            "where email is not null union select lower(email) from marts.dim_people "
            "where email is not null",
        )
    }
    assert len(people) > 100
    found = {}
    for name in ("logs", "dagster", "dbt", "dlt", "expectations"):
        for path in (root / name).rglob("*"):
            if not path.is_file():
                continue
            content = path.read_bytes()
            named = {each.lower() for each in ADDRESS.findall(content)} & people
            if named or DEFAULT_TOKEN.encode() in content:
                found[os.path.relpath(path, root)] = sorted(named)[:3]
    assert found == {}
    said = refreshed["RUN_OUTPUT"].encode()
    assert DEFAULT_TOKEN.encode() not in said
    assert {each.lower() for each in ADDRESS.findall(said)} & people == set()
