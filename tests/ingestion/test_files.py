"""CSV files as people drop them: read, replaced, quarantined, never half."""

import os
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import yaml

from ingestion.load import LoadError, LoadResult, load_all
from ingestion.settings import DBT_PROJECT_DIR, Settings, load_settings
from ingestion.sources._files_csv import read
from ingestion.sources._files_tables import FILE_TABLES

from .conftest import AS_OF

HEADER = "cost_id,cost_date,amount,currency,department\n"
UNKNOWN = "no column of the table has this header; it is not loaded"
TABLES = {
    *("survey_responses", "hiring_costs", "recruiting_stages", "targets"),
    *("offline_spend", "channel_costs", "fx_rates", "campaign_calendar", "regions"),
    "ledger",
    *("source_files", "quarantine", "vanished_records"),
}


class Folder:
    """A folder of files, and the warehouse it is loaded into."""

    def __init__(self, path: Path) -> None:
        self.path = path / "drop"
        self.path.mkdir()
        self.settings = Settings(
            warehouse_dir=path / "warehouse",
            sources="live",
            as_of=AS_OF,
            files_url=str(self.path),
            reporting_timezone="Europe/Berlin",
            vendors={"files": ["files"]},
        )
        self._clock = 1_790_000_000

    def write(self, name: str, content: str | bytes, encoding: str = "utf-8") -> None:
        """Write a file, each time with a later time of modification."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content if isinstance(content, bytes) else content.encode(encoding)
        path.write_bytes(data)
        self._clock += 60
        os.utime(path, (self._clock, self._clock))

    def load(self, *, read_all: bool = False, **settings: object) -> LoadResult:
        """Load the folder."""
        changed = self.settings.model_copy(update=settings)
        return load_all(changed, ["files"], read_all=read_all)[0]

    def loaded(self, **settings: object) -> dict[str, int]:
        """Load, and return the rows that arrived, by table."""
        tables = self.load(**settings).tables
        assert all(table.is_balanced for table in tables)
        return {table.table: table.loaded for table in tables if table.loaded}

    def rows(self, query: str) -> list[tuple]:
        """Query the warehouse with `raw_files` as the schema."""
        with duckdb.connect(str(self.settings.warehouse_path)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute("use raw_files")
            return connection.execute(query).fetchall()


@pytest.fixture
def folder(tmp_path) -> Folder:
    """Return an empty folder."""
    return Folder(tmp_path)


def test_an_empty_folder_makes_every_table(folder):
    """Else dbt fails where nobody has dropped a file yet."""
    folder.load()
    names = folder.rows("select table_name from duckdb_tables()")
    assert {name for (name,) in names} >= TABLES


def test_a_survey_export_with_every_quirk_is_read(folder):
    """Else a wave is lost because a spreadsheet wrote it."""
    folder.write(
        "hr_surveys/wave 3.csv",
        "Export vom 18.11.2026;;;;;\n"
        "Answer-ID;Question;Wave name;Dept;Rating;Comments;Sent;Submitted;Mood\n"
        'r1;enps;1405-Q3;پشتيباني;۹;"Gut; aber\nlaut";1405/08/20;1405/08/27 09:15;:)\n'
        "r2;enps;1405-Q3;پشتیبانی;10,0;;46335;46344,5;\n"
        "r2;enps;1405-Q3;پشتیبانی;8;later export;2026-11-11;2026-11-18T10:00:00Z;\n"
        ";;;;;;;;\n"
        "r3;enps;1405-Q3;;;;2026-11-11;;\n"
        "r4;enps;1405-Q3;;eleven;;2026-11-11;2026-11-12;\n"
        ";enps;1405-Q3;;5;no id;;;\n"
        "Total;;;;27;;;;\n",
        "utf-16",
    )
    tables = {table.table: table for table in folder.load().tables}
    table = tables["survey_responses"]
    assert (table.received, table.loaded, table.duplicates) == (7, 4, 1)
    assert (table.quarantined, table.bad_values) == (2, 2)
    assert folder.rows(
        "select response_id, line_number, department, score, comment, submitted_at "
        "from survey_responses order by 1"
    ) == [
        (
            *("r1", 3, "پشتیبانی", 9, "Gut; aber\nlaut"),
            datetime(2026, 11, 18, 8, 15, tzinfo=UTC),
        ),
        (
            "r2",
            6,
            "پشتیبانی",
            8,
            "later export",
            datetime(2026, 11, 18, 10, tzinfo=UTC),
        ),
        ("r3", 8, None, None, None, None),
        ("r4", 9, None, None, None, datetime(2026, 11, 11, 23, tzinfo=UTC)),
    ]
    assert folder.rows(
        "select source_file, field_name, reason, raw_value from quarantine order by all"
    ) == [
        ("hr_surveys/wave 3.csv", "score", "line 9: not a number", "eleven"),
        (
            *("hr_surveys/wave 3.csv", "submitted_at"),
            "line 5: not a day: write 2026-11-18 or 1405/08/27",
            "46344,5",
        ),
        (
            *("hr_surveys/wave 3.csv", None, "line 10: response_id missing"),
            " | enps | 1405-Q3 |  | 5 | no id |  |  | ",
        ),
        (
            *("hr_surveys/wave 3.csv", None, "line 11: a row of totals"),
            "Total |  |  |  | 27 |  |  |  | ",
        ),
        (None, "Mood", f"hr_surveys/wave 3.csv: {UNKNOWN}", None),
    ]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", ""),
        ("utf-8-sig", ""),
        ("utf-16", ""),
        ("utf-16-le", ""),
        ("utf-16-be", "\ufeff"),
    ],
)
@pytest.mark.parametrize(
    "delimiter", [",", ";", "\t", "|"], ids=["comma", "semicolon", "tab", "bar"]
)
def test_encodings_and_separators_make_no_difference(encoding, mark, delimiter):
    """Else the office's Excel and the portal's export are two tables."""
    regions = next(table for table in FILE_TABLES if table.name == "regions")
    lines = ["COUNTRY,Region", "Iran,خاورمیانه", '"Türkiye",خاورمیانه', ""]
    content = mark + "\r\n".join(lines).replace(",", delimiter)
    found = read(content.encode(encoding), regions)
    assert [row.cells for row in found.rows] == [
        {"country_name": "Iran", "region_name": "خاورمیانه"},
        {"country_name": "Türkiye", "region_name": "خاورمیانه"},
    ]


def test_a_second_load_reads_nothing_and_a_changed_file_replaces_what_it_had(folder):
    """Else a deleted line of a sheet is paid for ever."""
    folder.write(
        "hiring_costs.csv",
        HEADER + "c1,2026-01-05,100.00,EUR,Tea\nc2,2026-01-06,50,EUR,\n",
    )
    folder.write("hiring_costs_2025.csv", HEADER + "c9,2025-01-05,9,EUR,Tea\n")
    assert folder.loaded() == {"hiring_costs": 3, "source_files": 2}
    assert folder.loaded() == {}
    folder.write("hiring_costs.csv", HEADER + "c1,2026-01-05,120.00,EUR,Tea\n")
    assert folder.loaded() == {"hiring_costs": 1, "source_files": 1}
    query = "select cost_id, amount from hiring_costs where line_number > 0 order by 1"
    assert folder.rows(query) == [("c1", Decimal(120)), ("c9", Decimal(9))]
    # A file without rows, and one that is gone.
    folder.write("hiring_costs.csv", HEADER)
    (folder.path / "hiring_costs_2025.csv").unlink()
    folder.load()
    assert folder.rows(query) == []
    assert folder.loaded() == {}
    folder.write("hiring_costs_2025.csv", HEADER + "c9,2025-01-05,9,EUR,Tea\n")
    folder.load()
    assert folder.rows(query) == [("c9", Decimal(9))]
    assert folder.loaded(read_all=True)["hiring_costs"] == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a,b\n1,2\n", r"line 1: the header \(a, b\) lacks a column. Name one cost_id"),
        (
            b"cost_id,cost_date,amount,currency\n\xe4,1,1,EUR\n",
            "neither UTF-8 nor UTF-16",
        ),
        (HEADER + 'c1,2026-01-05,1,EUR,"open\n', "A quote is opened there"),
    ],
    ids=["no header", "another encoding", "an open quote"],
)
def test_a_file_that_cannot_be_read_keeps_its_rows_and_fails_the_load(
    folder, content, message
):
    """Else a broken export empties a table, or a load goes green without it."""
    folder.write("hiring_costs.csv", HEADER + "c1,2026-01-05,1,EUR,Tea\n")
    folder.load()
    folder.write("hiring_costs.csv", content)
    folder.write("regions.csv", "country,region\nIran,South\n")
    with pytest.raises(LoadError, match=message) as failed:
        folder.load()
    assert str(failed.value).startswith("files: hiring_costs: hiring_costs.csv line ")
    assert "\n" not in str(failed.value)
    assert folder.rows("select cost_id from hiring_costs") == [("c1",)]
    assert folder.rows("select region_name from regions") == [("South",)]
    folder.write("hiring_costs.csv", HEADER + "c2,2026-01-05,1,EUR,Tea\n")
    folder.load()
    assert folder.rows("select cost_id from hiring_costs") == [("c2",)]


def test_a_location_that_lost_all_files_is_doubted(folder):
    """Else a share that is not mounted deletes every target."""
    folder.write("regions.csv", "country,region\nIran,South\n")
    folder.load()
    (folder.path / "regions.csv").unlink()
    with pytest.raises(LoadError, match="BELIEVE_DELETIONS=true"):
        folder.load()
    assert folder.rows("select country_name from regions") == [("Iran",)]
    folder.load(believe_deletions=True)
    assert folder.rows("select count(*) from regions where line_number > 0") == [(0,)]


def costs(first: int, last: int) -> str:
    """Return a file of hiring costs with these numbers."""
    rows = (f"c{n},2026-11-01,1,EUR,Sales\n" for n in range(first, last + 1))
    return HEADER + "".join(rows)


def cost_count(folder: Folder) -> int:
    """Return how many hiring costs the warehouse holds."""
    found = folder.rows("select count(*) from hiring_costs where line_number > 0")
    return found[0][0]


@pytest.mark.parametrize("left", [0, 10], ids=["empty", "far shorter"])
def test_a_file_that_was_cut_off_keeps_its_rows_until_somebody_believes_it(
    folder, left
):
    """Else an export that stopped half-way wipes what it had, in green."""
    folder.write("hiring_costs.csv", costs(1, 60))
    folder.load()
    folder.write("hiring_costs.csv", costs(1, left))
    folder.write("regions.csv", "country,region\nIran,South\n")
    for _ in range(2):
        with pytest.raises(LoadError, match=rf"has {left} lines and had 60.*BELIEVE_D"):
            folder.load()
        assert cost_count(folder) == 60
    assert folder.rows("select country_name from regions") == [("Iran",)]
    folder.load(believe_deletions=True)
    assert cost_count(folder) == left
    folder.load()


def test_a_file_that_is_missing_with_most_rows_is_doubted_and_a_renamed_one_is_not(
    folder,
):
    """Else a folder that was copied in part empties the table."""
    folder.write("hiring_costs_old.csv", costs(1, 50))
    folder.write("hiring_costs.csv", costs(51, 60))
    folder.load()
    (folder.path / "hiring_costs_old.csv").unlink()
    with pytest.raises(LoadError, match=r"50 of 60 lines are gone.*BELIEVE_DELETI"):
        folder.load()
    assert cost_count(folder) == 60
    folder.write("hiring_costs_2025.csv", costs(1, 50))
    folder.load()
    assert cost_count(folder) == 60
    (folder.path / "hiring_costs_2025.csv").unlink()
    folder.load(believe_deletions=True)
    assert cost_count(folder) == 10


def test_a_file_that_nobody_reads_is_reported_once(folder):
    """Else a misspelt file name looks like a month without costs."""
    folder.write("hirring_costs.csv", HEADER)
    folder.load()
    folder.load()
    assert [name for (name,) in folder.rows("select field_name from quarantine")] == [
        "hirring_costs.csv"
    ]


def test_amounts_and_rates_arrive_exactly(folder):
    """Else a rial loses its last digits between the sheet and the warehouse."""
    folder.write(
        "fx_rates.csv",
        "date;from;to;rate\n2026-11-01;irr;EUR;0,000000833333\n2026-11-02;USD;EUR;0,92\n",
    )
    folder.write(
        "targets.tsv",
        "id\tmonth\tmetric\tvalue\tcurrency\nt1\t2026-10\tnet_sales\t1.250.000\tEUR\n",
    )
    folder.load()
    assert folder.rows(
        "select rate_date, conversion_rate from fx_rates order by 1"
    ) == [
        (date(2026, 11, 1), Decimal("0.000000833333")),
        (date(2026, 11, 2), Decimal("0.92")),
    ]
    assert folder.rows("select target_month, target_value from targets") == [
        (date(2026, 10, 1), Decimal(1_250_000))
    ]


def test_a_url_is_read_like_a_folder(folder, monkeypatch):
    """Else a bucket needs a copy step that somebody forgets."""
    import fsspec

    memory = fsspec.filesystem("memory")
    memory.pipe("/hr-drop/regions.csv", b"country,region\nIran,South\n")
    try:
        folder.load(files_url="memory://hr-drop")
        assert folder.rows("select source_file, region_name from regions") == [
            ("regions.csv", "South")
        ]
    finally:
        memory.rm("/hr-drop", recursive=True)


def test_live_mode_asks_where_the_files_are(folder):
    """A default folder in live mode would report a company without targets."""
    with pytest.raises(LoadError, match="FILES_URL is not set"):
        folder.load(files_url="")
    with pytest.raises(LoadError, match="FILES_URL=/nowhere is not a folder"):
        folder.load(files_url="/nowhere")


def test_a_data_directory_without_files_has_none(monkeypatch, tmp_path):
    """A company without surveys is not a mistake; a missing file is an empty one."""
    monkeypatch.setenv("SANDBOX_DATA", str(tmp_path))
    monkeypatch.setenv("WAREHOUSE_DIR", str(tmp_path / "data"))
    assert [*Path(load_settings().files_location()).iterdir()] == []


def test_the_documentation_names_every_column_of_every_file():
    """Else who fills a sheet learns its columns from the source code."""
    path = DBT_PROJECT_DIR / "models/staging/files/_files__sources.yml"
    source = yaml.safe_load(path.read_text("utf-8"))["sources"][0]
    documented = {
        table["name"]: [column["name"] for column in table.get("columns", [])]
        for table in source["tables"]
    }
    for table in FILE_TABLES:
        names = [column.name for column in table.columns]
        assert sorted(documented[table.name]) == sorted(names)
        required = [column.name for column in table.columns if column.is_required]
        described = next(one for one in source["tables"] if one["name"] == table.name)
        assert sorted(required) == sorted(
            column["name"]
            for column in described["columns"]
            if column["description"].strip().endswith("Required.")
        )
