"""Objects of an API, from the bodies of its pages to the raw table, against plain dlt.

Both ways read the same page bodies from a file, so neither pays for HTTP. Ours is what
a load of HubSpot's contacts does: told apart, counted, typed, quarantined where a value
is none, reconciled. The other is what dlt's documentation shows: the parsed pages are
yielded, and dlt infers, flattens and loads them with its default loader.
"""

import random
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from tests.benchmarks.measure import Cost, Options, Table, cost_of, median

OBJECTS = 200_000
PER_PAGE = 100
LEAST_TIMES_DLT = 7
_THIS = ("-m", "tests.benchmarks.api_objects")
_START = datetime(2024, 11, 1, tzinfo=UTC)
_COUNTRIES = ("Germany", "Austria", "Iran", "Türkiye", "United Kingdom", "ایران")
_STAGES = ("subscriber", "lead", "marketingqualifiedlead", "opportunity", "customer")
_SOURCES = ("ORGANIC_SEARCH", "PAID_SEARCH", "EMAIL_MARKETING", "OFFLINE", "REFERRALS")
_NAMES = ("Lea", "Mina", "Öykü", "محمد", "Jürgen", "Zahra", "Emre", "Sarah", "Noah")


def run(options: Options) -> Table:
    """Measure each way `options.rounds` times, in turns."""
    pages = page_bodies(options.folder, OBJECTS)
    ways: dict[str, list[Cost]] = {}
    for _ in range(options.rounds):
        for name, measure in {
            "our connector": lambda: _cost(options, "ours", pages),
            "our connector, no objects": lambda: _cost(options, "ours", None),
            "dlt by default": lambda: _cost(options, "dlt", pages),
            "dlt by default, no objects": lambda: _cost(options, "dlt", None),
        }.items():
            ways.setdefault(name, []).append(measure())
    costs = {name: median(measured) for name, measured in ways.items()}
    ours, idle, default, default_idle = costs.values()
    per_object = (ours.cpu - idle.cpu) / OBJECTS
    default_per_object = (default.cpu - default_idle.cpu) / OBJECTS
    return Table(
        f"{OBJECTS:,} contacts, median of {options.rounds}",
        ["way", "CPU-s", "wall s", "peak GB", "x ours"],
        [
            [
                name,
                f"{cost.cpu:.2f}",
                f"{cost.wall:.1f}",
                f"{cost.peak_gb:.2f}",
                f"{cost.cpu / ours.cpu:.2f}",
            ]
            for name, cost in costs.items()
        ],
        [
            (
                f"dlt by default / our connector: {default.cpu / ours.cpu:.1f} "
                f"(promised: at least {LEAST_TIMES_DLT}); without their starts "
                f"{default_per_object / per_object:.1f} "
                f"({default_per_object * 1e6:.0f} µs an object against "
                f"{per_object * 1e6:.1f} µs)"
            )
        ],
    )


def _cost(options: Options, way: str, pages: Path | None) -> Cost:
    folder = options.folder / f"api_objects-{way}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    arguments = [*_THIS, way, str(folder), str(pages or "")]
    return cost_of(arguments, WAREHOUSE_DIR=str(folder), SOURCES="live")


def page_bodies(folder: Path, objects: int) -> Path:
    """Return a file with a page body per line; it is written the first time."""
    target = folder / f"contact-pages-{objects}.jsonl"
    if not target.exists():
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = target.with_suffix(".unfinished")
        rng = random.Random(7)
        with unfinished.open("wb") as stream:
            for first in range(1, objects + 1, PER_PAGE):
                contacts = [_contact(rng, n) for n in range(first, first + PER_PAGE)]
                paging = {"next": {"after": str(first + PER_PAGE), "link": "https://x"}}
                body = {"results": contacts, "paging": paging}
                stream.write(orjson.dumps(body) + b"\n")
        unfinished.rename(target)
    return target


def _contact(rng: random.Random, number: int) -> dict[str, Any]:
    """Return a contact as the list gives it: every value a text, empty ones null."""
    created = _START + timedelta(minutes=number * 3, milliseconds=rng.randrange(60_000))
    modified = _iso(created + timedelta(minutes=rng.randrange(100_000)))
    name = rng.choice(_NAMES)
    properties = {
        "email": f"{name.lower()}.{number}@example-{number % 900}.com",
        "firstname": name,
        "lastname": f"Muster-{number % 5_000}",
        "phone": f"+49 30 {number:07d}" if number % 3 else None,
        "country": rng.choice(_COUNTRIES),
        "lifecyclestage": rng.choice(_STAGES),
        "hs_lead_status": "OPEN" if number % 4 else None,
        "hs_analytics_source": rng.choice(_SOURCES),
        "hs_analytics_source_data_1": "google" if number % 2 else None,
        "hs_analytics_source_data_2": "autumn sale" if number % 7 == 0 else None,
        "date_of_birth": f"19{60 + number % 40}-0{1 + number % 9}-1{number % 9}",
        "hubspot_owner_id": str(41_629_779 + number % 20),
        "associatedcompanyid": str(9_000_000_000 + number % 40_000),
        "hs_merged_object_ids": None,
        "hs_calculated_merged_vids": None,
        "hs_email_optout": "true" if number % 11 == 0 else "false",
        "createdate": _iso(created),
        "lastmodifieddate": modified,
        # One in ten thousand is what somebody typed.
        **({"hs_email_optout": "yes please"} if number % 10_000 == 0 else {}),
        "hs_object_id": str(100_000_000 + number),
    }
    return {
        "id": str(100_000_000 + number),
        "properties": properties,
        "createdAt": _iso(created),
        "updatedAt": modified,
        "archived": False,
        "url": f"https://app.hubspot.com/contacts/1/record/0-1/{100_000_000 + number}",
    }


def _iso(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def _bodies(pages: str) -> Iterator[bytes]:
    if pages:
        with Path(pages).open("rb") as stream:
            yield from stream


def _load_ours(pages: str) -> None:
    import dlt

    from ingestion import load
    from ingestion.extraction import Extraction
    from ingestion.settings import Settings, load_settings
    from ingestion.sources._hubspot_objects import CrmObjects
    from ingestion.sources._hubspot_tables import CRM_OBJECTS, OBJECT_TABLES

    class Pages:
        """The portal's API as far as a first load of contacts asks it."""

        def pages(
            self, path: str, paginator: object, *, params: dict[str, Any]
        ) -> Iterator[list[Any]]:
            bodies = _bodies("" if "archived" in params else pages)
            yield from (orjson.loads(body)["results"] for body in bodies)

    class Contacts:
        """HubSpot's source with the contacts alone."""

        @staticmethod
        def source(settings: Settings) -> Any:
            @dlt.source(name="hubspot", max_table_nesting=0)
            def source() -> Any:
                one = Extraction("hubspot", settings, skip="", read_all=False)
                objects: Any = CrmObjects(Pages(), one)  # type: ignore[arg-type]
                crm = next(crm for crm in CRM_OBJECTS if crm.name == "contacts")
                rows = lambda: objects.records(crm)
                yield one.resource(OBJECT_TABLES["contacts"], rows)
                yield from one.closing_resources()

            return source()

    load.source_module = lambda vendor: Contacts  # type: ignore[assignment]
    result = load.load_vendor("hubspot", load_settings())
    assert not pages or (result.loaded, result.bad_values) == (
        OBJECTS,
        OBJECTS // 10**4,
    )


def _load_dicts(folder: str, pages: str) -> None:
    import dlt

    def contacts() -> Iterator[list[Any]]:
        yield from (orjson.loads(body)["results"] for body in _bodies(pages))

    pipeline = dlt.pipeline(
        "by_default",
        pipelines_dir=folder,
        destination=dlt.destinations.duckdb(f"{folder}/contacts.duckdb"),
        dataset_name="raw_hubspot",
    )
    # Appended, which is cheaper than the merge that a second load would need.
    pipeline.run(dlt.resource(contacts, name="contacts"))


if __name__ == "__main__":
    if sys.argv[1] == "dlt":
        _load_dicts(*sys.argv[2:])
    else:
        _load_ours(sys.argv[3])
