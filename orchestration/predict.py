"""Predictions as assets between two halves of the dbt build.

dbt builds what the predictions read, each module of `orchestration.predictions` writes
its tables into the schema `predictions`, and dbt builds what reads those. A table is
replaced whole, or, where it is a ledger, only its rows of the same key value (`kept_by`),
so that what was once predicted can be compared with what came.
"""

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

import dagster as dg

from ingestion.settings import Settings, load_settings
from orchestration import progress
from orchestration.extract_load import POOL
from orchestration.graph import PREDICTIONS, DbtGraph
from orchestration.predictions import Context
from orchestration.resources import RUN_LOCK

if TYPE_CHECKING:
    import duckdb
    import pandas as pd


class PredictionError(Exception):
    """A module does not fit its declaration; the message names it and the remedy."""


def prediction_assets(graph: DbtGraph) -> list[dg.AssetsDefinition]:
    """Return one step per module of predictions, its assets the tables it fills."""
    return [
        _step(graph, module, tables) for module, tables in graph.predicted().items()
    ]


def _step(
    graph: DbtGraph, module: str, tables: dict[str, dict[str, Any]]
) -> dg.AssetsDefinition:
    inputs = inputs_of(tables)
    described = {
        source["name"]: source.get("description") or None for source in tables.values()
    }

    @dg.multi_asset(
        name=f"predict_{module}",
        specs=[
            dg.AssetSpec(
                [PREDICTIONS, name],
                deps=[graph.key(graph.model(model)) for model in inputs],
                description=description,
                group_name=PREDICTIONS,
                kinds={"python", "duckdb"},
                metadata={
                    "dagster/relation_identifier": f"{PREDICTIONS}.{name}",
                    "file": f"orchestration/predictions/{module}.py",
                },
            )
            for name, description in described.items()
        ],
        pool=POOL,
        required_resource_keys={RUN_LOCK},
    )
    def predict(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        try:
            written = run_prediction(load_settings(), graph, module)
        except PredictionError as error:
            raise dg.Failure(str(error), allow_retries=False) from error
        for name, rows in written.items():
            yield dg.MaterializeResult(
                asset_key=[PREDICTIONS, name], metadata={"dagster/row_count": rows}
            )

    return predict


def run_prediction(settings: Settings, graph: DbtGraph, module: str) -> dict[str, int]:
    """Run one module on the warehouse; return the rows written, by table.

    All of its tables change in one transaction.

    Raises:
        PredictionError: the module returned other tables or columns than declared.
    """
    import duckdb

    tables = {source["name"]: source for source in graph.predicted()[module].values()}
    predict = import_module(f"orchestration.predictions.{module}").predict
    with duckdb.connect(str(settings.warehouse_path)) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        progress.report(progress.Progress(f"predict {module}", "reads"))
        inputs = {
            name: connection.execute(
                f'select * from "{node["schema"]}"."{node["alias"]}"'
            ).df()
            for name in inputs_of(tables)
            for node in [graph.nodes[graph.model(name)]]
        }
        frames = predict(
            inputs,
            Context(
                settings.as_of_at, settings.reporting_timezone, settings.base_currency
            ),
        )
        if set(frames) != set(tables):
            message = (
                f"orchestration/predictions/{module}.py returned {sorted(frames)}; the "
                f"dbt source `{PREDICTIONS}` declares {sorted(tables)} for it."
            )
            raise PredictionError(message)
        connection.begin()
        for name, source in tables.items():
            _write(connection, source, frames[name], module)
        connection.commit()
    written = {name: len(frame) for name, frame in frames.items()}
    progress.report(
        progress.Progress(
            f"predict {module}",
            ", ".join(written),
            sum(written.values()),
            is_finished=True,
        )
    )
    return written


def inputs_of(tables: dict[str, dict[str, Any]]) -> list[str]:
    """Return the dbt models that the tables of one module are predicted from."""
    return sorted(
        {
            model
            for source in tables.values()
            for model in _declared(source).get("inputs", [])
        }
    )


def _declared(source: dict[str, Any]) -> dict[str, Any]:
    return source["config"].get("meta") or source.get("meta") or {}


def _write(
    connection: "duckdb.DuckDBPyConnection",
    source: dict[str, Any],
    frame: "pd.DataFrame",
    module: str,
) -> None:
    """Replace the table's rows, all or those with the same `kept_by`."""
    columns = {name: each["data_type"] for name, each in source["columns"].items()}
    if set(frame.columns) != set(columns):
        differing = sorted(set(frame.columns) ^ set(columns))
        message = (
            f"orchestration/predictions/{module}.py and the columns of "
            f"{PREDICTIONS}.{source['name']} in the dbt source differ: {differing}"
        )
        raise PredictionError(message)
    table = f'"{PREDICTIONS}"."{source["name"]}"'
    said = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    connection.execute(f'create schema if not exists "{PREDICTIONS}"')
    connection.execute(f"create table if not exists {table} ({said})")
    for name, kind in columns.items():
        connection.execute(
            f'alter table {table} add column if not exists "{name}" {kind}'
        )
    connection.register("predicted", frame)
    kept_by = _declared(source).get("kept_by")
    same = f'where "{kept_by}" in (select "{kept_by}" from predicted)'
    connection.execute(f"delete from {table} {same if kept_by else ''}")
    names = ", ".join(f'"{name}"' for name in columns)
    cast = ", ".join(f'cast("{name}" as {kind})' for name, kind in columns.items())
    connection.execute(f"insert into {table} ({names}) select {cast} from predicted")
    connection.unregister("predicted")
