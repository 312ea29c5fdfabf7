"""A tiny deployment: one vendor, three models, one test; dbt and dlt are stand-ins.

Everything between them is the real thing: the job, its order, checks, publishing.
"""

import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import dagster as dg
import duckdb
import pytest

from expectations.results import ExpectationResult, Severity, Status, TableResult
from ingestion.days import Days
from ingestion.load import LoadResult
from ingestion.reconcile import TableResult as LoadedTable
from ingestion.settings import PROJECT_ROOT, Settings, load_settings
from orchestration.code_location import build_definitions
from orchestration.graph import DbtGraph
from orchestration.instance import prepare_home
from orchestration.transform import DbtOutcome

LOAD_ID = "1763505600.1"


@pytest.fixture(autouse=True)
def _quiet_dagster() -> Iterator[None]:
    """Dagster warns about betas and its own dependencies; that is not ours to test."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return settings with a warehouse of their own and events as the only vendor."""
    monkeypatch.setenv("WAREHOUSE_DIR", str(tmp_path / "warehouse"))
    monkeypatch.setenv("EVENTS_URL", str(tmp_path / "events"))
    monkeypatch.setenv("VENDORS", '{"shop": ["events"]}')
    found = load_settings()
    found.warehouse_dir.mkdir()
    return found


def _model(schema: str, name: str, reads: str) -> dict:
    return {
        "unique_id": f"model.warehouse.{name}",
        "resource_type": "model",
        "schema": schema,
        "name": name,
        "fqn": ["warehouse", schema, "shop", name],
        "config": {"materialized": "table"},
        "columns": {"order_id": {"name": "order_id", "data_type": "string"}},
        "description": f"The {name}.",
        "original_file_path": f"models/{schema}/shop/{name}.sql",
        "depends_on": {"nodes": [reads]},
    }


@pytest.fixture
def graph() -> DbtGraph:
    """Return events.events -> stg_events__orders -> fct_orders -> kpi_sales."""
    source = "source.warehouse.events.events"
    models = [
        _model("staging", "stg_events__orders", source),
        _model("marts", "fct_orders", "model.warehouse.stg_events__orders"),
        _model("kpis", "kpi_sales", "model.warehouse.fct_orders"),
    ]
    sound = {
        "unique_id": "test.warehouse.is_sound_fct_orders",
        "resource_type": "test",
        "name": "is_sound_fct_orders",
        "alias": "is_sound_fct_orders",
        "fqn": ["warehouse", "marts", "shop", "is_sound_fct_orders"],
        "attached_node": "model.warehouse.fct_orders",
        "depends_on": {"nodes": ["model.warehouse.fct_orders"]},
        "config": {"severity": "error"},
    }
    return DbtGraph.of(
        {
            "nodes": {node["unique_id"]: node for node in [*models, sound]},
            "sources": {
                source: {
                    "unique_id": source,
                    "source_name": "events",
                    "name": "events",
                    "schema": "raw_events",
                    "description": "Events.",
                },
                "source.warehouse.events._dlt_loads": {
                    "unique_id": "source.warehouse.events._dlt_loads",
                    "source_name": "events",
                    "name": "_dlt_loads",
                    "schema": "raw_events",
                },
            },
        }
    )


@dataclass
class Stage:
    """What the stand-ins do in the next run; a test changes it."""

    settings: Settings
    graph: DbtGraph
    orders: int = 2
    test_status: str = "pass"
    raw_status: Status = Status.passed
    raw_severity: Severity = Severity.critical
    kpi_status: Status = Status.passed
    crash: Exception | None = None
    seen: list[str] = field(default_factory=list)
    arguments: list[str] = field(default_factory=list)

    def load(
        self,
        vendor: str,
        settings: Settings,
        progress: Callable,
        *,
        read_all: bool = False,
        days: Days | None = None,
    ) -> LoadResult:
        """Stand in for dlt: write the raw table."""
        asked = f"load {days[0]}/{days[1]}" if days else "load"
        self.seen.append("load all" if read_all else asked)
        with duckdb.connect(str(settings.warehouse_path)) as connection:
            connection.execute(
                "create schema if not exists raw_events;"
                "create or replace table raw_events.events as select 'o' || i as "
                f"order_id, '{LOAD_ID}' as _dlt_load_id from range({self.orders}) t(i);"
                "create or replace table raw_events._dlt_loads as "
                f"select '{LOAD_ID}' as load_id, 0 as status"
            )
        counts = LoadedTable("events", self.orders, self.orders, 0, 0, 0, 0, 0.1)
        return LoadResult(vendor, LOAD_ID, [counts], 0.1)

    def check_raw(self, settings: Settings, vendors: list[str]) -> list[TableResult]:
        """Stand in for the suites on raw."""
        self.seen.append("check raw")
        if self.crash:
            raise self.crash
        found = ExpectationResult(
            "order_id must not be null",
            self.raw_status,
            self.raw_severity,
            unexpected_count=7,
            samples=("xx99",),
        )
        return [TableResult("raw_events", "events", self.orders, (found,))]

    def check_kpis(
        self, settings: Settings, only: set[str] | None = None
    ) -> list[TableResult]:
        """Stand in for the suites on KPIs."""
        self.seen.append("check kpis")
        found = ExpectationResult("plausible", self.kpi_status, Severity.warning)
        return [TableResult("kpis", "kpi_sales", 1, (found,))]

    def dbt(self, settings: Settings, arguments: list[str]) -> DbtOutcome:
        """Stand in for dbt: build the models, then report the test's status."""
        self.seen.append("dbt")
        self.arguments = arguments
        with duckdb.connect(str(settings.warehouse_path)) as connection:
            for schema in ("staging", "marts", "kpis"):
                connection.execute(f"create schema if not exists {schema}")
            connection.execute(
                "create or replace table staging.stg_events__orders as "
                "select order_id from raw_events.events;"
                "create or replace table marts.fct_orders as "
                "from staging.stg_events__orders;"
                "create or replace table kpis.kpi_sales as "
                "select count(*) as order_count from marts.fct_orders;"
                "comment on table kpis.kpi_sales is 'Sales, it''s one row.';"
                "comment on column kpis.kpi_sales.order_count is 'Orders.'"
            )
        results = []
        for unique_id, node in self.graph.nodes.items():
            is_test = node["resource_type"] == "test"
            results.append(
                SimpleNamespace(
                    node=SimpleNamespace(
                        **{"original_file_path": "", **node, "unique_id": unique_id}
                    ),
                    status=self.test_status if is_test else "success",
                    message="Got 3 results" if is_test else "OK",
                    failures=3 if is_test and self.test_status != "pass" else 0,
                    execution_time=0.1,
                )
            )
        return DbtOutcome(results, None)


@pytest.fixture
def stage(
    settings: Settings, graph: DbtGraph, monkeypatch: pytest.MonkeyPatch
) -> Stage:
    """Put the stand-ins in place and return what steers them."""
    found = Stage(settings, graph)
    monkeypatch.setattr("ingestion.load.load_vendor", found.load)
    monkeypatch.setattr(
        "ingestion.load.source_environment", lambda *_, **__: nullcontext()
    )
    monkeypatch.setattr("orchestration.extract_load.ensure_company", lambda: None)
    monkeypatch.setattr("expectations.runner.check_raw", found.check_raw)
    monkeypatch.setattr("expectations.runner.check_kpis", found.check_kpis)
    monkeypatch.setattr("orchestration.transform.run_dbt", found.dbt)
    # It would parse the real project, for models that are not of it.
    monkeypatch.setattr("orchestration.transform.dagster_lineage", lambda *_: {})
    return found


@pytest.fixture
def definitions(graph: DbtGraph, settings: Settings) -> dg.Definitions:
    """Return the definitions of the tiny deployment."""
    return build_definitions(["events"], graph)


@pytest.fixture
def instance(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dg.DagsterInstance]:
    """Return the persistent instance of the test's own warehouse."""
    monkeypatch.setenv("DAGSTER_HOME", str(prepare_home(settings)))
    with dg.DagsterInstance.get() as found:
        yield found


@pytest.fixture
def refresh(
    stage: Stage, definitions: dg.Definitions
) -> Callable[[], dg.ExecuteInProcessResult]:
    """Return a function that runs the job once."""

    def run() -> dg.ExecuteInProcessResult:
        job = definitions.get_job_def("refresh_warehouse")
        with dg.DagsterInstance.ephemeral() as instance:
            return job.execute_in_process(instance=instance, raise_on_error=False)

    return run


@pytest.fixture(scope="session")
def parsed_environment(
    small_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """Parse the real dbt project once; return the environment that finds it."""
    environment = {
        **small_environment,
        "DBT_TARGET_PATH": str(tmp_path_factory.mktemp("target")),
    }
    subprocess.run(
        [sys.executable, "-m", "orchestration", "prepare"],
        cwd=PROJECT_ROOT,
        env=environment,
        check=True,
    )
    return environment
