"""The sandbox serves any data directory, or says what is wrong with it."""

import gzip
import json
import socket

import pytest

from ingestion.sandbox.__main__ import main
from ingestion.sandbox.server import store as store_module
from ingestion.sandbox.server.store import DataDirectoryError, Store


@pytest.mark.parametrize(
    "name",
    [
        "hubspot/dealz",
        "hubspot/properties_dealz",
        "hubspot/associations_deals_unicorns",
        "frogspot/deals",
        "deals",
        "events/page",
    ],
)
def test_a_file_that_nobody_reads_is_named(make_data, name):
    """A misspelt file would otherwise look like an empty collection."""
    folder = make_data({"hubspot/deals": [], name: []})
    with pytest.raises(DataDirectoryError, match=f"nobody reads: {name}.jsonl"):
        Store(folder)


def test_files_of_other_readers_are_left_alone(make_data):
    """Event archives and drops are read from the directory, not over HTTP."""
    folder = make_data(
        {"hubspot/associations_line_items_deals": []}, "as_of = 2026-11-18"
    )
    for name in (
        "events/segment-logs/source/1447027200000/a.jsonl.gz",
        "files/hr_surveys/responses.csv",
        "files/fx_rates.csv",
        "hubspot/.DS_Store",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")
    Store(folder)


def test_a_broken_line_is_named_with_its_file(make_data):
    """The remedy is in one line of one file of many."""
    folder = make_data({"hubspot/deals": [{"id": "1"}]})
    with (folder / "hubspot" / "deals.jsonl").open("a") as file:
        file.write('\n{"id": "2", \n')
    with pytest.raises(
        DataDirectoryError, match=r"hubspot/deals.jsonl line 3: not JSON"
    ):
        Store(folder).check_lines()


def test_a_broken_line_of_a_large_directory_is_told_when_it_is_read(
    make_api, monkeypatch
):
    """A start must stay quick, so the request says it: 422, which nobody retries."""
    monkeypatch.setattr(store_module, "CHECKED_BYTES", 0)
    api = make_api({"hubspot/deals": [{"id": "1"}, ["2"]]})
    answer = api.get("/crm/objects/2026-09/deals")
    assert answer.status_code == 422
    assert "hubspot/deals.jsonl line 2: not a JSON object" in answer.json()["message"]


@pytest.mark.parametrize(
    ("name", "line", "path"),
    [
        ("deals", {"properties": {}}, "/crm/objects/2026-09/deals"),
        ("owners", {"id": ""}, "/crm/owners/2026-09"),
        (
            "associations_deals_contacts",
            {"from": {"id": "1"}, "to": [{"id": "2"}]},
            "/crm/objects/2026-09/deals/1/associations/contacts",
        ),
    ],
)
def test_an_object_without_its_id_is_named(make_api, name, line, path):
    """JSON alone is not enough to be served."""
    answer = make_api({f"hubspot/{name}": [line]}).get(path)
    assert answer.status_code == 422
    assert f"hubspot/{name}.jsonl line 1" in answer.json()["message"]


def test_gzipped_lines_are_served(make_data, api_over):
    """Large directories are kept compressed."""
    folder = make_data({"hubspot/owners": [{"id": "1"}]})
    content = b"".join(json.dumps({"id": str(n)}).encode() + b"\n" for n in (5, 4))
    (folder / "hubspot" / "deals.jsonl.gz").write_bytes(gzip.compress(content))
    found = api_over(folder).get("/crm/objects/2026-09/deals").json()["results"]
    assert [one["id"] for one in found] == ["4", "5"]


def test_half_a_gzip_file_is_named(make_data):
    """A copy that was cut off must not serve what it has."""
    folder = make_data({"hubspot/owners": []})
    half = gzip.compress(b'{"id":"1"}\n' * 100)[:20]
    (folder / "hubspot" / "deals.jsonl.gz").write_bytes(half)
    with pytest.raises(DataDirectoryError, match=r"deals.jsonl.gz is not a whole gzip"):
        Store(folder).check_lines()


def test_one_collection_in_two_files_is_an_error(make_data):
    """Nobody can know which of them is meant."""
    folder = make_data({"hubspot/deals": []})
    (folder / "hubspot" / "deals.jsonl.gz").write_bytes(gzip.compress(b""))
    with pytest.raises(DataDirectoryError, match="both as"):
        Store(folder)


def test_the_last_line_needs_no_line_end_and_empty_lines_no_object(make_data):
    """Editors differ."""
    folder = make_data({"hubspot/owners": []})
    path = folder / "hubspot" / "owners.jsonl"
    path.write_bytes(b'\n{"id":"1"}\r\n  \n{"id":"2"}')
    assert [item["id"] for item in Store(folder).lines("hubspot", "owners")] == [
        "1",
        "2",
    ]


def test_a_broken_description_is_an_error(make_data):
    """sandbox.toml decides tokens and faults; half of it is none of it."""
    with pytest.raises(DataDirectoryError, match=r"sandbox.toml is not TOML"):
        Store(make_data({}, "tokens = ["))


@pytest.mark.parametrize("name", ["faults", "limits"])
def test_a_description_of_another_shape_is_an_error(make_api, name):
    """A list of faults, say, would play none of them."""
    with pytest.raises(DataDirectoryError, match=f"{name} = 5 is no table"):
        make_api({}, f"{name} = 5")


def test_a_day_is_a_clock_too(make_data):
    """`as_of` may be written as a day: its end."""
    clock = Store(make_data({}, "as_of = 2026-11-18")).clock
    assert clock.isoformat() == "2026-11-18T23:59:59+00:00"


def test_serving_a_wrong_directory_ends_with_one_message(make_data, capsys):
    """From a shell: exit code 1 and one line that names the file."""
    folder = make_data({"hubspot/dealz": []})
    assert main(["serve", "--data", str(folder), "--port", "0"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "hubspot/dealz.jsonl" in said.err
    assert said.err.count("\n") == 1
    assert main(["serve", "--data", str(folder / "none"), "--port", "0"]) == 1
    assert "is not a directory" in capsys.readouterr().err


def test_a_port_in_use_ends_with_one_message(make_data, capsys):
    """Two sandboxes on one port must not share it silently."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        folder = make_data({"hubspot/deals": []})
        assert main(["serve", "--data", str(folder), "--port", str(port)]) == 1
    assert f"Port {port}" in capsys.readouterr().err
