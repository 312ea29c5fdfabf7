"""Which rows have passed: per raw table, the newest load, under the same rules."""

import hashlib
import json
from pathlib import Path

from ingestion.settings import Settings


class PassedLoads:
    """Kept in `<warehouse_dir>/expectations/<vendor>.json`; new rules forget it."""

    def __init__(self, settings: Settings, vendor: str, *rule_files: Path) -> None:
        self._path = settings.warehouse_dir / "expectations" / f"{vendor}.json"
        self._rules = _fingerprint(*rule_files)
        self._loads: dict[str, str] = {}
        if self._path.is_file():
            known = json.loads(self._path.read_text("utf-8"))
            if known.get("rules") == self._rules:
                self._loads = known["passed"]

    @property
    def tables(self) -> set[str]:
        """The tables of which anything has passed."""
        return set(self._loads)

    def after(self, table: str) -> str:
        """Return the newest load that passed, '' where every row is to be checked."""
        return self._loads.get(table, "")

    def add(self, table: str, load_id: str) -> None:
        """Note that the table's rows passed up to the load."""
        self._loads[table] = load_id

    def save(self) -> None:
        """Write what passed, whole or not at all."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        content = json.dumps({"rules": self._rules, "passed": self._loads}, indent=1)
        fresh = self._path.with_suffix(".tmp")
        fresh.write_text(content, "utf-8")
        fresh.replace(self._path)


def _fingerprint(*files: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()
