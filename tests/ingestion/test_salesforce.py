"""A Salesforce org in the warehouse: changes, deletions, merges, what is hidden."""

from decimal import Decimal

import pytest

from ingestion.load import LoadError
from ingestion.sources import salesforce
from ingestion.sources._salesforce_tables import (
    CHANGING_OBJECTS,
    VERSIONED_OBJECTS,
    WHOLE_OBJECTS,
)

from .salesforce_org import EARLIER, NEW, TOKEN, Org, deal, record, sf_id, stage


@pytest.fixture
def org(tmp_path, server, monkeypatch):
    """Return an empty org whose API and credentials the environment names."""
    monkeypatch.setenv("SOURCES__SALESFORCE__INSTANCE_URL", server.url)
    monkeypatch.setenv("SOURCES__SALESFORCE__CLIENT_ID", "warehouse")
    monkeypatch.setenv("SOURCES__SALESFORCE__CLIENT_SECRET", TOKEN)
    return Org(tmp_path, server)


@pytest.fixture
def reads(monkeypatch):
    """Return a function that leaves the source only some SObjects to read."""

    def only(*names):
        for variable, objects in (
            ("CHANGING_OBJECTS", CHANGING_OBJECTS),
            ("WHOLE_OBJECTS", WHOLE_OBJECTS),
            ("VERSIONED_OBJECTS", VERSIONED_OBJECTS),
        ):
            few = [one for one in objects if one.name in names]
            monkeypatch.setattr(salesforce, variable, few)

    return only


def results(load):
    """Return the load's tables by name."""
    return {table.table: table for table in load.tables}


def test_an_empty_org_with_one_currency_makes_every_table(org):
    """Else dbt fails on an org without quotas or currencies: relation does not exist."""
    load = org.load()
    tables = {one.raw.name for one in (*CHANGING_OBJECTS, *WHOLE_OBJECTS)}
    tables |= {one.table for one in VERSIONED_OBJECTS} | {"organizations"}
    names = {name for (name,) in org.rows("select table_name from duckdb_tables()")}
    assert tables <= names
    assert results(load)["currency_types"].loaded == 0
    assert org.rows("select table_name, field_name from quarantine order by 1") == [
        ("currency_types", "*"),
        ("dated_conversion_rates", "*"),
    ]
    types = dict(
        org.rows(
            "select column_name, data_type from duckdb_columns() where "
            "database_name = current_database() and table_name = 'opportunities'"
        )
    )
    assert types["amount"] == "DECIMAL(38,9)"
    assert types["close_date"] == "DATE"
    assert types["system_modstamp"] == "TIMESTAMP WITH TIME ZONE"
    assert types["is_won"] == "BOOLEAN"


def test_changes_deletions_and_undeletions_end_in_the_right_rows(org, reads):
    """Else a deleted deal counts for ever, or an undeleted one never again."""
    reads("Opportunity")
    kept = [deal(n) for n in range(1, 249)]
    org.write("Opportunity", [*kept, deal(249), deal(250), deal(251, IsDeleted=True)])
    assert results(org.load())["opportunities"].loaded == 251
    changed = deal(249, Amount=0.1, modified=NEW)
    deleted = deal(250, IsDeleted=True, modified=NEW)
    org.write("Opportunity", [*kept, changed, deleted, deal(251, modified=NEW)])
    load = org.load()
    assert results(load)["opportunities"].loaded == 3
    assert org.rows(
        "select id, amount, is_deleted from opportunities where id >= "
        f"'{sf_id('006', 249)}' order by id"
    ) == [
        (sf_id("006", 249), Decimal("0.1"), False),
        (sf_id("006", 250), Decimal(100), True),
        (sf_id("006", 251), Decimal(100), False),
    ]
    assert org.rows("select count(*) from opportunities") == [(251,)]
    again = org.load()
    assert again.loaded == 0
    assert all(table.is_balanced for table in again.tables)


def test_archived_activities_and_merge_losers_are_loaded(org, reads):
    """Else calls of last year vanish, and references to a merged account dangle."""
    reads("Task", "Account")
    org.write("Task", [record("00T", 1, IsArchived=True), record("00T", 2)])
    org.write(
        "Account",
        [
            record("001", 1),
            record("001", 2, IsDeleted=True, MasterRecordId=sf_id("001", 1)),
        ],
    )
    org.load()
    assert org.rows("select count(*) from tasks") == [(2,)]
    assert org.rows("select id, master_record_id from accounts where is_deleted") == [
        (sf_id("001", 2), sf_id("001", 1))
    ]


def test_a_row_that_a_long_transaction_committed_late_is_not_missed(org, reads):
    """Else a bulk import that took ten minutes is never loaded."""
    reads("Opportunity")
    org.write("Opportunity", [deal(1, modified="2026-11-18T12:00:00.000+0000")])
    org.load()
    late = deal(2, modified="2026-11-18T11:49:00.000+0000")
    org.write("Opportunity", [deal(1, modified="2026-11-18T12:00:00.000+0000"), late])
    assert results(org.load())["opportunities"].loaded == 1


def test_what_was_purged_between_two_loads_is_found_in_the_delete_log(org, reads):
    """Else a deal that left the recycle bin the same night stays in the pipeline."""
    reads("Opportunity")
    org.write("Opportunity", [deal(n, modified=EARLIER) for n in (1, 2)])
    org.load()
    org.write("Opportunity", [deal(1, modified=EARLIER)])
    org.write(
        "DeletedRecords",
        [{"sobject": "Opportunity", "id": sf_id("006", 2), "deletedDate": NEW}],
    )
    org.load()
    vanished = "select table_name, record_id from vanished_records"
    assert org.rows(vanished) == [("opportunities", sf_id("006", 2))]
    assert org.load().loaded == 0
    assert org.rows(vanished) == [("opportunities", sf_id("006", 2))]


def test_a_load_of_all_records_finds_what_left_no_trace(org, reads):
    """Else records that an admin erased years later stay for ever."""
    reads("Opportunity", "Account")
    org.write("Opportunity", [deal(n, modified=EARLIER) for n in (1, 2, 3)])
    org.write("Account", [record("001", 1)])
    org.load()
    org.write("Opportunity", [deal(n, modified=EARLIER) for n in (1, 3)])
    org.load()
    assert org.rows("select count(*) from vanished_records") == [(0,)]
    org.load(read_all=True)
    assert org.rows("select table_name, record_id from vanished_records") == [
        ("opportunities", sf_id("006", 2))
    ]


def test_a_hidden_field_is_reported_and_read_again_once_it_shows(org, reads):
    """Else a permission that was taken away turns amounts into nothing in silence."""
    reads("Opportunity")
    org.write("Opportunity", [deal(1), deal(2)])
    org.options = 'hidden_fields = ["Opportunity.Amount"]'
    org.load()
    org.load()
    assert org.rows(
        "select table_name, field_name, reason like '%field-level security%' "
        "from quarantine"
    ) == [("opportunities", "amount", True)]
    assert org.rows("select count(*), count(amount) from opportunities") == [(2, 0)]
    org.options = ""
    org.load()
    assert org.rows("select count(*), count(amount) from opportunities") == [(2, 2)]


def test_a_hidden_object_leaves_the_others_loading_and_is_reported(org, reads):
    """Else one revoked permission stops all KPIs, or a table just stays old."""
    reads("Opportunity", "Account")
    org.write("Opportunity", [deal(1)])
    org.options = 'hidden_objects = ["Account"]'
    with pytest.raises(LoadError) as failed:
        org.load()
    assert str(failed.value).startswith("salesforce: accounts was not loaded: ")
    assert "SOURCES__SALESFORCE__SKIP" in str(failed.value)
    assert org.rows("select count(*) from opportunities") == [(1,)]


def test_every_version_of_a_stage_is_kept(org, reads):
    """Else the histories of deals name a stage that nobody knows any more."""
    reads("OpportunityStage")
    org.write("OpportunityStage", [stage(1, "Proposal"), stage(2, "Negotiation")])
    org.load()
    org.write(
        "OpportunityStage", [stage(1, "Quote", modified=NEW), stage(2, "Negotiation")]
    )
    assert results(org.load())["opportunity_stages"].loaded == 1
    assert org.rows("select api_name from opportunity_stages order by 1") == [
        ("Negotiation",),
        ("Proposal",),
        ("Quote",),
    ]


def test_an_orgs_own_fields_are_read_where_they_are_named(org, reads, monkeypatch):
    """Else nobody learns why deals are lost, or a new setting fills only new deals."""
    reads("Opportunity")
    org.write("Opportunity", [deal(1, Loss_Reason__c="Price")])
    org.load()
    monkeypatch.setenv("SOURCES__SALESFORCE__LOST_REASON_FIELD", "Loss_Reason__c")
    org.load()
    assert org.rows("select lost_reason, won_reason from opportunities") == [
        ("Price", None)
    ]


def test_a_window_that_is_too_slow_is_halved_until_it_answers(org, reads):
    """Else a large org never gets through its first load."""
    reads("Opportunity")
    org.limits = "slowest_days = 60"
    stamps = [f"2026-{month:02d}-01T10:00:00.000+0000" for month in range(1, 11)]
    org.write("Opportunity", [deal(n, modified=at) for n, at in enumerate(stamps, 1)])
    load = org.load()
    assert org.rows("select count(*), count(distinct id) from opportunities") == [
        (10, 10)
    ]
    assert results(load)["opportunities"].is_balanced


def test_another_orgs_records_are_not_mixed_in(org, reads):
    """Else a sandbox org's test deals end up in the numbers."""
    reads("Opportunity")
    org.write("Opportunity", [deal(1)])
    org.load()
    org.write("Organization", [record("00D", 2, Name="Acme sandbox")])
    with pytest.raises(LoadError, match="the warehouse holds records of org") as failed:
        org.load()
    assert "WAREHOUSE_DIR" in str(failed.value)


def test_without_a_client_id_nothing_is_requested(org, reads, monkeypatch):
    """Else a deployment that forgot a variable gets a riddle from the token endpoint."""
    reads()
    monkeypatch.delenv("SOURCES__SALESFORCE__CLIENT_ID")
    with pytest.raises(LoadError, match="SOURCES__SALESFORCE__CLIENT_ID is not set"):
        org.load()
    assert org.server.paths == []


def test_the_refresh_token_flow_finds_the_org_by_itself(org, reads, monkeypatch):
    """Else an org that does not allow client credentials cannot be loaded."""
    reads("Opportunity")
    monkeypatch.delenv("SOURCES__SALESFORCE__INSTANCE_URL")
    monkeypatch.setenv("SOURCES__SALESFORCE__LOGIN_URL", org.server.url)
    monkeypatch.setenv("SOURCES__SALESFORCE__REFRESH_TOKEN", TOKEN)
    org.write("Opportunity", [deal(1)])
    org.load()
    assert org.rows("select count(*) from opportunities") == [(1,)]
    org.limits = "rotates_refresh_tokens = true"
    with pytest.raises(LoadError, match="the org rotates refresh tokens"):
        org.load()
