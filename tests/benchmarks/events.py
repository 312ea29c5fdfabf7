"""Events from landed files to the typed raw table, against DuckDB alone and plain dlt.

The yardstick is what one would write with DuckDB and nothing else: the same explicit
columns, one `create table as select … from read_json`, no quarantine, no deduplication,
no products, no account, and half a table after a kill. Beside it stands the same with
the expressions that our load found quicker than `read_json`'s own.
"""

import shutil
import sys
from pathlib import Path

from tests.benchmarks.event_files import event_files
from tests.benchmarks.measure import Cost, Options, Table, cost_of, median

MOST_TIMES_DUCKDB = 1.35
LEAST_TIMES_DLT = 40
# dlt's default way takes most of a millisecond per row.
DEFAULT_ROWS = 20_000
_TEXTS = (
    "messageId",
    "type",
    "event",
    "userId",
    "anonymousId",
    "previousId",
    "groupId",
)
_TIMES = ("receivedAt", "sentAt", "originalTimestamp", "timestamp")
_PAGE = ("url", "path", "referrer", "title", "search")
_CAMPAIGN = ("name", "source", "medium", "term", "content")
_PROPERTIES = (
    *("order_id", "checkout_id", "cart_id", "payment_method", "coupon"),
    *("affiliation", "currency", "product_id", "sku", "country", "email"),
)
_AMOUNTS = ("subtotal", "revenue", "shipping", "tax", "discount", "total")


def run(options: Options) -> Table:
    """Measure each way `options.rounds` times, in turns."""
    files = event_files(options.folder, options.rows)
    sample = event_files(options.folder, DEFAULT_ROWS)
    ways: dict[str, list[Cost]] = {}
    for _ in range(options.rounds):
        for name, measure in {
            "DuckDB alone": lambda: _duckdb(options, files, "plain"),
            "DuckDB alone, our expressions": lambda: _duckdb(options, files, "ours"),
            "our load": lambda: _lane(options, files, is_new=True),
            "our load, nothing new": lambda: _lane(options, files, is_new=False),
            f"dlt by default, {DEFAULT_ROWS:,} rows": lambda: _default(options, sample),
            "dlt by default, no rows": lambda: _default(options, None),
        }.items():
            ways.setdefault(name, []).append(measure())
    costs = {name: median(measured) for name, measured in ways.items()}
    plain, ours, lane, nothing, default, idle = costs.values()
    yardstick = plain.cpu
    per_row = lane.cpu / options.rows
    default_per_row = (default.cpu - idle.cpu) / DEFAULT_ROWS
    rows = [
        [
            name,
            f"{cost.cpu:.2f}",
            f"{cost.wall:.1f}",
            f"{cost.peak_gb:.2f}",
            f"{cost.cpu / yardstick:.2f}",
        ]
        for name, cost in costs.items()
    ]
    return Table(
        f"{options.rows:,} events, median of {options.rounds}",
        ["way", "CPU-s", "wall s", "peak GB", "x DuckDB"],
        rows,
        [
            (
                f"our load / DuckDB alone: {lane.cpu / yardstick:.2f} "
                f"(promised: at most {MOST_TIMES_DUCKDB}); with our expressions, which "
                f"do less than the load: {lane.cpu / ours.cpu:.2f}"
            ),
            (
                f"dlt by default / our load, per row: {default_per_row / per_row:.0f} "
                f"({default_per_row * 1e6:.0f} µs without its start against "
                f"{per_row * 1e6:.1f} µs with; promised: at least {LEAST_TIMES_DLT})"
            ),
            f"fixed cost of a run with nothing new: {nothing.cpu:.2f} CPU-s",
        ],
    )


def _scratch(options: Options, name: str) -> Path:
    folder = options.folder / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _duckdb(options: Options, files: Path, spelling: str) -> Cost:
    target = _scratch(options, "duckdb") / "events.duckdb"
    return cost_of([*_THIS, spelling, str(target), str(files)])


def _lane(options: Options, files: Path, *, is_new: bool) -> Cost:
    folder = options.folder / "lane"
    if is_new:
        _scratch(options, "lane")
    return cost_of(
        ["-m", "ingestion", "events"],
        WAREHOUSE_DIR=str(folder),
        EVENTS_URL=str(files),
        SOURCES="live",
        VENDORS='{"shop": ["events"]}',
    )


def _default(options: Options, files: Path | None) -> Cost:
    folder = _scratch(options, "default")
    return cost_of([*_THIS, "dlt", str(folder), str(files or "")])


_THIS = ("-m", "tests.benchmarks.events")


def plain_select(files: list[str]) -> str:
    """Return the SELECT that somebody would write by hand for the same columns."""
    page = ", ".join(f"{name} VARCHAR" for name in _PAGE)
    campaign = ", ".join(f"{name} VARCHAR" for name in _CAMPAIGN)
    columns = {
        **dict.fromkeys((*_TEXTS, *_TIMES, "channel"), "VARCHAR"),
        "context": f"STRUCT(page STRUCT({page}), campaign STRUCT({campaign}), "
        "userAgent VARCHAR, locale VARCHAR, timezone VARCHAR, library STRUCT(name "
        "VARCHAR), traits STRUCT(address STRUCT(country VARCHAR)))",
        "properties": "JSON",
        "traits": "JSON",
    }
    declared = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
    structure = ", ".join(f'"{name}": "VARCHAR"' for name in (*_PROPERTIES, *_AMOUNTS))
    ids = ", ".join(
        f"CASE WHEN {name} NOT IN ('', 'null', 'undefined', '0') THEN {name} END "
        f"AS {name}"
        for name in _TEXTS[3:]
    )
    times = ", ".join(f"TRY_CAST({name} AS TIMESTAMPTZ) AS {name}" for name in _TIMES)
    return (
        f"SELECT messageId, type, event, {ids}, {', '.join(_TIMES)}, event_at, "
        "event_at NOT BETWEEN receivedAt - INTERVAL 30 DAY AND receivedAt + INTERVAL 5 "
        "MINUTE AS is_clock_clamped, CAST(receivedAt AS DATE) AS received_date, "
        f"{', '.join(f'context.page.{n} AS page_{n}' for n in _PAGE)}, "
        f"{', '.join(f'context.campaign.{n} AS campaign_{n}' for n in _CAMPAIGN)}, "
        "context.userAgent AS user_agent, context.locale AS locale, "
        "context.timezone AS timezone, channel, context.library.name AS library_name, "
        "coalesce(p.country, context.traits.address.country) AS country, "
        f"{', '.join(f'p.{n} AS {n}' for n in _PROPERTIES if n != 'country')}, "
        f"{', '.join(f'TRY_CAST(p.{n} AS DECIMAL(18,6)) AS {n}' for n in _AMOUNTS)}, "
        "p.products AS products, properties, traits, filename FROM (SELECT *, "
        "coalesce(receivedAt - (sentAt - originalTimestamp), timestamp) AS event_at "
        f"FROM (SELECT * REPLACE ({times}), "
        f'from_json(properties, \'{{{structure}, "products": "JSON"}}\') AS p '
        f"FROM read_json({files}, format='newline_delimited', filename=true, "
        f"columns={{{declared}}})))"
    )


def _create_table(spelling: str, target: str, folder: str) -> None:
    import duckdb

    from ingestion.sources._event_columns import EVENT_COLUMNS, READING

    files = sorted(str(path) for path in Path(folder).glob("*.gz"))
    select = plain_select(files)
    if spelling == "ours":
        lines = READING.select(files, {folder: ""})
        select = f"SELECT {', '.join(EVENT_COLUMNS)} FROM ({lines})"
    with duckdb.connect(target) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(f"CREATE TABLE events AS {select}")


def _load_dicts(folder: str, files: str) -> None:
    import gzip

    import dlt
    import orjson

    def events():
        for path in sorted(Path(files).glob("*.gz")) if files else []:
            with gzip.open(path) as stream:
                yield from map(orjson.loads, stream)

    pipeline = dlt.pipeline(
        "by_default",
        pipelines_dir=folder,
        destination=dlt.destinations.duckdb(f"{folder}/events.duckdb"),
        dataset_name="raw_events",
    )
    pipeline.run(dlt.resource(events, name="events"))


if __name__ == "__main__":
    if sys.argv[1] == "dlt":
        _load_dicts(*sys.argv[2:])
    else:
        _create_table(*sys.argv[1:])
