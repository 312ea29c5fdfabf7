"""Publishing as the last asset: it waits for every model, test and expectation."""

import time

import dagster as dg

from ingestion.settings import load_settings
from orchestration import progress, watch
from orchestration.extract_load import POOL
from orchestration.freshness import DEFAULT, policy
from orchestration.graph import PUBLIC_SCHEMAS, DbtGraph
from orchestration.resources import RUN_LOCK

PUBLISHED = dg.AssetKey(["published", "warehouse"])


def published_warehouse(graph: DbtGraph) -> dg.AssetsDefinition:
    """Return the step that publishes what dbt built in the public schemas."""

    @dg.asset(
        key=PUBLISHED,
        deps=[
            graph.key(unique_id)
            for unique_id, node in graph.built().items()
            if node["schema"] in PUBLIC_SCHEMAS or unique_id in graph.below_predictions
        ],
        description="The database that BI reads: published/current/warehouse.duckdb.",
        group_name="published",
        kinds={"duckdb"},
        freshness_policy=policy(DEFAULT),
        check_specs=[
            dg.AssetCheckSpec(name, asset=PUBLISHED, description=description)
            for name, description in watch.CHECKS.items()
        ],
        pool=POOL,
        required_resource_keys={RUN_LOCK},
    )
    def publish_warehouse(
        context: dg.AssetExecutionContext,
    ) -> dg.MaterializeResult:
        return publish_build(context, graph)

    return publish_warehouse


def publish_build(
    context: dg.OpExecutionContext | dg.AssetExecutionContext, graph: DbtGraph
) -> dg.MaterializeResult:
    """Publish what was built and checked; return what is said of it.

    Raises:
        dg.Failure: it has not been built or checked.
    """
    from orchestration.audit import PublishRefusedError
    from orchestration.publish import publish

    started = time.perf_counter()
    try:
        done = publish(load_settings(), context.run_id, context.instance, graph)
    except PublishRefusedError as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    progress.report(
        progress.Progress(
            "publish",
            done.version,
            done.row_count,
            time.perf_counter() - started,
            is_finished=True,
            note=f"{done.table_count} tables",
        )
    )
    for finding in done.findings:
        context.log.warning(f"{finding.check}: {finding.text}")
        progress.report(
            progress.Progress(
                "publish", finding.check, is_finished=True, note=finding.text
            )
        )
    return dg.MaterializeResult(
        metadata={
            "version": done.version,
            "path": dg.MetadataValue.path(str(done.path)),
            "tables": done.table_count,
            "dagster/row_count": done.row_count,
        },
        check_results=watch.as_check_results(done.findings),
    )
