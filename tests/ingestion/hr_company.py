"""A company's HR system written by hand, served by the sandbox, and loaded."""

import json
from pathlib import Path
from typing import Any

import duckdb

from ingestion.load import LoadResult, load_all
from ingestion.sandbox.server.app import build_app
from ingestion.settings import Settings

from .conftest import AS_OF, TOKEN, Server


class HrCompany:
    """The data directory of one vendor, and the warehouse it is loaded into."""

    def __init__(self, vendor: str, folder: Path, server: Server) -> None:
        self.vendor = vendor
        self.folder = folder / "data"
        self.server = server
        self.settings = Settings(
            warehouse_dir=folder / "warehouse",
            sources="live",
            as_of=AS_OF,
            start_date="2025-01-01",
            vendors={"hr": [vendor]},
        )
        self.faults = ""

    def write(self, name: str, *records: dict[str, Any]) -> None:
        """Write one collection whole."""
        path = self.folder / self.vendor / f"{name}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{json.dumps(one)}\n" for one in records), "utf-8")

    def serve(self) -> None:
        """Serve the directory as it is now, with the faults as they are now."""
        self.folder.mkdir(parents=True, exist_ok=True)
        description = (
            f'as_of = {AS_OF}\ntokens = ["{TOKEN}"]\n[faults]\n{self.faults}\n'
        )
        (self.folder / "sandbox.toml").write_text(description, "utf-8")
        self.server.app = build_app(self.folder)
        self.server.paths.clear()

    def load(self, *, read_all: bool = False, **settings: Any) -> LoadResult:
        """Serve the directory and load it."""
        self.serve()
        changed = self.settings.model_copy(update=settings)
        return load_all(changed, [self.vendor], read_all=read_all)[0]

    def loaded(self, **settings: Any) -> dict[str, int]:
        """Load, and return the rows that arrived, by table; none is left out."""
        tables = self.load(**settings).tables
        assert all(table.is_balanced for table in tables)
        return {table.table: table.loaded for table in tables if table.loaded}

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Query the warehouse with the vendor's raw schema as the schema."""
        with duckdb.connect(str(self.settings.warehouse_path)) as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute(f"use raw_{self.vendor}")
            return connection.execute(query).fetchall()
