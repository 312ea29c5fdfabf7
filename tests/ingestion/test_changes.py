"""What a source remembers makes the next load ask for changes only, and miss none."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion import changes
from ingestion.changes import MOST_REMEMBERED, Fingerprints, Watermark

NOW = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)


def read(state: dict[str, Any], records: dict[str, str], now: datetime = NOW) -> None:
    """Play one load that sees these records."""
    mark = Watermark(state, now)
    for record_id, modified in records.items():
        mark.saw(record_id, modified)
    mark.advance()


def test_the_next_load_asks_from_five_minutes_before_the_newest_change():
    """Else a change that the search index showed late is never read."""
    state: dict[str, Any] = {}
    read(state, {"1": "2026-11-18T12:00:00Z", "2": "2026-11-01T00:00:00Z"})
    assert Watermark(state, NOW).lower_bound == datetime(
        2026, 11, 18, 11, 55, tzinfo=UTC
    )


def test_the_mark_stops_a_minute_before_now():
    """Else what changes while we read is passed over."""
    state: dict[str, Any] = {}
    read(state, {"1": "2026-11-18T20:30:00Z"})
    assert Watermark(state, NOW).lower_bound == datetime(
        2026, 11, 18, 19, 54, tzinfo=UTC
    )


def test_the_mark_never_moves_back():
    """Else a run with an old clock makes the next one read years again."""
    state: dict[str, Any] = {}
    read(state, {"1": "2026-11-18T12:00:00Z"})
    read(state, {"2": "2026-10-01T00:00:00Z"}, now=datetime(2026, 10, 1, tzinfo=UTC))
    assert Watermark(state, NOW).lower_bound == datetime(
        2026, 11, 18, 11, 55, tzinfo=UTC
    )


def test_a_version_in_the_overlap_is_known_and_a_newer_one_is_not():
    """Else every load writes the overlap's rows again, or misses an edit in it."""
    state: dict[str, Any] = {}
    read(state, {"1": "2026-11-18T12:00:00Z", "2": "2026-11-18T11:54:59Z"})
    mark = Watermark(state, NOW)
    assert mark.is_known("1", "2026-11-18T12:00:00Z")
    assert not mark.is_known("1", "2026-11-18T12:00:01Z")
    assert not mark.is_known("2", "2026-11-18T11:54:59Z")


def test_a_load_that_sees_nothing_new_keeps_what_it_knew():
    """Else the load after a quiet one writes rows that did not change."""
    state: dict[str, Any] = {}
    read(state, {"1": "2026-11-18T12:00:00Z"})
    read(state, {"1": "2026-11-18T12:00:00Z"})
    assert Watermark(state, NOW).is_known("1", "2026-11-18T12:00:00Z")


def test_a_bulk_edit_is_read_again_rather_than_remembered():
    """Else one import of a million rows with one date fills the state."""
    state: dict[str, Any] = {}
    stamp = "2026-11-18T12:00:00Z"
    read(state, {str(n): stamp for n in range(3 * MOST_REMEMBERED)})
    assert state["recent"] == {}
    assert Watermark(state, NOW).lower_bound == datetime(
        2026, 11, 18, 11, 55, tzinfo=UTC
    )


def test_without_any_record_everything_is_asked_for_again():
    """Else an empty first answer hides all records older than the run."""
    state: dict[str, Any] = {}
    read(state, {})
    assert Watermark(state, NOW).lower_bound is None


def test_reading_all_keeps_the_mark():
    """Else a weekly full read makes the next daily one read everything too."""
    state: dict[str, Any] = {}
    read(state, {"1": "2026-11-18T12:00:00Z"})
    mark = Watermark(state, NOW, read_all=True)
    assert mark.lower_bound is None
    assert not mark.is_known("1", "2026-11-18T12:00:00Z")
    mark.advance()
    assert Watermark(state, NOW).lower_bound is not None


def test_a_record_that_returns_to_an_earlier_content_is_a_new_version():
    """Else an owner who goes back to the first team stays in the second for ever."""
    known = Fingerprints({})
    first = known.version("1", {"team": "A"})
    second = known.version("1", {"team": "B"})
    third = known.version("1", {"team": "A"})
    assert known.version("1", {"team": "A"}) is None
    assert len({first, second, third}) == 3


def test_a_fingerprint_ignores_the_order_of_fields():
    """Else a server that shuffles its JSON has every row loaded every day."""
    known = Fingerprints({})
    assert known.changed("1", {"a": 1, "b": 2})
    assert not known.changed("1", {"b": 2, "a": 1})
    assert known.changed("1", {"a": 1, "b": 3})


def clocks(first: datetime, last: datetime) -> st.SearchStrategy[str]:
    """Return instants in the spelling of most vendors, and in some others."""
    return st.builds(
        lambda instant, form: form(instant),
        st.datetimes(first.replace(tzinfo=None), last.replace(tzinfo=None)),
        st.sampled_from(
            [
                lambda at: f"{at.isoformat(timespec='milliseconds')}Z",
                lambda at: f"{at.isoformat(timespec='milliseconds')}Z".replace(
                    ".", ","
                ),
                lambda at: f"{at.isoformat(timespec='seconds')}Z",
                lambda at: f"{at.isoformat(timespec='microseconds')}+00:00",
                lambda at: f"{at.isoformat(timespec='milliseconds')[:-1]}xZ",
            ]
        ),
    )


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcd"),
            st.none()
            | st.just("nonsense")
            | clocks(NOW - timedelta(minutes=10), NOW + timedelta(minutes=5))
            | clocks(datetime(1999, 1, 1, tzinfo=UTC), NOW),
        ),
        max_size=12,
    )
)
def test_comparing_texts_is_comparing_instants(records):
    """Else the quick way of an ordinary record moves the mark past a change."""
    states: list[dict[str, Any]] = [{}, {}]
    for state in states:
        with pytest.MonkeyPatch.context() as patched:
            if state is states[1]:
                patched.setattr(changes, "is_utc_text", lambda text: False)
            for _ in range(2):
                mark = Watermark(state, NOW)
                for record_id, modified in records:
                    mark.saw(record_id, modified)
                mark.advance()
    assert states[0] == states[1]
