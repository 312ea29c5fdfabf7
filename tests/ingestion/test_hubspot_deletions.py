"""What HubSpot deleted for good is found when everything is listed, and only that."""

import pytest

from ingestion.load import LoadError

from .conftest import LONG_AGO, crm_object

NEW = "2026-11-18T12:00:00.000Z"
DEALS = "/crm/objects/2026-09/deals"


@pytest.fixture
def read_all(monkeypatch):
    """Return what makes the loads from then on read everything."""
    return lambda: monkeypatch.setenv("SOURCES__HUBSPOT__READ_ALL", "true")


def vanished(portal):
    """Return table and id of what is marked."""
    return portal.rows(
        "select table_name, record_id from vanished_records order by 1, 2"
    )


def test_a_live_record_that_was_purged_is_found_by_reading_all(portal, read_all):
    """Else a deal that was erased on demand stays in the pipeline for ever."""
    portal.write("deals", [crm_object(n) for n in (1, 2, 3)])
    portal.load()
    portal.write("deals", [crm_object(n) for n in (1, 3)])
    portal.load()
    assert vanished(portal) == []
    read_all()
    portal.load()
    assert vanished(portal) == [("deals", "2")]
    assert portal.rows("select id, archived from deals order by id") == [
        ("1", False),
        ("2", False),
        ("3", False),
    ]
    # Known by now, so it is neither asked for nor marked again.
    load = portal.load()
    assert {t.table: t.received for t in load.tables}["vanished_records"] == 0


def test_a_record_that_a_list_left_out_is_asked_for_before_it_counts_as_gone(
    portal, read_all
):
    """Else one page that was short deletes a live deal."""
    portal.write("deals", [crm_object(n) for n in range(1, 6)])
    portal.load()
    read_all()
    portal.write(
        "deals", [crm_object(n, amount="2", modified=NEW) for n in (1, 2, 4, 5)]
    )
    portal.faults = f'missing_rows = {{ path = "{DEALS}", count = 1, rows = 2 }}'
    portal.load()
    assert vanished(portal) == [("deals", "3")]
    assert portal.rows("select id from deals where amount = 2 order by id") == [
        ("1",),
        ("2",),
        ("4",),
        ("5",),
    ]


def test_records_that_were_merged_are_gone_and_do_not_stop_the_load(portal, read_all):
    """Else two contacts in one survivor look like an answer that is short."""
    portal.write("contacts", [crm_object(n) for n in (1, 2, 4)])
    portal.load()
    survivor = crm_object(
        3, hs_merged_object_ids="1;2", hs_calculated_merged_vids="1:17;2:18"
    )
    portal.write("contacts", [survivor, crm_object(4)])
    read_all()
    portal.load()
    assert vanished(portal) == [("contacts", "1"), ("contacts", "2")]
    assert portal.rows("select hs_merged_object_ids from contacts where id = '3'") == [
        ("1;2",)
    ]


def test_what_left_the_recycle_bin_is_archived_and_raises_no_doubt(portal, read_all):
    """Else a portal that was tidied up once is taken for a lost permission."""
    kept = [crm_object(n) for n in range(10)]
    portal.write(
        "deals",
        [
            *kept,
            *(crm_object(n, archived=True, archivedAt=LONG_AGO) for n in range(10, 60)),
        ],
    )
    portal.load()
    portal.write("deals", kept)
    read_all()
    portal.load()
    assert vanished(portal) == []
    assert portal.rows("select count(*) from deals where archived") == [(50,)]


def test_a_restored_and_a_returned_record_are_alive(portal, read_all):
    """Else what was missing for one night is missing for good."""
    portal.write("deals", [crm_object(1), crm_object(2)])
    portal.load()
    read_all()
    portal.write("deals", [crm_object(1)])
    portal.load()
    portal.write("deals", [crm_object(1), crm_object(2)])
    portal.load()
    assert portal.rows(
        "select deals._dlt_load_id > gone._dlt_load_id from deals "
        "join vanished_records as gone on gone.record_id = id"
    ) == [(True,)]


def test_a_scope_that_was_lost_deletes_nothing(portal, read_all):
    """Else whoever takes away a permission empties the pipeline."""
    portal.write("deals", [crm_object(1), crm_object(2)])
    portal.load()
    read_all()
    portal.faults = f'missing_scope = {{ path = "{DEALS}", after = 1 }}'
    with pytest.raises(LoadError, match="deals was not loaded"):
        portal.load()
    assert vanished(portal) == []
