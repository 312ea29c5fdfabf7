"""What a new vendor is called, which categories it joins, which models it needs."""

import json
import keyword
import re
from dataclasses import dataclass
from pathlib import Path

from ingestion.scaffold.contracts import Contract, contracts

SOURCES = Path("ingestion/sources")
_NAME = re.compile(r"[a-z]+(_[a-z]+)*")


class ScaffoldError(Exception):
    """The vendor cannot be made; the message says why and what to write instead."""


@dataclass(frozen=True)
class Plan:
    """A vendor to be made.

    Attributes:
        vendor: the vendor id.
        categories: the categories of the vendors map that it joins.
        filled: the entities that it brings.
        empty: the other entities of its categories: the union asks for them too.
    """

    vendor: str
    categories: tuple[str, ...]
    filled: tuple[Contract, ...]
    empty: tuple[Contract, ...]

    @property
    def title(self) -> str:
        """The name as people write it."""
        return self.vendor.replace("_", " ").title()

    def next_steps(self) -> str:
        """Return what to do with the files."""
        upper = self.vendor.upper()
        alone = json.dumps({name: [self.vendor] for name in self.categories})
        tests = " ".join(
            f"tests/{folder}/test_{self.vendor}.py"
            for folder in ("sandbox", "ingestion")
        )
        return f"""
{self.title} is known to the loader, the sandbox and dbt. Next:
  1. .venv/bin/python -m pytest {tests}
     says what to fill in, file by file, until it passes.
  2. Put it into the vendors map of dbt_project/dbt_project.yml ({", ".join(self.categories)}),
     or try it alone: VENDORS='{alone}' make run
  3. Name SOURCES__{upper}__ACCESS_TOKEN and SOURCES__{upper}__BASE_URL in .env.example;
     SOURCES=live asks the vendor itself.
"""


def plan(vendor: str, entities: list[str], root: Path) -> Plan:
    """Return what to make.

    Args:
        vendor: the vendor id.
        entities: the conformed entities that it brings.
        root: the checkout.

    Raises:
        ScaffoldError: the name or an entity cannot be used.
    """
    _check_name(vendor, root)
    known = contracts(root)
    if not entities:
        message = (
            "ENTITIES is empty: name the conformed entities that the vendor brings, "
            f"such as ENTITIES='tickets helpdesk_users'. Known: {_shown(known)}."
        )
        raise ScaffoldError(message)
    if unknown := [name for name in entities if name not in known]:
        message = (
            f"ENTITIES names {', '.join(unknown)}, which no int_ model unites. "
            f"Known: {_shown(known)}. A new entity begins with its contract: a model "
            "int_<entity> with union_vendors and its columns in YAML."
        )
        raise ScaffoldError(message)
    filled = [known[name] for name in dict.fromkeys(entities)]
    categories = _categories(filled)
    empty = [
        contract
        for contract in known.values()
        if set(contract.categories) & set(categories) and contract not in filled
    ]
    return Plan(vendor, categories, tuple(filled), tuple(empty))


def _check_name(vendor: str, root: Path) -> None:
    if not _NAME.fullmatch(vendor) or keyword.iskeyword(vendor):
        message = (
            f"NAME={vendor!r} is not usable: write the product's name in lower-case "
            "letters with single underscores, such as NAME=freshdesk. It names the "
            "module, the raw schema raw_<name> and the models stg_<name>__<entity>."
        )
        raise ScaffoldError(message)
    known = sorted(path.stem for path in (root / SOURCES).glob("[a-z]*.py"))
    if vendor in known:
        message = (
            f"NAME={vendor} is a vendor already: {SOURCES}/{vendor}.py is there. "
            f"Known: {', '.join(known)}. Write another name, or edit its files."
        )
        raise ScaffoldError(message)


def _categories(filled: list[Contract]) -> tuple[str, ...]:
    """Return the categories of the entities; some entities leave a choice."""
    found = dict.fromkeys(
        contract.categories[0] for contract in filled if len(contract.categories) == 1
    )
    for contract in filled:
        if not set(contract.categories) & set(found):
            found[contract.categories[0]] = None
    return tuple(found)


def _shown(known: dict[str, Contract]) -> str:
    by_category: dict[str, list[str]] = {}
    for contract in known.values():
        by_category.setdefault(contract.categories[0], []).append(contract.entity)
    return "; ".join(
        f"{category}: {', '.join(sorted(names))}"
        for category, names in sorted(by_category.items())
    )
