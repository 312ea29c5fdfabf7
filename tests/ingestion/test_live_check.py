"""A vendor is tried before it is loaded: what a load would not get is said, and why."""

import re

import pytest

from ingestion import probe
from ingestion.live_check import main
from ingestion.settings import load_settings
from ingestion.sources import hubspot

from .conftest import AS_OF, TOKEN, crm_object

DEALS = "/crm/objects/2026-09/deals"


@pytest.fixture
def checked(portal, monkeypatch, capsys, tmp_path):
    """Return a function that checks the portal: exit code and what was said."""
    monkeypatch.setenv("SOURCES", "live")
    monkeypatch.setenv("AS_OF", AS_OF)
    monkeypatch.setenv("WAREHOUSE_DIR", str(tmp_path / "warehouse"))
    monkeypatch.setenv("COLUMNS", "400")

    def check(vendor: str = "hubspot", faults: str = "") -> tuple[int, str]:
        portal.faults = faults
        portal.serve()
        load_settings.cache_clear()
        code = main([vendor])
        said = capsys.readouterr()
        assert TOKEN not in said.out + said.err
        # Where a load would have put its rows and its state, there is nothing.
        assert not (tmp_path / "warehouse").exists()
        return code, said.out + said.err

    return check


def found(said: str) -> dict[str, str]:
    """Return what was found of each table."""
    lines = re.findall(r"^(\w+) +[✓✗–] (readable|empty|skipped|not asked|not permitted|failed)", said, re.MULTILINE)  # fmt: skip
    return dict(lines)


def test_a_vendor_that_is_ready_is_said_to_be(checked, portal):
    """Else the first load of a vendor is the test of its credentials."""
    portal.write("deals", [crm_object(n) for n in range(1, 301)])
    code, said = checked()
    assert code == 0
    assert f"hubspot, live: {portal.server.url}" in said
    assert "✓ clocks agree within 1 s" in said
    assert "All would be loaded. Nothing was stored." in said
    assert found(said)["deals"] == "readable"
    assert found(said)["contacts"] == "empty"
    # One page is enough to know.
    assert portal.server.paths.count(f"GET {DEALS}") == 1


def test_a_missing_scope_is_named_with_what_to_do_and_the_others_are_tried(
    checked, portal
):
    """Else each missing scope takes a load of its own to be found."""
    portal.write("contacts", [crm_object(1)])
    scopes = f'missing_scope = [{{ path = "{DEALS}" }}, {{ path = "owners" }}]'
    code, said = checked(faults=scopes)
    assert code == 1
    tables = found(said)
    assert tables.pop("deals") == tables.pop("owners") == "not permitted"
    assert set(tables.values()) == {"readable", "empty", "not asked"}
    assert "put deals into SOURCES__HUBSPOT__SKIP" in said
    assert "403 MISSING_SCOPES: needs crm.objects.deals.read" in said
    assert "2 of 22 tables would not be loaded" in said


def test_a_revoked_token_is_said_once_with_the_remedy(checked):
    """Else the one reason is lost among twenty-two errors."""
    code, said = checked(faults="revoked_token = {}")
    assert code == 1
    assert set(found(said).values()) == {"failed", "not asked"}
    assert said.count("Set SOURCES__HUBSPOT__ACCESS_TOKEN to a valid service key") == 1
    assert said.count("as contacts") == 18


def test_a_missing_secret_is_named_before_anything_is_asked(
    checked, portal, monkeypatch
):
    """Else a user reads a stack trace, or waits for a refusal."""
    monkeypatch.delenv("SOURCES__HUBSPOT__ACCESS_TOKEN")
    code, said = checked()
    assert (code, portal.server.paths) == (2, [])
    assert said.startswith("hubspot: SOURCES__HUBSPOT__ACCESS_TOKEN is not set.")
    monkeypatch.setenv("SOURCES__HUBSPOT__ACCESS_TOKEN", " ")
    assert checked()[0] == 2
    code, said = checked("hubpsot")
    assert code == 2
    assert "There is no vendor 'hubpsot'. Known: " in said


@pytest.mark.parametrize(
    ("shift", "said"),
    [
        (95, r"! this machine's clock is 9\d s ahead of the vendor's: "),
        (-3595, r"! this machine's clock is 3,59\d s behind the vendor's: "),
        (55, r"✓ clocks agree within 5\d s"),
    ],
)
def test_a_clock_that_is_off_is_warned_of(checked, monkeypatch, shift, said):
    """Else signed tokens are refused for a reason that nobody can see."""
    now = probe.time.time

    class Clock:
        monotonic = staticmethod(probe.time.monotonic)

        @staticmethod
        def time() -> float:
            return now() + shift

    monkeypatch.setattr(probe, "time", Clock)
    code, text = checked()
    assert code == 0
    assert re.search(said, text)


def test_a_dead_vendor_is_named_within_seconds(checked, monkeypatch):
    """Else a mistyped address takes minutes to be told."""
    monkeypatch.setenv("SOURCES__HUBSPOT__BASE_URL", "http://127.0.0.1:1")
    code, said = checked()
    assert code == 1
    assert "nobody was reached" in said
    assert "http://127.0.0.1:1 cannot be reached (ConnectionError)" in said


def test_a_bug_in_one_table_leaves_the_others_to_be_tried(checked, monkeypatch):
    """Else one vendor's odd answer hides what is wrong with the rest."""

    def broken(self: object) -> None:
        message = "what a pity"
        raise KeyError(message)

    monkeypatch.setattr(hubspot._Portal, "owners", broken)
    code, said = checked()
    assert code == 1
    assert "KeyError: 'what a pity'" in said
    assert "1 of 22 tables would not be loaded" in said


def test_values_of_the_wrong_type_and_skipped_tables_are_said(
    checked, portal, monkeypatch
):
    """Else a property that is something else in this portal is found in quarantine."""
    portal.write("deals", [crm_object(1, amount="N/A")])
    monkeypatch.setenv("SOURCES__HUBSPOT__SKIP", "goal_targets")
    code, said = checked()
    assert code == 0
    assert re.search(r"deals +✓ readable +1 of its first values do not fit", said)
    assert found(said)["goal_targets"] == "skipped"
    assert "N/A" not in said


def test_a_load_after_a_check_reads_everything(checked, portal):
    """Else the check moves a mark, and the first load is short."""
    portal.write("deals", [crm_object(n) for n in range(1, 61)])
    assert checked()[0] == 0
    assert probe.probing.get() is None
    portal.load()
    assert portal.rows("select count(*) from deals") == [(60,)]


def test_event_files_are_listed_and_one_is_opened(checked, monkeypatch, tmp_path):
    """Else a bucket that may be listed and not read is found out by the load."""
    events = tmp_path / "events"
    monkeypatch.setenv("EVENTS_URL", str(events))
    code, said = checked("events")
    assert code == 2
    assert "is not a folder" in said
    events.mkdir()
    assert checked("events")[0] == 0
    (events / "a.jsonl").write_text("{}\n")
    code, said = checked("events")
    assert code == 0
    assert re.search(
        r"events +✓ readable +1 files in .*, the newest a\.jsonl of 20", said
    )
    monkeypatch.setenv("EVENTS_URL", f"file://{events}")
    assert checked("events")[0] == 0

    def refuse(*arguments: object, **options: object) -> None:
        message = "AccessDenied"
        raise PermissionError(message)

    monkeypatch.setattr("fsspec.spec.AbstractFileSystem.cat_file", refuse)
    code, said = checked("events")
    assert code == 1
    assert "a.jsonl cannot be read (PermissionError: AccessDenied)" in said


def test_the_sandbox_says_that_it_is_one(monkeypatch, capsys, tmp_path):
    """Else somebody takes the sandbox's yes for the vendor's."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "sandbox.toml").write_text(f"as_of = {AS_OF}\n")
    monkeypatch.setenv("SANDBOX_DATA", str(data))
    monkeypatch.setenv("WAREHOUSE_DIR", str(tmp_path / "warehouse"))
    assert main(["hubspot"]) == 0
    said = capsys.readouterr().out
    assert "hubspot, sandbox: http://127.0.0.1:" in said
    assert "This is the sandbox: set SOURCES=live to try the vendor itself." in said
