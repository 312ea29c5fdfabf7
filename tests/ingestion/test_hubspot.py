"""A HubSpot portal in the warehouse: first load, changes, archive, history."""

from decimal import Decimal

import pytest

from ingestion.load import LoadError

from .conftest import LONG_AGO, associated, crm_object

NEW = "2026-11-18T12:00:00.000Z"
TABLES = [
    "account_info",
    "associations",
    "calls",
    "companies",
    "contacts",
    "deal_property_history",
    "deals",
    "emails",
    "exchange_rates",
    "goal_targets",
    "line_items",
    "load_reconciliation",
    "marketing_emails",
    "marketing_event_participations",
    "marketing_events",
    "meetings",
    "owners",
    "pipeline_stages",
    "pipelines",
    "products",
    "properties",
    "quarantine",
    "tasks",
    "teams",
]


def results(load):
    """Return the load's tables by name."""
    return {table.table: table for table in load.tables}


def test_an_empty_portal_makes_every_table(portal):
    """Else dbt fails on a portal that has no calls yet: relation does not exist."""
    portal.load()
    names = portal.rows("select table_name from duckdb_tables() order by table_name")
    made = {name for (name,) in names if portal.rows(f"describe {name}")}
    assert set(TABLES) <= made
    assert portal.rows("select count(*) from deals") == [(0,)]


def test_columns_have_their_declared_types(portal):
    """Else money is floating point, or instants lose their zone."""
    portal.load()
    types = dict(
        portal.rows(
            "select column_name, data_type from duckdb_columns() where "
            "database_name = current_database() and table_name = 'deals'"
        )
    )
    assert types["amount"] == "DECIMAL(38,9)"
    assert types["closedate"] == types["archived_at"] == "TIMESTAMP WITH TIME ZONE"
    assert types["hs_is_closed_won"] == types["archived"] == "BOOLEAN"
    assert types["hs_deal_stage_probability"] == "DOUBLE"
    assert types["id"] == types["_dlt_load_id"] == "VARCHAR"


def test_values_arrive_exactly(portal):
    """Else a cent is lost between HubSpot and the warehouse."""
    portal.write(
        "deals",
        [
            crm_object(1, amount="0.10", dealname="Käse & پنیر", hs_is_closed="true"),
            crm_object(2, amount="12345678901234567890123456789.123456789"),
            crm_object(3, amount="", dealname="", closedate="1572480000000"),
        ],
    )
    portal.load()
    assert portal.rows(
        "select id, amount, dealname, hs_is_closed, closedate::varchar "
        "from deals order by id"
    ) == [
        ("1", Decimal("0.10"), "Käse & پنیر", True, None),
        ("2", Decimal("12345678901234567890123456789.123456789"), None, None, None),
        ("3", None, None, None, "2019-10-31 00:00:00+00"),
    ]


def test_a_bad_value_is_null_and_in_quarantine_with_its_reason(portal):
    """Else "N/A" in an amount stops the load, or becomes zero."""
    portal.write("deals", [crm_object(7, amount="1,200", dealname="kept")])
    load = portal.load()
    assert portal.rows("select id, amount, dealname from deals") == [
        ("7", None, "kept")
    ]
    assert portal.rows(
        "select table_name, record_id, field_name, reason, raw_value from quarantine"
    ) == [("deals", "7", "amount", "not a number", "1,200")]
    assert (results(load)["deals"].bad_values, load.quarantined) == (1, 0)


def test_a_second_load_brings_only_what_changed(portal):
    """Else each run writes the whole portal again, or misses the change."""
    deals = [crm_object(n, amount="1") for n in range(1, 6)]
    portal.write("deals", deals)
    portal.load()
    deals[2] = crm_object(3, amount="2", modified=NEW)
    portal.write("deals", [*deals, crm_object(6, amount="9", modified=NEW)])
    load = portal.load()
    assert results(load)["deals"].loaded == 2
    assert portal.rows(
        "select id, amount::int from deals where amount <> 1 order by id"
    ) == [("3", 2), ("6", 9)]
    assert portal.rows("select count(*) from deals") == [(6,)]


def test_a_load_without_changes_is_cheap_and_brings_nothing(portal):
    """Else an hourly schedule costs as much as a daily one."""
    portal.write("contacts", [crm_object(n, email="a@b.example") for n in range(300)])
    portal.write("owners", [owner()])
    portal.load()
    load = portal.load()
    assert load.loaded == 0
    # Search and archive of 10 objects, 2 × 10 property lists, 9 small collections.
    assert len(portal.server.paths) <= 50
    assert not any("batch/read" in path for path in portal.server.paths)


def test_an_archived_record_is_marked_and_a_restored_one_is_live_again(portal):
    """Else deleted deals stay in the pipeline, or restored ones stay out of it."""
    portal.write("deals", [crm_object(1), crm_object(2)])
    portal.load()
    portal.write("deals", [crm_object(1), crm_object(2, archived=True, archivedAt=NEW)])
    portal.load()
    query = "select id, archived, archived_at::varchar from deals order by id"
    assert portal.rows(query) == [
        ("1", False, None),
        ("2", True, "2026-11-18 12:00:00+00"),
    ]
    # HubSpot does not touch the modification date when it restores.
    portal.write("deals", [crm_object(1), crm_object(2)])
    portal.load()
    assert portal.rows(query) == [("1", False, None), ("2", False, None)]


def test_a_purged_record_stays_archived(portal):
    """Else what left the recycle bin after 90 days comes back to life."""
    portal.write("deals", [crm_object(1, archived=True, archivedAt=NEW)])
    portal.load()
    portal.write("deals", [])
    portal.load()
    assert portal.rows("select id, archived from deals") == [("1", True)]


def test_a_merge_leaves_old_rows_and_names_them_in_the_survivor(portal):
    """Else facts that point to the merged contact lose it."""
    portal.write("contacts", [crm_object(1), crm_object(2)])
    portal.load()
    survivor = crm_object(3, hs_merged_object_ids="1;2", modified=NEW)
    portal.write("contacts", [survivor])
    portal.load()
    assert portal.rows("select id, hs_merged_object_ids from contacts order by id") == [
        ("1", None),
        ("2", None),
        ("3", "1;2"),
    ]


def test_history_grows_and_never_repeats(portal):
    """Else stage changes are lost after HubSpot's twenty versions, or count twice."""

    def deal(*stages, modified):
        versions = [
            {
                "value": stage,
                "timestamp": f"2026-0{month}-01T00:00:00.000Z",
                "sourceType": "CRM_UI",
                "sourceId": "userId:1",
            }
            for month, stage in stages
        ]
        history = {"dealstage": versions[::-1]}
        return crm_object(5, modified=modified, propertiesWithHistory=history)

    portal.write("deals", [deal((1, "a"), (2, ""), modified=LONG_AGO)])
    portal.load()
    portal.write("deals", [deal((2, ""), (3, "c"), modified=NEW)])
    load = portal.load()
    assert portal.rows(
        "select deal_id, property, value, changed_at::varchar, source_type, source_id "
        "from deal_property_history order by changed_at"
    ) == [
        ("5", "dealstage", "a", "2026-01-01 00:00:00+00", "CRM_UI", "userId:1"),
        ("5", "dealstage", "", "2026-02-01 00:00:00+00", "CRM_UI", "userId:1"),
        ("5", "dealstage", "c", "2026-03-01 00:00:00+00", "CRM_UI", "userId:1"),
    ]
    history = results(load)["deal_property_history"]
    assert (history.received, history.loaded, history.duplicates) == (2, 2, 0)


def test_the_set_of_associations_is_replaced_and_may_become_empty(portal):
    """Else a deal keeps the company that was taken off it."""
    portal.write("deals", [crm_object(1), crm_object(2)])
    pairs = "associations_deals_companies"
    portal.write(pairs, [associated(1, 10, 11), associated(2, 12)])
    portal.load()
    portal.write("deals", [crm_object(1, modified=NEW), crm_object(2, modified=NEW)])
    portal.write(pairs, [associated(1, 11, 13)])
    portal.load()
    assert portal.rows(
        "select from_id, to_id, type_id from associations "
        "where from_type = 'deals' and to_type = 'companies' order by all"
    ) == [("1", "11", 3), ("1", "13", 3), ("2", "", 0)]


def owner(**more):
    """Return an owner in one team."""
    return {
        "id": "41629779",
        "email": "lea@zafran.example",
        "type": "PERSON",
        "firstName": "Lea",
        "lastName": "Öz",
        "userId": 9586504,
        "userIdIncludingInactive": 9586504,
        "createdAt": LONG_AGO,
        "updatedAt": LONG_AGO,
        "archived": False,
        "teams": [{"id": "1", "name": "DACH Sales", "primary": True}],
        **more,
    }


def test_every_version_of_an_owner_is_kept_once(portal):
    """Else last year's deals move to the team that the rep joined yesterday."""
    moved = [{"id": "2", "name": "Iran Sales", "primary": True}]
    for version in (owner(), owner(), owner(teams=moved), owner()):
        portal.write("owners", [version])
        portal.load()
    assert portal.rows(
        "select teams->>'$[0].name', user_id from owners order by _dlt_load_id"
    ) == [
        ("DACH Sales", "9586504"),
        ("Iran Sales", "9586504"),
        ("DACH Sales", "9586504"),
    ]
    assert portal.rows("select count(distinct row_hash) from owners") == [(3,)]


def test_small_collections_arrive_with_their_nested_values(portal):
    """Else stages lose whether they are won, or rates their digits."""
    stage = {
        "id": "won",
        "label": "Won",
        "displayOrder": 5,
        "metadata": {"isClosed": "true", "probability": "1.0"},
        "archived": False,
        "createdAt": "1970-01-01T00:00:00Z",
        "updatedAt": LONG_AGO,
    }
    portal.write("pipelines", [{"id": "default", "label": "Sales", "stages": [stage]}])
    portal.write("teams", [{"id": "1", "name": "DACH Sales", "userIds": ["9586504"]}])
    portal.write(
        "currencies",
        [
            {
                "id": "9",
                "fromCurrencyCode": "IRR",
                "toCurrencyCode": "EUR",
                "conversionRate": 0.0000208333333333,
                "effectiveAt": LONG_AGO,
                "updatedAt": LONG_AGO,
            }
        ],
    )
    portal.load()
    assert portal.rows(
        "select pipeline_id, id, is_closed, probability, display_order "
        "from pipeline_stages"
    ) == [("default", "won", True, 1.0, 5)]
    assert portal.rows("select user_ids->>'$[0]' from teams") == [("9586504",)]
    assert portal.rows("select conversion_rate from exchange_rates") == [
        (Decimal("0.0000208333333333"),)
    ]


def test_more_changes_than_a_search_can_page_through_all_arrive(portal):
    """Else a bulk import of 60,000 contacts stops at HubSpot's 10,000."""
    portal.write("contacts", [crm_object(1)])
    portal.load()
    changed = [crm_object(n, modified=NEW) for n in range(1, 10_502)]
    portal.write("contacts", changed)
    load = portal.load()
    assert results(load)["contacts"].loaded == 10_501
    assert portal.rows("select count(*), count(distinct id) from contacts") == [
        (10_501, 10_501)
    ]


def test_what_was_last_changed_before_the_start_date_is_left_out_and_counted(portal):
    """Else START_DATE has no effect, or records vanish without a trace."""
    portal.write("deals", [crm_object(1, modified="2019-05-01T00:00:00Z")])
    portal.write("contacts", [crm_object(2)])
    from datetime import date

    load = portal.load(start_date=date(2020, 1, 1))
    assert results(load)["deals"].skipped == 1
    assert portal.rows("select count(*) from deals") == [(0,)]
    assert portal.rows("select count(*) from contacts") == [(1,)]


def test_a_property_that_the_portal_lacks_is_reported_once(portal):
    """Else a renamed property is NULL from one day on and nobody is told."""
    known = {"type": "string", "fieldType": "text", "updatedAt": LONG_AGO}
    portal.write("properties_products", [{"name": "name", "label": "Name", **known}])
    portal.load()
    portal.load()
    found = portal.rows(
        "select field_name, reason from quarantine where table_name = 'products'"
    )
    assert ("price", "the portal has no property of this name; the column is NULL") in (
        found
    )
    assert "name" not in {name for name, _ in found}
    assert len(found) == len(set(found))


def test_reading_all_again_repairs_what_no_search_would_find(portal, monkeypatch):
    """Else an association that changed alone is never seen."""
    portal.write("deals", [crm_object(1)])
    portal.write("associations_deals_companies", [associated(1, 10)])
    portal.load()
    portal.write("associations_deals_companies", [associated(1, 11)])
    monkeypatch.setenv("SOURCES__HUBSPOT__READ_ALL", "true")
    portal.load()
    assert portal.rows(
        "select to_id from associations where to_type = 'companies'"
    ) == [("11",)]


def test_every_load_is_reconciled(portal):
    """Else a record that the vendor sent can be missing without anybody seeing."""
    portal.write("deals", [crm_object(1), crm_object(2)])
    portal.load()
    portal.load()
    assert portal.rows(
        "select count(distinct load_id), bool_and(is_balanced), count(*) filter ("
        "  received_count <> loaded_count + duplicate_count + quarantined_count"
        "  + skipped_count) from load_reconciliation"
    ) == [(2, True, 0)]


def test_nothing_is_loaded_as_sql_text(portal, monkeypatch):
    """Else a full load takes six times the processor time."""
    from ingestion import warehouse

    formats = {}

    def look(pipeline):
        for load_id in pipeline.list_normalized_load_packages():
            for job in pipeline.get_load_package_info(load_id).jobs["new_jobs"]:
                info = job.job_file_info
                formats[info.table_name] = info.file_format

    monkeypatch.setattr(warehouse, "refuse_slow_jobs", look)
    portal.write("deals", [crm_object(1, amount="x")])
    portal.load()
    tables = {name for name in formats if not name.startswith("_dlt")}
    assert {"deals", "quarantine", "extraction_counts"} <= tables
    assert {formats[name] for name in tables} == {"parquet"}


def test_another_portal_does_not_mix_into_the_warehouse(portal):
    """Else a test account's deals count among the real ones."""
    info = {"portalId": 1, "timeZone": "Europe/Berlin", "companyCurrency": "EUR"}
    portal.write("account_info", [info])
    portal.load()
    assert portal.rows("select portal_id, time_zone from account_info") == [
        ("1", "Europe/Berlin")
    ]
    portal.write("account_info", [{**info, "portalId": 2}])
    with pytest.raises(
        LoadError, match=r"portal 2, and the warehouse holds .* portal 1"
    ):
        portal.load()


def test_a_table_in_skip_exists_and_asks_nothing(portal, monkeypatch):
    """Else a plan without marketing e-mails can never load green."""
    monkeypatch.setenv("SOURCES__HUBSPOT__SKIP", "marketing_emails, goal_targets")
    portal.load()
    assert portal.rows("select count(*) from marketing_emails") == [(0,)]
    assert not any("emails/2026" in path for path in portal.server.paths)
    assert not any("goal_targets" in p and "objects" in p for p in portal.server.paths)


def test_a_missing_token_is_named_before_anything_is_asked(portal, monkeypatch):
    """Else the first run of a user ends in a stack trace."""
    portal.serve()
    monkeypatch.delenv("SOURCES__HUBSPOT__ACCESS_TOKEN")
    with pytest.raises(LoadError, match="hubspot: SOURCES__HUBSPOT__ACCESS_TOKEN"):
        portal.load()
    monkeypatch.setenv("SOURCES__HUBSPOT__ACCESS_TOKEN", "")
    with pytest.raises(LoadError, match="hubspot: the token is empty"):
        portal.load()
    assert portal.server.paths == []
