"""Writing a vendor's files from the templates; what is there is never overwritten."""

import subprocess
import sys
from pathlib import Path
from string import Template

from ingestion.scaffold.contracts import Contract
from ingestion.scaffold.plan import Plan, ScaffoldError

TEMPLATES = Path(__file__).parent / "templates"
# Template: where its file goes, below the checkout.
FILES = {
    "source.py": "ingestion/sources/${vendor}.py",
    "tables.py": "ingestion/sources/_${vendor}_tables.py",
    "server.py": "ingestion/sandbox/server/vendors/${vendor}/__init__.py",
    "gate.py": "ingestion/sandbox/server/vendors/${vendor}/gate.py",
    "generator.py": "ingestion/sandbox/generator/${vendor}/__init__.py",
    "expectations.py": "expectations/sources/${vendor}.py",
    "sources.yml": "dbt_project/models/staging/${vendor}/_${vendor}__sources.yml",
    "models.yml": "dbt_project/models/staging/${vendor}/_stg_${vendor}__models.yml",
    "test_server.py": "tests/sandbox/test_${vendor}.py",
    "test_source.py": "tests/ingestion/test_${vendor}.py",
}
STAGING = "dbt_project/models/staging/${vendor}/stg_${vendor}__${entity}.sql"


def make_vendor(plan: Plan, root: Path) -> list[Path]:
    """Write all files of a vendor and return them.

    Raises:
        ScaffoldError: one of them is there already; nothing was written.
    """
    contents = _contents(plan)
    taken = [name for name in contents if (root / name).exists()]
    if taken:
        message = (
            f"{', '.join(taken)} is there already, and is not overwritten. Nothing was "
            "written: move it away, or write another NAME."
        )
        raise ScaffoldError(message)
    for name, content in contents.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return [root / name for name in contents]


def format_files(made: list[Path], root: Path) -> None:
    """Lay the files out as the project's formatters do.

    Line breaks depend on how long the vendor's name is.
    """
    python = [str(path) for path in made if path.suffix == ".py"]
    sql = [str(path) for path in made if path.suffix == ".sql"]
    for command in (
        ["ruff", "check", "--no-cache", "--select", "I", "--fix", "--quiet", *python],
        ["ruff", "format", "--no-cache", "--quiet", *python],
        ["sqlfmt", "--quiet", "--no-progressbar", *sql],
    ):
        subprocess.run([sys.executable, "-m", *command], cwd=root, check=True)


def _contents(plan: Plan) -> dict[str, str]:
    """Return the content of each file by its path below the checkout."""
    words = {
        "vendor": plan.vendor,
        "upper": plan.vendor.upper(),
        "title": plan.title,
        "cls": plan.title.replace(" ", ""),
        "host": plan.vendor.replace("_", "-"),
        "entities": ", ".join(_words(one.entity) for one in plan.filled),
        "names": ", ".join(one.entity.upper() for one in plan.filled),
        "first": plan.filled[0].entity,
        "tables": "\n".join(_table(one) for one in plan.filled),
        "collections": "".join(f'    "{one.entity}",\n' for one in plan.filled),
        "suites": "".join(
            f'        "{one.entity}": [*identifies_rows("id")],\n'
            for one in plan.filled
        ),
        "source_tables": "".join(
            f"      - name: {one.entity}\n"
            f"        description: >\n          {_words(one.entity).capitalize()}. "
            "Merged by id; what is no longer listed is in\n"
            "          vanished_records.\n"
            for one in plan.filled
        ),
        "models": "".join(
            f"  - name: stg_{plan.vendor}__{one.entity}\n"
            f"    description: {_described(plan, one)}\n"
            for one in (*plan.filled, *plan.empty)
        ),
    }
    found = {
        Template(target).substitute(words): _filled(name, words)
        for name, target in FILES.items()
    }
    for contract in (*plan.filled, *plan.empty):
        name = "staging.sql" if contract in plan.filled else "empty.sql"
        more = {
            **words,
            "entity": contract.entity,
            "words": _words(contract.entity),
            "capital": _words(contract.entity).capitalize(),
            "model": contract.model,
            "columns": _columns(contract, is_empty=contract in plan.empty),
        }
        found[Template(STAGING).substitute(more)] = _filled(name, more)
    return found


def _filled(name: str, words: dict[str, str]) -> str:
    template = (TEMPLATES / f"{name}.template").read_text("utf-8")
    return Template(template).substitute(words)


def _words(entity: str) -> str:
    return entity.replace("_", " ")


def _table(contract: Contract) -> str:
    return (
        f"{contract.entity.upper()} = RawTable(\n"
        f'    "{contract.entity}",\n'
        '    columns(text="id", timestamp="created_at updated_at"),\n'
        '    key=("id",),\n)'
    )


def _described(plan: Plan, contract: Contract) -> str:
    if contract in plan.empty:
        return "Empty on purpose; the vendor brings none."
    return f"{_words(contract.entity).capitalize()}, those that vanished included."


def _columns(contract: Contract, *, is_empty: bool) -> str:
    """Return the columns of a select list: typed nulls, to be filled in."""
    lines = []
    for column, declared in contract.columns.items():
        if column == "_loaded_at" and not is_empty:
            lines.append("    {{ loaded_at() }} as _loaded_at")
        else:
            lines.append(f"    cast(null as {declared}) as {column}")
    return ",\n".join(lines)
