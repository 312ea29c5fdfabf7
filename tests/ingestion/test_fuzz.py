"""Spoiled answers and event lines through the real sources; `make fuzz` tries more."""

import pytest

from tests.chaos.fuzz import (
    event_lines,
    fuzz_api,
    fuzz_events,
    small_copy,
    without_waiting,
)


@pytest.fixture(autouse=True)
def _quick(tmp_path):
    """Wait for nobody."""
    with without_waiting(tmp_path / "dlt"):
        yield


@pytest.mark.parametrize("vendor", ["ghost", "hubspot", "zendesk"])
def test_whatever_an_api_answers_the_load_adds_up_or_is_red(
    vendor, company_dir, server, tmp_path
):
    """Else a vendor's bad day is wrong figures, a crash or a load that never ends."""
    data = small_copy(company_dir, tmp_path / "data")
    outcome = fuzz_api(vendor, data, server, tmp_path / "fuzzed", seed=1)
    assert outcome.findings == []
    assert outcome.inputs > 0


def test_every_event_line_is_loaded_or_in_quarantine_whatever_it_is(
    company_dir, tmp_path
):
    """Else a broken sender loses the events of the others."""
    lines = event_lines(company_dir)
    outcome = fuzz_events(lines, tmp_path / "fuzzed", seed=1)
    assert outcome.findings == []
    assert (outcome.ends["green"], outcome.inputs) == (1, 500)
    assert outcome.quarantined > 0
