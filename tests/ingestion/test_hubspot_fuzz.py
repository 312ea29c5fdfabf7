"""Whatever HubSpot sends as a record is loaded, skipped or quarantined, and counted."""

from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.changes import Watermark
from ingestion.extraction import Extraction
from ingestion.settings import Settings
from ingestion.sources._hubspot_reading import ObjectReading
from ingestion.sources._hubspot_tables import CRM_OBJECTS, OBJECT_TABLES

DEALS = next(crm for crm in CRM_OBJECTS if crm.name == "deals")
TEXTS = st.sampled_from(
    [
        *("", "1", "1,200", "N/A", "true", "1e999", "9" * 60, "\x00", "\u202e\u0628"),
        *("2026-11-18T12:00:00Z", "1763629200000", "0000-00-00", "2026-02-30"),
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2)
    ),
    max_leaves=4,
)
RECORDS = VALUES | st.fixed_dictionaries(
    {"id": VALUES | st.sampled_from(["1", "2", 3])},
    optional={
        "properties": VALUES
        | st.dictionaries(st.sampled_from(sorted(DEALS.properties)), VALUES),
        "createdAt": VALUES,
        "updatedAt": VALUES | TEXTS,
        "archived": VALUES,
        "archivedAt": VALUES,
    },
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(RECORDS, max_size=8), st.lists(RECORDS, max_size=4))
def test_any_record_is_accounted_for(live, archived):
    """Else one malformed record stops the load, or slips out of the sum."""
    run = Settings(sources="live", as_of=datetime(2026, 11, 18, 20, tzinfo=UTC))
    extraction = Extraction("hubspot", run, skip="", read_all=False)
    state = {}
    mark = Watermark(state, run.as_of_at)
    reading = ObjectReading(extraction, DEALS, mark)
    rows = [*reading.live(live), *reading.archived(archived, {}, {})]
    mark.advance()
    table = OBJECT_TABLES["deals"]
    typed = table.batch(rows, extraction.counts)
    counts = extraction.table(table)
    assert counts.received == len(live) + len(archived)
    # dlt keeps one row of each id.
    loaded = len(set(typed["id"].to_pylist()))
    assert counts.received == (
        loaded + counts.duplicates + counts.quarantined + counts.skipped
    )
