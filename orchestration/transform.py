"""dbt as one step: everything it builds as assets, its tests as asset checks.

dbt runs inside the step's own process, with its Python interface. That saves the start
of a second process and its import, and leaves no handle on the build file open.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dagster as dg

from ingestion.settings import Settings, load_settings
from orchestration import audit, progress
from orchestration.extract_load import POOL
from orchestration.graph import PREDICTIONS, PUBLIC_SCHEMAS, DbtGraph
from orchestration.lineage import dagster_lineage
from orchestration.manifest import applied, dbt_environment, ensure_manifest
from orchestration.news import BuildState, build_state
from orchestration.resources import RUN_LOCK
from orchestration.samples import failing_rows

if TYPE_CHECKING:
    from dbt.artifacts.schemas.results import NodeResult

STEP = "dbt build"
# What reads the predictions is built by a step of its own, after them.
BELOW = f"source:{PREDICTIONS}+"
# Unit tests prove the arithmetic of the models, not the data: `make test` runs them.
ARGUMENTS = ("build", "--exclude-resource-type", "unit_test")
_QUIET = ("--log-level", "none", "--log-level-file", "info")
# A failed test must stop what is built on the tested model, in dbt as in Dagster.
FAILED = ("error", "fail", "runtime error", "partial success")


@dataclass(frozen=True)
class Half:
    """A part of the dbt build: before the predictions, or what reads them."""

    name: str
    unique_ids: frozenset[str]
    selection: tuple[str, ...]


def halves(graph: DbtGraph) -> list[Half]:
    """Return the parts of a whole build, in their order."""
    below = graph.below_predictions & graph.built().keys()
    if not below:
        return [Half("dbt_build", frozenset(graph.built()), ())]
    # Each test runs once: in the first half where it looks at nothing of the second.
    return [
        Half(
            "dbt_build",
            frozenset(graph.built().keys() - below),
            ("--exclude", BELOW),
        ),
        Half(
            "dbt_build_predicted",
            below,
            ("--indirect-selection", "eager", "--select", BELOW),
        ),
    ]


def dbt_assets(graph: DbtGraph) -> list[dg.AssetsDefinition]:
    """Return the steps that build and test the dbt project, whole or in part.

    One step, or two where Python predicts something in between.
    """
    parts = halves(graph)
    return [_step(graph, half, is_last=half is parts[-1]) for half in parts]


def _step(graph: DbtGraph, half: Half, *, is_last: bool) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=half.name,
        specs=graph.specs(half.unique_ids),
        check_specs=graph.test_specs(half.unique_ids),
        can_subset=True,
        pool=POOL,
        required_resource_keys={RUN_LOCK},
    )
    def dbt_build(
        context: dg.AssetExecutionContext,
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        yield from _build(context, graph, half, is_last=is_last)

    return dbt_build


def _build(
    context: dg.AssetExecutionContext, graph: DbtGraph, half: Half, *, is_last: bool
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    settings = load_settings()
    run_id = context.run.run_id
    built, tests = graph.built(), graph.tests()
    selected = _selected(context, graph)
    test_count = len(graph.test_specs(half.unique_ids))
    is_whole = len(selected) == len(half.unique_ids) + test_count
    is_first = half.name == "dbt_build"
    # Nothing is loaded between the halves of one run.
    state = _states.pop(run_id, None) or build_state(settings, graph)
    if is_first and is_whole and is_published(settings, state):
        audit.note(settings, **{audit.BUILT: run_id})
        context.log.info("Nothing new since the published version; nothing to build.")
        progress.report(progress.Progress(STEP, "nothing new", is_finished=True))
        return
    # The second half of a run goes on from the first; alone, it must not lose what was.
    was_built = bool(audit.noted(settings, audit.BUILT))
    follows = bool(audit.noted(settings, audit.BEGUN))
    audit.reset(settings, audit.BUILT, *([audit.BEGUN] if is_first else []))
    if is_whole:
        # Some models alone only become newer than the state says.
        audit.reset(settings, audit.BUILT_STATE)
    selection = half.selection if is_whole else selection_of(selected, graph)
    outcome = run_dbt(settings, [*ARGUMENTS, *selection])
    rows = row_counts(settings)
    lineage = dagster_lineage(settings, graph)
    report_layers(graph, outcome.results, rows)
    for result in outcome.results:
        unique_id = result.node.unique_id
        if unique_id in built and unique_id in selected and result.status == "success":
            yield materialized(graph, result, rows, lineage.get(unique_id))
        elif unique_id in tests and unique_id in selected:
            yield checked(tests[unique_id], result, settings)
    if not outcome.is_success:
        raise dg.Failure(outcome.message, allow_retries=False)
    if is_whole and is_last and (is_first or follows):
        audit.note(settings, **{audit.BUILT: run_id, audit.BUILT_STATE: state.text})
    elif is_whole and is_first:
        _states[run_id] = state
        audit.note(settings, **{audit.BEGUN: run_id})
    elif was_built:
        audit.note(settings, **{audit.BUILT: run_id})


# What a run's first half was built from, for its second.
_states: dict[str, BuildState] = {}


def is_published(settings: Settings, state: BuildState) -> bool:
    """Return whether the published version is what a build would bring again."""
    known = BuildState.read(audit.noted(settings, audit.PUBLISHED_STATE))
    return known == state and settings.published_path.is_file()


def _selected(context: dg.AssetExecutionContext, graph: DbtGraph) -> set[str]:
    """Return the unique ids of what this run was asked to build and to test."""
    keys, checks = context.selected_asset_keys, context.selected_asset_check_keys
    return {u for u in graph.built() if graph.key(u) in keys} | {
        unique_id for unique_id, key in graph.tests().items() if key in checks
    }


def selection_of(selected: Collection[str], graph: DbtGraph) -> list[str]:
    """Return the arguments by which dbt builds and tests these and nothing else."""
    names = (".".join(graph.nodes[each]["fqn"]) for each in sorted(selected))
    return ["--indirect-selection", "empty", "--select", *names]


class DbtOutcome:
    """How one invocation of dbt ended."""

    def __init__(
        self, results: "Sequence[NodeResult]", error: BaseException | None
    ) -> None:
        self.results = list(results)
        self._error = error

    @property
    def is_success(self) -> bool:
        """Whether dbt ran and nothing in it failed."""
        return self._error is None and not self._failed

    @property
    def _failed(self) -> "list[NodeResult]":
        return [result for result in self.results if str(result.status) in FAILED]

    @property
    def message(self) -> str:
        """What failed, one line each, and the remedy."""
        if self._error is not None:
            return f"dbt could not run: {self._error}"
        lines = []
        for result in self._failed:
            node = result.node
            what = " ".join(str(result.message or "").split())
            failures = f" ({result.failures:,} rows)" if result.failures else ""
            lines.append(
                f"{node.resource_type} {node.name}{failures}: {what} "
                f"[dbt_project/{node.original_file_path}]"
            )
        skipped = sum(str(result.status) == "skipped" for result in self.results)
        lines.append(
            f"{skipped} nodes below were skipped; nothing was published. Look at one "
            "with: make dbt CMD='build -s <name>'"
        )
        return "\n".join(lines)


def run_dbt(settings: Settings, arguments: Sequence[str]) -> DbtOutcome:
    """Run dbt in this process and close its connection to the build file."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    def heard(event: Any) -> None:  # noqa: ANN401 - a protobuf message
        if event.info.name == "NodeStart":
            node = event.data.node_info
            progress.report(
                progress.Progress(STEP, f"{node.node_relation.schema}.{node.node_name}")
            )

    # What `ensure_manifest` has parsed, so that dbt does not read the project again: it
    # would, every time, because models depend on AS_OF.
    kept = ensure_manifest(settings).with_name("partial_parse.msgpack").read_bytes()
    manifest = Manifest.from_msgpack(kept, decoder=extended_mashumuro_decoder)
    manifest.build_flat_graph()
    with applied(dbt_environment(settings)):
        runner = dbtRunner(manifest, callbacks=[heard])
        done = runner.invoke([*_QUIET, *arguments])
        DuckDBConnectionManager.close_all_connections()
    results = getattr(done.result, "results", None) or []
    return DbtOutcome(results, done.exception)


def row_counts(settings: Settings) -> dict[tuple[str, str], int]:
    """Return the number of rows of every table that dbt built, by schema and name."""
    import duckdb

    with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
        tables = connection.execute(
            """
            select schema_name, table_name from duckdb_tables()
            where schema_name not like 'raw\\_%' escape '\\'
            """
        ).fetchall()
        return {
            (schema, table): connection.execute(
                f'select count(*) from "{schema}"."{table}"'
            ).fetchall()[0][0]
            for schema, table in tables
        }


def materialized(
    graph: DbtGraph,
    result: "NodeResult",
    rows: dict[tuple[str, str], int],
    lineage: dg.TableColumnLineage | None,
) -> dg.MaterializeResult:
    """Return what is said of a model that dbt has built."""
    node = result.node
    metadata: dict[str, Any] = {"seconds": round(result.execution_time, 3)}
    count = rows.get((node.schema, node.name))
    if count is not None:
        metadata["dagster/row_count"] = count
    if lineage is not None:
        metadata["dagster/column_lineage"] = lineage
    return dg.MaterializeResult(asset_key=graph.key(node.unique_id), metadata=metadata)


def checked(
    key: dg.AssetCheckKey, result: "NodeResult", settings: Settings
) -> dg.AssetCheckResult:
    """Return what is said of a dbt test, with masked rows of one that failed."""
    status = str(result.status)
    metadata: dict[str, Any] = {}
    if status in ("fail", "warn"):
        compiled = getattr(result.node, "compiled_code", None)
        metadata["not_passed"] = dg.MetadataValue.md(failing_rows(settings, compiled))
    warns = status == "warn"
    return dg.AssetCheckResult(
        check_name=key.name,
        asset_key=key.asset_key,
        passed=status == "pass",
        severity=dg.AssetCheckSeverity.WARN if warns else dg.AssetCheckSeverity.ERROR,
        description="" if status == "pass" else str(result.message or status),
        metadata={
            "status": "error" if status in ("error", "skipped") else status,
            "failures": result.failures or 0,
            **metadata,
        },
    )


def report_layers(
    graph: DbtGraph, results: "Sequence[NodeResult]", rows: dict[tuple[str, str], int]
) -> None:
    """Report one finished line per layer; a line per model would be a page."""
    layers: dict[str, list[NodeResult]] = {}
    for result in results:
        if result.node.unique_id in graph.built():
            layers.setdefault(result.node.schema, []).append(result)
    for schema in sorted(layers, key=lambda name: name in PUBLIC_SCHEMAS):
        done = layers[schema]
        counted = [rows.get((each.node.schema, each.node.name)) for each in done]
        progress.report(
            progress.Progress(
                STEP,
                schema,
                sum(filter(None, counted)) if any(counted) else None,
                sum(each.execution_time for each in done),
                is_finished=True,
                note=f"{len(done)} built",
            )
        )
