"""Who was erased stays erased, whatever the vendor sends again."""

import json
from datetime import date
from decimal import Decimal

import dlt
import duckdb
import pytest

from ingestion import load
from ingestion.erasure import Erased, Erasures, mask_for, masked_value
from ingestion.load import load_vendor
from ingestion.reconcile import Counts
from ingestion.records import RawTable, columns
from ingestion.settings import Settings

from .event_archive import Archive, event, order

PEOPLE = RawTable(
    "people",
    columns(text="id email firstname note", date="birth_date", decimal="amount"),
    key=("id",),
)
ANNA = "Anna.Weiss@firm.example"
MASK = "erased-t0@firm.example"


@pytest.fixture
def settings(tmp_path, monkeypatch) -> Settings:
    """Return settings whose only vendor lists Anna and Bert."""

    class Vendor:
        @staticmethod
        def source(settings: Settings):
            @dlt.source(name="toy")
            def source():
                counts = Counts()
                rows = [
                    {"id": "1", "email": ANNA, "firstname": "Anna", "amount": "1.10"}
                    | {"birth_date": "1990-05-17", "note": f"ask {ANNA.lower()}."},
                    {"id": "2", "email": "bert@firm.example", "firstname": "Bert"},
                    {"id": "3", "note": "moved", "firstname": "Anna"},
                ]
                counts.table("people").received += len(rows)
                counts.reject_value("people", "age", "no number", raw_value=ANNA)

                def batches():
                    yield PEOPLE.batch(rows, counts)

                yield PEOPLE.resource(batches())
                yield from counts.resources()

            return source()

    monkeypatch.setattr(load, "source_module", lambda name: Vendor)
    return Settings(warehouse_dir=tmp_path, sources="live", vendors={"toys": ["toy"]})


def _erase(settings: Settings) -> None:
    erasures = Erasures.of(settings)
    erasures.with_person(
        Erased(
            "t0",
            "2026-11-25T13:00:00+00:00",
            {erasures.address_hash(ANNA): MASK},
            [erasures.record_hash("toy", "people", "3")],
        )
    )


def _rows(settings: Settings, sql: str) -> list[tuple]:
    with duckdb.connect(str(settings.warehouse_path), read_only=True) as connection:
        connection.execute("use raw_toy")
        return connection.execute(sql).fetchall()


def test_a_load_after_the_erasure_does_not_bring_the_person_back(settings) -> None:
    """The vendor lists her until she is erased there as well."""
    _erase(settings)
    load_vendor("toy", settings)
    columns_ = "id, email, firstname, note, birth_date, amount"
    assert _rows(settings, f"select {columns_} from people order by id") == [
        ("1", MASK, None, f"ask {MASK}.", date(1990, 5, 1), Decimal("1.10")),
        ("2", "bert@firm.example", "Bert", None, None, None),
        ("3", None, None, "moved", None, None),
    ]
    assert _rows(settings, "select raw_value from quarantine") == [(MASK,)]
    stored = b"".join(
        path.read_bytes().lower()
        for path in settings.warehouse_dir.rglob("*")
        if path.is_file()
    )
    assert ANNA.lower().encode() not in stored


def test_without_an_erasure_nothing_is_looked_at(settings) -> None:
    """A look at every value of every load would cost all for the sake of none."""
    load_vendor("toy", settings)
    assert _rows(settings, "select email from people where id = '1'") == [(ANNA,)]
    assert not (settings.warehouse_dir / "erasures.json").exists()


def test_events_that_are_read_again_come_masked_and_keep_their_order(tmp_path) -> None:
    """Replayed event files repeat what was erased; the money in them stays true."""
    archive = Archive(tmp_path)
    _erase(archive.settings)
    traits = {"email": ANNA, "phone": "+49 30 1234567"}
    archive.write(
        "a.jsonl.gz",
        event("m1", type="identify", userId="u1", traits=traits),
        order("m2", [{"sku": "s", "price": "2.50"}], email=ANNA, total="2.50"),
        order("m3", [], email="bert@firm.example"),
    )
    archive.load()
    query = "SELECT message_id, email, traits, total FROM events ORDER BY 1"
    assert archive.rows(query) == [
        ("m1", MASK, None, None),
        ("m2", MASK, None, Decimal("2.50")),
        ("m3", "bert@firm.example", None, None),
    ]
    ((properties,),) = archive.rows(
        "SELECT properties FROM events WHERE message_id = 'm2'"
    )
    assert json.loads(properties) == {
        "order_id": "o-m2",
        "products": [{"sku": "s", "price": "2.50"}],
        "email": MASK,
        "total": "2.50",
    }
    assert archive.rows("SELECT sku FROM event_products") == [("s",)]


def test_what_is_remembered_names_nobody(settings) -> None:
    """A list of the erased would be the best place to find them."""
    _erase(settings)
    path = settings.warehouse_dir / "erasures.json"
    assert "anna" not in path.read_text("utf-8").lower()
    assert path.stat().st_mode & 0o077 == 0
    again = Erasures.of(settings)
    assert again.masked(f"<{ANNA.upper()}>") == (f"<{MASK}>", "t0")


def test_a_domain_of_her_own_is_masked_as_well() -> None:
    """anna@weiss-family.example names her also without what stands before the @."""
    others = ["bert@firm.example"]
    assert mask_for("anna@firm.example", "t0", others) == "erased-t0@firm.example"
    assert mask_for("a@weiss.example", "t0", others) == "erased-t0@t0.invalid"


@pytest.mark.parametrize(
    ("column", "value", "kept"),
    [
        ("full_name", "Anna Weiss", "erased t0"),
        ("phone", "+49 30 1", None),
        ("date_of_birth", "1990-05-17", "1990-05-01"),
        ("deal_name", "Renewal", "Renewal"),
        ("name", None, None),
    ],
)
def test_a_row_about_her_keeps_what_does_not_name_her(column, value, kept) -> None:
    """Numbers, states and months of birth are needed to keep the aggregates true."""
    assert masked_value(column, value, "t0") == kept
