"""Events through visits, funnel, attribution and cohorts, whole and by loads.

dbt runs the models in one process; its parse is not counted. DuckDB has 1 GB.
"""

import shutil

import duckdb

from tests.benchmarks.event_tables import AS_OF
from tests.benchmarks.measure import Cost, Options, Table, cost_of
from tests.dbt.warehouses import only

MOST_TIMES_BY_HAND = 1.3
MOST_OF_A_WHOLE_BUILD = 0.15
COMPARED = ("intermediate.int_sessions", "marts.fct_sessions", "kpis.kpi_shop_funnel")


def run(options: Options) -> Table:
    """Build from nothing, add 1 %, build again, and compare with a whole build."""
    folder = options.folder / "sessions"
    shutil.rmtree(folder, ignore_errors=True)
    environment = {
        "WAREHOUSE_DIR": str(folder),
        "SANDBOX_SIZE": "small",
        "SOURCES": "sandbox",
        "VENDORS": only("shop", "events"),
        "AS_OF": f"{AS_OF}Z",
    }

    def step(*arguments: str) -> Cost:
        worker = ["-m", "tests.benchmarks.sessions_worker", *arguments]
        return cost_of(worker, **environment)

    cost_of(["-m", "orchestration", "run"], **environment)
    step("prepare", str(options.rows))
    step("whole")
    step("load")
    delta = step("build")
    warehouse = folder / "warehouse.duckdb"
    with duckdb.connect(warehouse) as connection:
        connection.execute("drop schema if exists by_loads cascade")
        connection.execute("create schema by_loads")
        for table in COMPARED:
            name = table.split(".")[1]
            connection.execute(f"create table by_loads.{name} as from {table}")
    whole = step("whole")
    with duckdb.connect(warehouse) as connection:
        differing = sum(_differing(connection, table) for table in COMPARED)
    visits, by_hand = step("visits"), step("hand")
    return Table(
        f"{options.rows:,} events with 1 GB of memory",
        ["run", "CPU-s", "wall s", "peak GB", "ratio"],
        [
            _row("every model, whole", whole, whole),
            _row("every model, 1 % more events", delta, whole),
            _row("visits by hand", by_hand, by_hand),
            _row("visits, the model", visits, by_hand),
        ],
        [
            f"promised for 1 %: at most {MOST_OF_A_WHOLE_BUILD}",
            f"promised beside the query by hand: at most {MOST_TIMES_BY_HAND}",
            f"{differing} rows differ between the build by loads and the whole build",
        ],
    )


def _cpu(cost: Cost) -> float:
    """Return what the step itself says: without Python's start and dbt's parse."""
    return float(cost.output.rpartition("cost=")[2].split()[0])


def _row(name: str, cost: Cost, whole: Cost) -> list[str]:
    ratio = _cpu(cost) / _cpu(whole)
    wall, peak = f"{cost.wall:.0f}", f"{cost.peak_gb:.2f}"
    return [name, f"{_cpu(cost):.1f}", wall, peak, f"{ratio:.2f}"]


def _differing(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    copy = f"by_loads.{table.split('.')[1]}"
    found = connection.execute(
        f"select count(*) from ((from {table} except all from {copy}) union all "
        f"(from {copy} except all from {table}))"
    ).fetchall()
    return found[0][0]
