"""What only somebody who knows a new vendor can write; the tests of `make vendor` ask.

Each check fails with the file and what is missing in it, and stays as a rule: a column
that is NULL on purpose says why.
"""

import importlib
import json
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from ingestion.sandbox.generator.company import SIZES
from ingestion.sandbox.generator.founding import found_company
from ingestion.scaffold.contracts import contracts
from ingestion.settings import DBT_PROJECT_DIR, PROJECT_ROOT
from ingestion.vendors import source_module

# What a table has from the start.
GIVEN = ("id", "created_at", "updated_at")
_TYPED_NULL = re.compile(r"\s*cast\(null as [^)]+\)?\) as (\w+),?")


def client(vendor: str) -> None:
    """Fail: the test that calls it is to be replaced."""
    message = (
        f"tests/sandbox/test_{vendor}.py: read ingestion/sandbox/server/vendors/"
        f"{vendor} with the vendor's own client library, unmodified, in place of this "
        "call (tests/sandbox/test_server_clients.py shows how), and name the library "
        "in the group `test` of pyproject.toml. Correct paths, fields and errors of "
        "the server from the vendor's reference until the client is content."
    )
    _fail_with([message])


def address(vendor: str) -> None:
    """Fail while the source's base URL is the placeholder."""
    path = f"ingestion/sources/{vendor}.py"
    text = (PROJECT_ROOT / path).read_text("utf-8")
    _fail_with(
        f"{path}: base_url is {found}: write where the vendor's API is."
        for found in re.findall(r"https://\S+\.example\b", text)
    )


def declared_fields(vendor: str) -> None:
    """Fail while a raw table has only the columns that it was made with."""
    path = f"ingestion/sources/_{vendor}_tables.py"
    _fail_with(
        f"{path}: {table.name.upper()} has only {', '.join(GIVEN)}: declare the "
        f"vendor's fields that stg_{vendor}__{table.name}.sql needs."
        for table in source_module(f"_{vendor}_tables").TABLES
        if set(table.columns) <= set(GIVEN)
    )


def generated_fields(vendor: str, folder: Path) -> None:
    """Fail while the generator writes only what it was made with."""
    path = f"ingestion/sandbox/generator/{vendor}/__init__.py"
    part = importlib.import_module(f"ingestion.sandbox.generator.{vendor}")
    part.write(found_company(7, SIZES["small"]), folder)
    _fail_with(
        f"{path}: {file.name} holds only {', '.join(GIVEN)}: write the vendor's "
        "objects as its list returns them, of the company's own people and staff."
        for file in sorted(folder.glob("*.jsonl"))
        if set(json.loads(file.read_text("utf-8").splitlines()[0])) <= set(GIVEN)
    )


def staged_columns(vendor: str) -> None:
    """Fail while a column of a contract is NULL and nothing says why."""
    folder = DBT_PROJECT_DIR / "models" / "staging" / vendor
    known = contracts(PROJECT_ROOT)
    messages = []
    for path in sorted(folder.glob(f"stg_{vendor}__*.sql")):
        columns = _unexplained(path.read_text("utf-8"))
        if columns and path.stem.partition("__")[2] in known:
            messages.append(
                f"{path.relative_to(PROJECT_ROOT).as_posix()}: fill in "
                f"{', '.join(columns)}; above a column that the vendor lacks write a "
                "comment that says so."
            )
    _fail_with(messages)


def expectations(vendor: str) -> None:
    """Fail while nothing but ids is expected of a raw table."""
    path = f"expectations/sources/{vendor}.py"
    text = (PROJECT_ROOT / path).read_text("utf-8")
    _fail_with(
        f"{path}: of {table} only its id is expected: add what must hold "
        "(always_there, one_of, never_negative, no_row_where, …)."
        for table in re.findall(r'"(\w+)": \[\*identifies_rows\("id"\)\]', text)
    )


def _unexplained(sql: str) -> list[str]:
    """Return the columns that are NULL below no comment; an empty model has none."""
    if "where 1 = 0" in sql:
        return []
    found = []
    is_explained = False
    for line in sql.splitlines():
        if line.lstrip().startswith("--"):
            is_explained = True
        elif column := _TYPED_NULL.fullmatch(line):
            if not is_explained:
                found.append(column[1])
        else:
            is_explained = False
    return found


def _fail_with(messages: Iterable[str]) -> None:
    if said := list(messages):
        pytest.fail("\n".join(said), pytrace=False)
