"""What a published table is made of: its vendors, and a digest of its definition."""

import hashlib
from collections.abc import Collection
from functools import cached_property

from ingestion.settings import DBT_PROJECT_DIR
from orchestration.graph import PREDICTIONS, DbtGraph


class Ancestry:
    """Answers for one graph; each node is walked once."""

    def __init__(self, graph: DbtGraph) -> None:
        self._graph = graph
        self._above: dict[str, frozenset[str]] = {}

    def unique_id(self, schema: str, table: str) -> str | None:
        """Return dbt's id of the table, None for one that dbt does not build."""
        return self._ids.get((schema, table))

    def above(self, schema: str, table: str) -> frozenset[str]:
        """Return all that the table is made of, sources and models, without itself."""
        unique_id = self.unique_id(schema, table)
        return self._walk(unique_id) if unique_id else frozenset()

    def vendors(self, schema: str, table: str) -> list[str]:
        """Return the vendors whose rows the table is made of."""
        sources = self._graph.sources
        found = {
            sources[e]["source_name"]
            for e in self.above(schema, table) & sources.keys()
        }
        return sorted(found - {PREDICTIONS})

    def digest(self, schema: str, table: str) -> str | None:
        """Return what changes when the table's SQL, or any above it, changes."""
        unique_id = self.unique_id(schema, table)
        if unique_id is None:
            return None
        digest = hashlib.sha256(self._constants)
        for each in sorted({unique_id, *self._walk(unique_id)}):
            checksum = self._graph.nodes.get(each, {}).get("checksum") or {}
            digest.update(f"{each}={checksum.get('checksum')}".encode())
        return digest.hexdigest()[:16]

    def _walk(self, unique_id: str) -> frozenset[str]:
        if unique_id not in self._above:
            found: set[str] = set()
            for parent in self._parents(unique_id):
                found |= {parent, *self._walk(parent)}
            self._above[unique_id] = frozenset(found)
        return self._above[unique_id]

    def _parents(self, unique_id: str) -> Collection[str]:
        source = self._graph.sources.get(unique_id)
        if source is None:
            return self._graph.parents(unique_id)
        if source["source_name"] != PREDICTIONS:
            return ()
        declared = source["config"].get("meta") or source.get("meta") or {}
        return [self._graph.model(each) for each in declared.get("inputs", [])]

    @cached_property
    def _ids(self) -> dict[tuple[str, str], str]:
        return {
            (node["schema"], node["name"]): unique_id
            for unique_id, node in self._graph.built().items()
        }

    @cached_property
    def _constants(self) -> bytes:
        """The macros and the business constants, which every table may use."""
        project = (DBT_PROJECT_DIR / "dbt_project.yml").read_bytes()
        return self._graph.macros.encode() + hashlib.sha256(project).digest()
