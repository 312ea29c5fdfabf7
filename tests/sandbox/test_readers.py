"""Readers of the generated company: every case that the content KPIs tell apart."""

import gzip
from collections import Counter, defaultdict

import orjson
import pytest

from ingestion.sandbox.generator import events as event_archive
from ingestion.sandbox.generator.company import SIZES
from ingestion.sandbox.generator.founding import found_company


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> list[dict]:
    """Return the events that name a page view, and the pages of articles."""
    folder = tmp_path_factory.mktemp("readers")
    event_archive.write(found_company(7, SIZES["small"]), folder)
    found = {}
    for path in sorted(folder.rglob("*.jsonl.gz")):
        for line in gzip.decompress(path.read_bytes()).splitlines():
            if b"/blog/" in line or b"letters." in line:
                event = orjson.loads(line)
                found[event["messageId"]] = event
    return list(found.values())


@pytest.fixture(scope="module")
def views(events: list[dict]) -> list[dict]:
    """Return the pages."""
    return [event for event in events if event["type"] == "page"]


@pytest.fixture(scope="module")
def pings(events: list[dict]) -> dict[str, list[dict]]:
    """Return the properties of heartbeats by view."""
    found = defaultdict(list)
    for event in events:
        if event.get("event") == "Page Pinged":
            found[event["properties"]["page_view_id"]].append(event["properties"])
    return found


def test_views_are_measured_or_not(views: list[dict], pings: dict) -> None:
    """A view without a script, and one that was left at once, are not the same."""
    measured = [view["properties"].get("page_view_id") for view in views]
    assert None in measured
    assert any(one and one not in pings for one in measured)
    assert len(pings) > 100


def test_pages_fit_the_screen_and_grow(pings: dict) -> None:
    """Depth would be 1 for both, and say nothing."""
    heights = [{ping["document_height"] for ping in found} for found in pings.values()]
    assert any(len(found) == 2 for found in heights)
    assert any(
        ping["document_height"] <= ping["viewport_height"]
        for found in pings.values()
        for ping in found
    )


def test_a_renamed_article_was_read_under_both_addresses(views: list[dict]) -> None:
    """Its readers before would be lost, and only some pages say which article it is."""
    former = [view for view in views if view["properties"]["path"] == "/blog/bester-tee"]  # fmt: skip
    assert {"article_id" in view["properties"] for view in former} == {True, False}
    assert any("der-beste-tee" in view["properties"]["path"] for view in views)


def test_the_persian_article_is_linked_in_two_ways(views: list[dict]) -> None:
    """An encoded address and a plain one are one article."""
    paths = {view["properties"]["path"] for view in views}
    assert "/blog/راهنمای-زعفران" in paths
    assert any(path.startswith("/blog/%D8%B1") and path.endswith("/") for path in paths)


def test_sections_belong_to_a_layout(events: list[dict]) -> None:
    """The second layout has a section that the first one does not know."""
    seen = Counter(
        (event["properties"]["layout_version"], event["properties"]["section_id"])
        for event in events
        if event.get("event") == "Section Viewed"
    )
    assert seen["2", "related"] > 0
    assert seen["1", "section-1"] > 0
    assert ("1", "related") not in seen


def test_machines_read_and_readers_subscribe(events: list[dict]) -> None:
    """Machines run the script as well; a device is known once its reader subscribed."""
    agents = {
        event["context"]["userAgent"]
        for event in events
        if event.get("event") == "Page Pinged"
    }
    assert any("bot" in agent.lower() for agent in agents)
    subscribed = {event["anonymousId"] for event in events if event["type"] == "identify"}  # fmt: skip
    readers = {event["anonymousId"] for event in events if event["type"] == "page"}
    assert len(subscribed & readers) >= 10
