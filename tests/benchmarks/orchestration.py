"""What Dagster costs over the bare steps, and what news cost against a whole run.

All of it on one warehouse: built once without the last hundredth of the event files,
then run without news, then with those files landed, then whole as of a later minute,
through Dagster and without it.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from ingestion.settings import Settings
from orchestration.manifest import DBT, dbt_environment
from orchestration.schedules import SENSOR_SECONDS
from tests.benchmarks.measure import Cost, Options, Table, cost_of

DELTA_SHARE = 0.01
MOST_START = 15
MOST_WITHOUT_NEWS = 0.05
MOST_WITH_DELTA = 0.15
MOST_OVER_BARE = 15
MOST_TIMES_DBT = 1.4
MOST_SECONDS = 120
# How long Dagster's daemon lets a run wait before it looks at the queue.
QUEUE_SECONDS = 5
# What a light run pays before it looks at any data: its imports, those of the checks
# and the start of dbt included, and the start of the sandbox in a live vendor's place.
START = """
import orchestration.definitions, orchestration.headline, orchestration.run
import ingestion.load, ingestion.sources.events
import dlt.destinations, dlt.destinations.impl.duckdb.duck, dlt.pipeline.pipeline
import pandas  # DuckDB imports it where a parameter is bound
"""
START_OF_BUILD = (
    START
    + """
import expectations.runner, expectations.engine
expectations.runner.kpi_suites()
from ingestion.settings import load_settings
from orchestration.transform import run_dbt
run_dbt(load_settings(), ["ls", "--select", "dim_dates", "--quiet"])
"""
)
# The nightly run's work, step by step, without a run of Dagster around it.
BARE = """
from expectations.runner import check_kpis, check_raw
from ingestion.load import load_all
from ingestion.settings import load_settings
from orchestration import audit
from orchestration.graph import DbtGraph
from orchestration.manifest import ensure_manifest, read_manifest
from orchestration.predict import run_prediction
from orchestration.publish import publish
from orchestration.transform import ARGUMENTS, halves, run_dbt
settings = load_settings()
ensure_manifest(settings)
graph = DbtGraph.of(read_manifest(settings))
load_all(settings)
assert not any(result.is_blocking for result in check_raw(settings))
first, *rest = halves(graph)
assert run_dbt(settings, [*ARGUMENTS, *first.selection]).is_success
for module in graph.predicted():
    run_prediction(settings, graph, module)
for half in rest:
    assert run_dbt(settings, [*ARGUMENTS, *half.selection]).is_success
check_kpis(settings)
audit.note(settings, raw="bench", built="bench")
publish(settings, "bench")
"""
DBT_THROUGH_DAGSTER = """
import warnings
warnings.simplefilter("ignore")
import dagster as dg
from ingestion.settings import load_settings
from orchestration.event_store import quicken
from orchestration.graph import DbtGraph
from orchestration.instance import prepare_home
from orchestration.manifest import applied, dbt_environment, read_manifest
from orchestration.schedules import JOB
quicken()
settings = load_settings()
with applied(dbt_environment(settings)):
    prepare_home(settings)
    from orchestration.definitions import definitions
    graph = DbtGraph.of(read_manifest(settings))
    with dg.DagsterInstance.get() as instance:
        done = definitions.get_job_def(JOB).execute_in_process(
            instance=instance,
            asset_selection=[graph.key(each) for each in graph.built()],
            raise_on_error=False,
        )
    assert done.success
"""
DBT_BUILD = ("build", "--exclude-resource-type", "unit_test", "--quiet")


def run(options: Options) -> Table:
    """Measure at the size; generating the company is not counted."""
    folder = options.folder / f"orchestration-{options.size}"
    shutil.rmtree(folder, ignore_errors=True)
    environment = {
        "WAREHOUSE_DIR": str(folder),
        "SANDBOX_SIZE": options.size,
        "SOURCES": "sandbox",
    }
    cost_of(["-m", "ingestion.sandbox", "generate"], **environment)
    command = ["-m", "orchestration"]
    with _held_back(next((folder / "sandbox").iterdir()) / "events", folder) as share:
        whole = cost_of([*command, "run"], **environment)
        without_news = cost_of([*command, "events"], **environment)
    delta = cost_of([*command, "events"], **environment)
    start = cost_of(["-c", START], **environment)
    start_of_build = cost_of(["-c", START_OF_BUILD], **environment)

    later = {**environment, "AS_OF": _minutes_later(environment, 1)}
    nightly = cost_of([*command, "run"], **later)
    bare = cost_of(["-c", BARE], **{**environment, "AS_OF": _minutes_later(later, 1)})
    dagster = cost_of(["-c", "import dagster"])
    alone = cost_of([*DBT[1:], *DBT_BUILD], **_environment_of_dbt(later))
    through = cost_of(["-c", DBT_THROUGH_DAGSTER], **later)

    news_share = (without_news.cpu - start.cpu) / whole.cpu
    delta_share = (delta.cpu - start_of_build.cpu) / whole.cpu
    over_bare = nightly.cpu - bare.cpu + dagster.cpu
    seconds = SENSOR_SECONDS + QUEUE_SECONDS + delta.wall
    return Table(
        f"Runs at size {options.size}, all vendors",
        ["run", "CPU-s", "wall s", "peak GB", "share of the first"],
        [
            _row("first run, everything", whole, whole),
            _row("event files: no news", without_news, whole),
            _row("  of it: processes and imports", start, whole),
            _row(f"event files: {share:.1%} more", delta, whole),
            _row("  of it: processes, imports, dbt's start", start_of_build, whole),
            _row("nightly run, all built", nightly, whole),
            _row("the same steps without Dagster", bare, whole),
            _row("dbt alone", alone, whole),
            _row("dbt through Dagster", through, whole),
        ],
        [
            (
                f"no news, beyond the start: {news_share:.1%} "
                f"(promised: at most {MOST_WITHOUT_NEWS:.0%})"
            ),
            (
                f"{share:.1%} more events, beyond the start: {delta_share:.1%} "
                f"(promised: at most {MOST_WITH_DELTA:.0%})"
            ),
            (
                f"from landing to the published KPIs: {seconds:.0f} s at most, "
                f"{SENSOR_SECONDS + QUEUE_SECONDS} of them until the run starts "
                f"(promised: {MOST_SECONDS})"
            ),
            (
                f"the start: {start.cpu:.1f} and {start_of_build.cpu:.1f} CPU-s "
                f"(promised: at most {MOST_START})"
            ),
            (
                f"Dagster over the bare steps, its import included: {over_bare:.1f} "
                f"CPU-s (promised: at most {MOST_OVER_BARE})"
            ),
            (
                f"dbt through Dagster / dbt alone: {through.cpu / alone.cpu:.2f} "
                f"(promised: at most {MOST_TIMES_DBT})"
            ),
        ],
    )


@contextmanager
def _held_back(events: Path, folder: Path) -> Iterator[float]:
    """Let the newest event files land after the block; give their share of bytes."""
    aside = folder / "not_landed"
    aside.mkdir()
    files = sorted(path for path in events.rglob("*") if path.is_file())
    size = sum(path.stat().st_size for path in files)
    held, taken = {}, 0
    while taken < DELTA_SHARE * size:
        path = files.pop()
        held[path] = aside / str(len(held))
        taken += path.stat().st_size
    for path, place in held.items():
        shutil.move(path, place)
    yield taken / size
    for path, place in held.items():
        shutil.move(place, path)


def _settings(environment: dict[str, str]) -> Settings:
    return Settings(**{name.lower(): value for name, value in environment.items()})


def _minutes_later(environment: dict[str, str], minutes: int) -> str:
    as_of = _settings(environment).as_of_at + timedelta(minutes=minutes)
    return as_of.isoformat()


def _environment_of_dbt(environment: dict[str, str]) -> dict[str, str]:
    return dbt_environment(_settings(environment))


def _row(name: str, cost: Cost, whole: Cost) -> list[str]:
    share = f"{cost.cpu / whole.cpu:.3f}"
    return [name, f"{cost.cpu:.1f}", f"{cost.wall:.0f}", f"{cost.peak_gb:.2f}", share]
