"""What dbt's manifest means in Dagster: asset keys, their dependencies, their checks.

Keys equal dbt's names: `<vendor>/<table>` for a source, `<schema>/<name>` for what dbt
builds; the group is the folder. `dagster-dbt` would do the same, but starts dbt as a
process of its own, which costs more than the build itself (DECISIONS.md).
"""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import dagster as dg

RAW_CHECK = "expectations"
BUILT_TYPES = ("model", "seed", "snapshot")
PUBLIC_SCHEMAS = ("marts", "kpis")
# The dbt source that Python fills between the two halves of the build.
PREDICTIONS = "predictions"


@dataclass(frozen=True)
class DbtGraph:
    """The parts of a manifest that become assets and checks."""

    nodes: dict[str, dict[str, Any]]
    sources: dict[str, dict[str, Any]]
    # A digest of the project's own macros.
    macros: str = ""

    @classmethod
    def of(cls, manifest: dict[str, Any]) -> "DbtGraph":
        """Read the manifest; disabled nodes are not in it, dlt's own tables no assets."""
        sources = {
            unique_id: source
            for unique_id, source in manifest["sources"].items()
            if not source["name"].startswith("_")
        }
        macros = hashlib.sha256()
        for unique_id, macro in sorted(manifest.get("macros", {}).items()):
            if macro["package_name"] == "warehouse":
                macros.update(f"{unique_id}={macro['macro_sql']}".encode())
        return cls(manifest["nodes"], sources, macros.hexdigest())

    def built(self) -> dict[str, dict[str, Any]]:
        """Return what dbt builds, by dbt's unique id."""
        return self._built

    @cached_property
    def _built(self) -> dict[str, dict[str, Any]]:
        return {
            unique_id: node
            for unique_id, node in self.nodes.items()
            if node["resource_type"] in BUILT_TYPES
            and node["config"]["materialized"] != "ephemeral"
        }

    def model(self, name: str) -> str:
        """Return the unique id of a model by its name.

        Raises:
            KeyError: dbt builds no such model.
        """
        for unique_id, node in self.built().items():
            if node["name"] == name:
                return unique_id
        message = f"The dbt source `{PREDICTIONS}` names {name}, which is no model."
        raise KeyError(message)

    def predicted(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Return the tables that Python fills, by module and unique id."""
        modules: dict[str, dict[str, dict[str, Any]]] = {}
        for unique_id, source in self.sources.items():
            if source["source_name"] == PREDICTIONS:
                module = source["config"]["meta"]["module"]
                modules.setdefault(module, {})[unique_id] = source
        return modules

    @cached_property
    def below_predictions(self) -> frozenset[str]:
        """What dbt builds after the predictions, because it reads them."""
        return self.below(
            each for tables in self.predicted().values() for each in tables
        )

    def below(self, unique_ids: Iterable[str]) -> frozenset[str]:
        """Return all that reads these, directly or not: models, tests and the rest."""
        found: set[str] = set()
        waiting = [*unique_ids]
        while waiting:
            below = self._children.get(waiting.pop(), ())
            waiting += [each for each in below if each not in found]
            found.update(below)
        return frozenset(found)

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        children: dict[str, list[str]] = {}
        for unique_id, node in self.nodes.items():
            for parent in node.get("depends_on", {}).get("nodes", []):
                children.setdefault(parent, []).append(unique_id)
        return children

    def key(self, unique_id: str) -> dg.AssetKey:
        """Return the asset key of a source or of what dbt builds."""
        if source := self.sources.get(unique_id):
            return dg.AssetKey([source["source_name"], source["name"]])
        node = self.nodes[unique_id]
        return dg.AssetKey([node["schema"], node["name"]])

    def raw_tables(self, vendor: str) -> list[str]:
        """Return the vendor's tables that dbt reads, in alphabetical order."""
        return sorted(
            source["name"]
            for source in self.sources.values()
            if source["source_name"] == vendor
        )

    def tables_in(self, schema: str) -> list[str]:
        """Return the tables that dbt builds in the schema, in alphabetical order."""
        return sorted(
            node["name"] for node in self.built().values() if node["schema"] == schema
        )

    def specs(self, unique_ids: Collection[str]) -> list[dg.AssetSpec]:
        """Return one asset per model, seed and snapshot."""
        return [self._spec(unique_id) for unique_id in unique_ids]

    def _spec(self, unique_id: str) -> dg.AssetSpec:
        node = self.nodes[unique_id]
        columns = [
            dg.TableColumn(
                name=column["name"],
                type=column.get("data_type") or "string",
                description=column.get("description") or None,
            )
            for column in node["columns"].values()
        ]
        metadata: dict[str, Any] = {
            "dagster/relation_identifier": f"{node['schema']}.{node['name']}",
            "file": f"dbt_project/{node['original_file_path']}",
        }
        if columns:
            metadata["dagster/column_schema"] = dg.TableSchema(columns=columns)
        return dg.AssetSpec(
            self.key(unique_id),
            deps=[self.key(parent) for parent in self.parents(unique_id)],
            description=node.get("description") or None,
            group_name="_".join(node["fqn"][1:-1]) or node["schema"],
            kinds={"dbt", "duckdb"},
            metadata=metadata,
            # Nothing new, nothing built: then publishing is skipped too.
            skippable=True,
        )

    def parents(self, unique_id: str) -> list[str]:
        """Return what the node reads; an ephemeral model is no asset, its parents are."""
        found: dict[str, None] = {}
        for parent in self.nodes[unique_id].get("depends_on", {}).get("nodes", []):
            if parent in self.sources or parent in self.built():
                found[parent] = None
            elif parent in self.nodes:
                found.update(dict.fromkeys(self.parents(parent)))
        return list(found)

    def tests(self) -> dict[str, dg.AssetCheckKey]:
        """Return the check key of every dbt test that guards something dbt builds."""
        built = self.built()
        keys = {}
        for unique_id, node in self.nodes.items():
            if node["resource_type"] != "test":
                continue
            parents = node["depends_on"]["nodes"]
            guarded = [node.get("attached_node"), *reversed(parents)]
            # Only after the predictions is all there that such a test looks at.
            guarded.sort(key=lambda each: each not in self.below_predictions)
            if target := next((each for each in guarded if each in built), None):
                name = node["alias"] if node["alias"] else node["name"]
                keys[unique_id] = dg.AssetCheckKey(self.key(target), name)
        return keys

    def test_specs(self, unique_ids: Collection[str]) -> list[dg.AssetCheckSpec]:
        """Return one asset check per dbt test on what dbt builds of these."""
        keys = {self.key(unique_id) for unique_id in unique_ids}
        return [
            dg.AssetCheckSpec(
                key.name,
                asset=key.asset_key,
                description=self.nodes[unique_id].get("description") or None,
                additional_deps=[
                    self.key(parent)
                    for parent in self.parents(unique_id)
                    if self.key(parent) != key.asset_key
                ],
            )
            for unique_id, key in self.tests().items()
            if key.asset_key in keys
        ]
