"""The documentation names only files, models and make targets that exist."""

import re

import pytest

from ingestion.settings import DBT_PROJECT_DIR, PROJECT_ROOT

DOCUMENTS = ["README.md", "CONTRIBUTING.md", "DECISIONS.md", "CHANGELOG.md"]
TOP = ("orchestration", "ingestion", "expectations", "dbt_project", "tests", ".ci")


def _code_words(document: str) -> list[str]:
    """Return what stands in backticks or code fences, split at blanks."""
    text = (PROJECT_ROOT / document).read_text("utf-8")
    fenced = re.findall(r"```[a-z]*\n(.*?)```", text, flags=re.DOTALL)
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    return [word for part in [*fenced, *inline] for word in part.split()]


def _known_models() -> set[str]:
    return {path.stem for path in (DBT_PROJECT_DIR / "models").rglob("*.sql")}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_named_exists(document: str) -> None:
    """A path of a tree that no longer exists sends a newcomer astray."""
    paths = {
        word.strip("(),.:;")
        for word in _code_words(document)
        if word.startswith(tuple(f"{top}/" for top in TOP))
        and not re.search(r"[<>*{…]", word)
    }
    assert [path for path in sorted(paths) if not (PROJECT_ROOT / path).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_model_named_exists(document: str) -> None:
    """A table that was renamed must not live on in the documentation."""
    named = {
        match
        for word in _code_words(document)
        for match in re.findall(
            r"(?<!meta\.)\b(?:stg|int|dim|fct|kpi)_[a-z_]*[a-z]\b", word
        )
        if not re.search(rf"{match}[_<*]", word)
    }
    assert sorted(named - _known_models()) == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_make_target_named_exists(document: str) -> None:
    """A command that a newcomer cannot run is the worst first impression."""
    makefile = (PROJECT_ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, flags=re.MULTILINE))
    text = (PROJECT_ROOT / document).read_text("utf-8")
    named = set(re.findall(r"(?:^|`)make (?:-s )?([a-z][a-z-]*)", text, re.MULTILINE))
    assert sorted(named - targets) == []


def test_every_public_table_is_in_the_readme() -> None:
    """A mart or KPI table that the README leaves out is one that nobody finds."""
    readme = (PROJECT_ROOT / "README.md").read_text("utf-8")
    public = {
        path.stem
        for layer in ("marts", "kpis")
        for path in (DBT_PROJECT_DIR / "models" / layer).rglob("*.sql")
    }
    assert sorted(name for name in public if f"`{name}`" not in readme) == []
