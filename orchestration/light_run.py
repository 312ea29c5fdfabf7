"""The light run: load some vendors, build only what reads what is new, check, publish.

The models are those of the whole run and so are their results; what is left out is what
would come out the same. It is one step that writes what it built and checked on the
assets concerned: a step per layer would have to plan every asset, built or not.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import dagster as dg

from ingestion.settings import Settings, load_settings
from ingestion.vendors import used_vendors
from orchestration import audit, progress, transform
from orchestration.expect import RAW_CHECK, as_checks, results_of
from orchestration.extract_load import POOL, RETRIES, load, table_metadata
from orchestration.graph import DbtGraph
from orchestration.news import BuildState, build_state
from orchestration.predict import inputs_of, run_prediction
from orchestration.publication import PUBLISHED, publish_build
from orchestration.resources import RUN_LOCK, file_logger

Context = dg.OpExecutionContext | dg.AssetExecutionContext


@dataclass(frozen=True)
class Work:
    """What a run has to build.

    Attributes:
        state: what it is made from.
        known: what is left to know of the last build while this one is not finished.
        before: arguments for dbt before the predictions, None for nothing to build.
        modules: what is predicted then.
        after: arguments for dbt after the predictions, None for nothing to build.
    """

    state: BuildState
    known: BuildState | None
    before: list[str] | None
    modules: list[str]
    after: list[str] | None

    @property
    def is_empty(self) -> bool:
        """Whether nothing has to be built."""
        return self.before is None and self.after is None


def work_of(graph: DbtGraph, last: BuildState | None, now: BuildState) -> Work:
    """Return what has to be built, given the state of the last build and the present.

    dbt gets the sources that are new, not the models below them by name: it would
    compare every node with every name.
    """
    news = now.news_since(last)
    if last is None or news is None:
        first, *rest = transform.halves(graph)
        modules = list(graph.predicted())
        below = [*rest[0].selection] if rest else None
        return Work(now, None, [*first.selection], modules, below)
    below = graph.below(news)
    modules, filled = [], []
    for module, tables in graph.predicted().items():
        if {graph.model(name) for name in inputs_of(tables)} & below:
            modules.append(module)
            filled += _and_below(graph, tables)
    names, is_predicted = _and_below(graph, news), transform.BELOW
    has_before = bool(below - graph.below_predictions)
    before = [*_EAGER, "--select", *names] if has_before else None
    if before and graph.below_predictions:
        before += ["--exclude", is_predicted]
    both = [f"{name},{is_predicted}" for name in names]
    has_after = bool(filled or below & graph.below_predictions)
    after = [*_EAGER, "--select", *both, *filled] if has_after else None
    return Work(now, last.without(news), before, modules, after)


# A test of a model that is built and one that is not looks at something new.
_EAGER = ("--indirect-selection", "eager")


def _and_below(graph: DbtGraph, sources: Iterable[str]) -> list[str]:
    return [
        f"source:{source['source_name']}.{source['name']}+"
        for source in (graph.sources[unique_id] for unique_id in sorted(sources))
    ]


def light_job(
    name: str,
    graph: DbtGraph,
    vendors: Callable[[], list[str]],
    description: str,
    tags: dict[str, str],
) -> dg.JobDefinition:
    """Return a job that is one light run.

    Args:
        name: the job's name.
        graph: the dbt project.
        vendors: returns the vendors that it loads; asked when it runs.
        description: what the page says.
        tags: of its runs.
    """

    @dg.op(
        name=f"{name}_in_one_step",
        pool=POOL,
        retry_policy=RETRIES,
        required_resource_keys={RUN_LOCK},
    )
    def refresh(context: dg.OpExecutionContext) -> None:
        chosen = vendors()
        refresh_changed(
            context, graph, chosen, lambda: load_vendors(context, graph, chosen)
        )

    @dg.job(
        name=name,
        description=description,
        tags=tags,
        executor_def=dg.in_process_executor,
        logger_defs={"file": file_logger},
        config={"loggers": {"file": {}}},
    )
    def job() -> None:
        refresh()

    return job


def load_vendors(
    context: Context,
    graph: DbtGraph,
    vendors: list[str],
) -> None:
    """Load the vendors, each as the whole run does, and say so on their assets."""
    from ingestion.load import source_environment

    with source_environment(load_settings(), vendors):
        for vendor in vendors:
            result = load(context.log, vendor)
            for table, metadata in table_metadata(result, graph.raw_tables(vendor)):
                log_built(context, [vendor, table], metadata)


def refresh_changed(
    context: Context,
    graph: DbtGraph,
    vendors: Collection[str],
    load_them: Callable[[], None],
    *,
    full_refresh: bool = False,
) -> None:
    """Load, check what was loaded, build what reads it, check that, publish.

    Args:
        context: of the step that does all of it.
        graph: the dbt project.
        vendors: those that are loaded.
        load_them: loads them.
        full_refresh: build incremental models anew, because rows of theirs were
            replaced in place.

    Raises:
        dg.Failure: something did not load, pass or build; nothing was published.
    """
    settings = load_settings()
    # A check that has not passed before is looked at again, whoever's it is.
    suspects = vendors if audit.noted(settings, audit.RAW) else used_vendors(settings)
    audit.reset(settings, audit.RAW, audit.BEGUN, audit.BUILT)
    load_them()
    _check_raw(context, settings, graph, suspects)
    last = BuildState.read(audit.noted(settings, audit.BUILT_STATE))
    # Rows that were changed in place, by no load, are for the whole run to find.
    work = work_of(graph, last, build_state(settings, graph, last))
    if work.is_empty and last:
        built = replace(last, loads=work.state.loads)
    else:
        _build(context, settings, graph, work, full_refresh=full_refresh)
        built = work.state
    audit.note(settings, **{audit.BUILT: context.run_id, audit.BUILT_STATE: built.text})
    if transform.is_published(settings, built):
        context.log.info("Nothing new since the published version.")
        progress.report(
            progress.Progress(transform.STEP, "nothing new", is_finished=True)
        )
        return
    _publish(context, graph)


def _check_raw(
    context: Context, settings: Settings, graph: DbtGraph, vendors: Collection[str]
) -> None:
    from expectations.runner import check_raw

    results, could_not_run = results_of(lambda: check_raw(settings, list(vendors)))
    wanted = {
        (f"raw_{vendor}", table): dg.AssetKey([vendor, table])
        for vendor in vendors
        for table in graph.raw_tables(vendor)
    }
    for check in as_checks(context.log, "check raw", wanted, results, could_not_run):
        _log_check(context, check)
    blocking = [str(result) for result in results if result.is_blocking]
    if blocking or could_not_run:
        message = "\n".join(blocking) or f"{RAW_CHECK} {could_not_run}"
        raise dg.Failure(message, allow_retries=False)
    audit.note(settings, **{audit.RAW: context.run_id})


def _build(
    context: Context,
    settings: Settings,
    graph: DbtGraph,
    work: Work,
    *,
    full_refresh: bool,
) -> None:
    """Build, predict, build what reads the predictions, and look at the KPIs of it."""
    audit.reset(settings, audit.BUILT_STATE)
    if work.known:
        audit.note(settings, **{audit.BUILT_STATE: work.known.text})
    options = ["--full-refresh"] if full_refresh else []
    kpis: set[str] = set()
    if work.before is not None:
        kpis |= _run_dbt(context, settings, graph, [*options, *work.before])
    for module in work.modules:
        for name, rows in run_prediction(settings, graph, module).items():
            log_built(context, ["predictions", name], {"dagster/row_count": rows})
    if work.after is not None:
        kpis |= _run_dbt(context, settings, graph, [*options, *work.after])
    if kpis:
        _check_kpis(context, settings, kpis)


def _run_dbt(
    context: Context, settings: Settings, graph: DbtGraph, arguments: list[str]
) -> set[str]:
    """Run dbt, say what it did, and return the KPI tables that it built."""
    outcome = transform.run_dbt(settings, [*transform.ARGUMENTS, *arguments])
    rows = transform.row_counts(settings)
    transform.report_layers(graph, outcome.results, rows)
    lineage = transform.dagster_lineage(settings, graph)
    built, tests = graph.built(), graph.tests()
    kpis = set()
    for result in outcome.results:
        unique_id = result.node.unique_id
        if unique_id in built and result.status == "success":
            done = transform.materialized(graph, result, rows, lineage.get(unique_id))
            log_built(context, graph.key(unique_id).path, done.metadata or {})
            if result.node.schema == "kpis":
                kpis.add(result.node.name)
        elif unique_id in tests:
            _log_check(context, transform.checked(tests[unique_id], result, settings))
    if not outcome.is_success:
        raise dg.Failure(outcome.message, allow_retries=False)
    return kpis


def _check_kpis(context: Context, settings: Settings, tables: set[str]) -> None:
    from expectations.runner import check_kpis

    results, could_not_run = results_of(lambda: check_kpis(settings, tables))
    wanted = {("kpis", table): dg.AssetKey(["kpis", table]) for table in sorted(tables)}
    for check in as_checks(
        context.log, "check kpis", wanted, results, could_not_run, only_warns=True
    ):
        _log_check(context, check)


def _publish(context: Context, graph: DbtGraph) -> None:
    done = publish_build(context, graph)
    log_built(context, PUBLISHED.path, done.metadata or {})
    for check in done.check_results or []:
        _log_check(context, check, PUBLISHED)


def log_built(
    context: Context, key: Sequence[str], metadata: Mapping[str, Any]
) -> None:
    """Say on an asset that it was made anew, in whatever step that was."""
    context.log_event(dg.AssetMaterialization(key, metadata=metadata))


def _log_check(
    context: Context, check: dg.AssetCheckResult, asset: dg.AssetKey | None = None
) -> None:
    key = check.asset_key or asset
    assert key is not None
    assert check.check_name is not None
    evaluation: Any = dg.AssetCheckEvaluation(
        asset_key=key,
        check_name=check.check_name,
        passed=check.passed,
        severity=check.severity,
        description=check.description,
        metadata=check.metadata,
    )
    # It takes checks too, whatever its signature says.
    context.log_event(evaluation)
