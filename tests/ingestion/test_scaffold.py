"""`make vendor` makes files that load, lint and parse, and tests that say what to write."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ingestion.scaffold.__main__ import main
from ingestion.settings import PROJECT_ROOT
from tests import unfinished

TREES = (
    "ingestion",
    "expectations",
    "orchestration",
    "dbt_project/models",
    "dbt_project/macros",
    "dbt_project/seeds",
    "dbt_project/tests",
    "tests/ingestion",
    "tests/sandbox",
)
FILES = (
    "pyproject.toml",
    ".yamllint.yml",
    ".gitignore",
    "dbt_project/dbt_project.yml",
    "dbt_project/profiles.yml",
    "tests/conftest.py",
    "tests/unfinished.py",
)
STAGING = "dbt_project/models/staging/tea_desk"
MADE = {
    "ingestion/sources/tea_desk.py",
    "ingestion/sources/_tea_desk_tables.py",
    "ingestion/sandbox/server/vendors/tea_desk/__init__.py",
    "ingestion/sandbox/server/vendors/tea_desk/gate.py",
    "ingestion/sandbox/generator/tea_desk/__init__.py",
    "expectations/sources/tea_desk.py",
    "tests/ingestion/test_tea_desk.py",
    "tests/sandbox/test_tea_desk.py",
    f"{STAGING}/_tea_desk__sources.yml",
    f"{STAGING}/_stg_tea_desk__models.yml",
    # The entities that were named …
    f"{STAGING}/stg_tea_desk__tickets.sql",
    f"{STAGING}/stg_tea_desk__helpdesk_users.sql",
    # … and the others of their category, empty: the unions ask for them too.
    f"{STAGING}/stg_tea_desk__business_holidays.sql",
    f"{STAGING}/stg_tea_desk__business_hours.sql",
    f"{STAGING}/stg_tea_desk__helpdesk_groups.sql",
    f"{STAGING}/stg_tea_desk__helpdesk_organizations.sql",
    f"{STAGING}/stg_tea_desk__satisfaction_ratings.sql",
    f"{STAGING}/stg_tea_desk__sla_policies.sql",
    f"{STAGING}/stg_tea_desk__ticket_comments.sql",
    f"{STAGING}/stg_tea_desk__ticket_field_changes.sql",
    f"{STAGING}/stg_tea_desk__ticket_sla_events.sql",
}
WISHES = ["NAME=tea_desk", "ENTITIES=tickets helpdesk_users"]


def files_of(root: Path) -> set[str]:
    """Return every file of a checkout, as paths below it."""
    return {
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    """Return a copy of the checkout in which a vendor was made."""
    root = tmp_path_factory.mktemp("checkout")
    ignored = shutil.ignore_patterns("__pycache__")
    for tree in TREES:
        shutil.copytree(PROJECT_ROOT / tree, root / tree, ignore=ignored)
    for file in FILES:
        shutil.copy2(PROJECT_ROOT / file, root / file)
    before = files_of(root)
    assert main([*WISHES, "--root", str(root)]) == 0
    assert files_of(root) - before == MADE
    return root


def run(checkout: Path, *command: str, **environment: str) -> str:
    """Run a Python module in the checkout; return what it said and how it ended."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=checkout,
        env={**os.environ, "ENV_FILE": os.devnull, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return f"{done.stdout}{done.stderr}\nexit {done.returncode}"


def test_what_is_made_passes_every_linter(checkout):
    """Else the first thing that a new vendor brings is a red `make check`."""
    python = sorted(str(checkout / path) for path in MADE if path.endswith(".py"))
    sql = [str(checkout / STAGING)]
    for command in (
        ("ruff", "check", "--no-cache", *python),
        ("ruff", "format", "--no-cache", "--check", *python),
        ("sqlfmt", "--check", "--no-progressbar", *sql),
        ("yamllint", "--strict", *sql),
    ):
        said = run(checkout, *command)
        assert said.endswith("exit 0"), said


def test_dbt_and_the_sandbox_know_the_vendor_once_it_is_in_the_map(checkout, tmp_path):
    """Else a list somewhere has to be found and edited too."""
    said = run(
        checkout,
        "orchestration",
        "dbt",
        "parse",
        VENDORS='{"helpdesk": ["tea_desk"]}',
        WAREHOUSE_DIR=str(tmp_path),
        SANDBOX_SIZE="small",
    )
    assert said.endswith("exit 0"), said
    manifest = (tmp_path / "dbt" / "manifest.json").read_text("utf-8")
    assert "model.warehouse.stg_tea_desk__tickets" in manifest
    code = (
        "from ingestion.vendors import known_vendors; "
        "from ingestion.sandbox.server.vendors import served_vendors; "
        "import pkgutil, ingestion.sandbox.generator as generator; "
        "parts = [one.name for one in pkgutil.iter_modules(generator.__path__)]; "
        "print(*('tea_desk' in names for names in "
        "(known_vendors(), served_vendors(), parts)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "True True True", done.stderr


def test_the_tests_that_are_made_say_what_to_write_in_which_file(checkout):
    """Else a newcomer reads ten modules to learn what is missing in three."""
    said = run(
        checkout,
        "pytest",
        "-p",
        "no:cacheprovider",
        "tests/sandbox/test_tea_desk.py",
        "tests/ingestion/test_tea_desk.py",
        "--deselect",
        "tests/ingestion/test_tea_desk.py::test_every_record_arrives_once_in_spite_of_mishaps",
        WAREHOUSE_DIR="",
    )
    assert said.endswith("exit 1"), said
    failed = {
        line.partition("::")[2].partition(" ")[0]
        for line in said.splitlines()
        if line.startswith("FAILED")
    }
    # What the skeleton does by itself passes: pages, changes, deletions, mishaps.
    assert failed == {
        "test_the_vendors_own_client_reads_the_sandbox",
        "test_the_generator_writes_what_the_vendor_says",
        "test_the_source_asks_the_vendor_itself",
        "test_the_tables_have_the_vendors_fields",
        "test_staging_fills_the_contracts_or_says_why_not",
        "test_more_than_ids_is_expected_of_the_raw_tables",
    }
    for words in (
        (
            "tests/sandbox/test_tea_desk.py: read ingestion/sandbox/server/vendors/"
            "tea_desk with the vendor's own client library"
        ),
        (
            "ingestion/sandbox/generator/tea_desk/__init__.py: tickets.jsonl holds only "
            "id, created_at, updated_at: write the vendor's objects"
        ),
        (
            "ingestion/sources/tea_desk.py: base_url is https://api.tea-desk.example: "
            "write where the vendor's API is"
        ),
        (
            "ingestion/sources/_tea_desk_tables.py: HELPDESK_USERS has only id, "
            "created_at, updated_at: declare the vendor's fields that "
            "stg_tea_desk__helpdesk_users.sql needs"
        ),
        (
            f"{STAGING}/stg_tea_desk__tickets.sql: fill in ticket_id, requester_id, "
            "organization_id,"
        ),
        (
            "expectations/sources/tea_desk.py: of tickets only its id is expected: add "
            "what must hold"
        ),
    ):
        assert words in said


def test_a_null_with_a_reason_above_it_is_filled_in():
    """Else nobody could tell a column that the vendor lacks from a forgotten one."""
    sql = """
select
    cast(id as string) as ticket_id,
    -- The vendor knows no brands and no spam.
    cast(null as string) as brand_id,
    cast(null as decimal(18, 2)) as spam_amount,
    cast(state as string) as status_type,
    cast(null as decimal(18, 2)) as fee_amount,
    {{ loaded_at() }} as _loaded_at
from tickets
"""
    assert unfinished._unexplained(sql) == ["fee_amount"]
    assert unfinished._unexplained(f"{sql}where 1 = 0") == []


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        (["NAME=Tea", "ENTITIES=tickets"], "NAME='Tea' is not usable: write"),
        (["NAME=tea2", "ENTITIES=tickets"], "NAME='tea2' is not usable: write"),
        (["NAME=", "ENTITIES=tickets"], "NAME='' is not usable: write"),
        (["ENTITIES=tickets"], "NAME='' is not usable: write"),
        (["NAME=class", "ENTITIES=tickets"], "NAME='class' is not usable"),
        (
            ["NAME=hubspot", "ENTITIES=deals"],
            "NAME=hubspot is a vendor already: ingestion/sources/hubspot.py is there",
        ),
        (["NAME=tea", "ENTITIES="], "ENTITIES is empty: name the conformed entities"),
        (["NAME=tea"], "ENTITIES is empty: name the conformed entities"),
        (
            ["NAME=tea", "ENTITIES=tickets,biscuits"],
            "ENTITIES names biscuits, which no int_ model unites. Known: ",
        ),
    ],
)
def test_a_wish_that_cannot_be_is_refused_with_what_can(
    checkout, capsys, wishes, words
):
    """Else a typing mistake leaves a dozen files behind."""
    assert main([*wishes, "--root", str(checkout)]) == 1
    said = capsys.readouterr()
    assert words in said.err
    assert said.out == ""


def test_what_is_there_is_never_overwritten(checkout, capsys):
    """Else a second call destroys a week's work."""
    source = checkout / "ingestion/sources/tea_desk.py"
    moved = source.rename(checkout / "moved.py")
    content = {name: (checkout / name).read_bytes() for name in files_of(checkout)}
    assert main([*WISHES, "--root", str(checkout)]) == 1
    assert "is there already, and is not overwritten. Nothing was" in (
        capsys.readouterr().err
    )
    assert {
        name: (checkout / name).read_bytes() for name in files_of(checkout)
    } == content
    moved.rename(source)
