"""The generated org: coherent, the same at every run, with its truths planted."""

import hashlib
from collections import Counter
from pathlib import Path

import orjson
import pytest

from ingestion.sandbox.generator import salesforce
from ingestion.sandbox.generator.company import SIZES
from ingestion.sandbox.generator.founding import found_company
from ingestion.sandbox.server.vendors.salesforce.schema import PREFIXES, TYPES

AS_OF = "2026-11-18T20:00:00.000+0000"
SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def written(folder: Path) -> dict[str, list[dict]]:
    """Write the small org and return its SObjects."""
    salesforce.write(found_company(7, SIZES["small"]), folder)
    return {
        path.stem: [orjson.loads(line) for line in path.read_bytes().splitlines()]
        for path in sorted(folder.glob("*.jsonl"))
    }


@pytest.fixture(scope="module")
def org(tmp_path_factory):
    """Return the SObjects of the small org."""
    return written(tmp_path_factory.mktemp("org"))


@pytest.fixture(scope="module")
def records(org):
    """Return every record by id."""
    return {
        one["Id"]: (name, one)
        for name, lines in org.items()
        if name != "DeletedRecords"
        for one in lines
    }


def planted(org, name):
    """Return the planted opportunity of a name."""
    (found,) = [one for one in org["Opportunity"] if one["Name"] == name]
    return found


def test_the_same_seed_writes_the_same_bytes(tmp_path):
    """Else a number that changed overnight cannot be looked into."""
    digests = []
    for run in ("a", "b"):
        written(tmp_path / run)
        content = b"".join(
            path.read_bytes() for path in sorted((tmp_path / run).glob("*"))
        )
        digests.append(hashlib.sha256(content).hexdigest())
    assert digests[0] == digests[1]


def test_ids_are_unique_salesforce_ids_of_their_object(org, records):
    """Else links lead nowhere, or a key prefix says another object."""
    lines = [
        (name, one) for name, found in org.items() if name in TYPES for one in found
    ]
    assert len(records) == len(lines)
    for name, one in lines:
        identifier = one["Id"]
        assert PREFIXES[identifier[:3]] == name
        check = "".join(
            SUFFIX[
                sum(
                    1 << place
                    for place, sign in enumerate(identifier[start : start + 5])
                    if sign.isupper()
                )
            ]
            for start in (0, 5, 10)
        )
        assert identifier[15:] == check


def test_every_reference_exists_and_every_field_is_described(org, records):
    """Else a join loses rows, or the server does not know what it serves."""
    unknown_owners = {"ProfileId", "CreatedById", "LastModifiedById"}
    for name, lines in org.items():
        if name not in TYPES:
            continue
        for one in lines:
            assert set(one) <= set(TYPES[name].fields), name
            for field, value in one.items():
                is_reference = TYPES[name].fields[field] == "reference"
                if is_reference and value and field not in unknown_owners:
                    assert value in records, f"{name}.{field} = {value}"


def test_no_record_is_of_the_future(org):
    """Else a load at the company's clock leaves records out."""
    for name, lines in org.items():
        stamps = [
            one.get("SystemModstamp") or one.get("CreatedDate", "") for one in lines
        ]
        assert max(stamps, default="") < AS_OF, name


def test_histories_end_where_their_opportunities_stand(org):
    """Else the last stage of a deal is not the deal's stage."""
    last = {}
    for one in org["OpportunityHistory"]:
        if one["CreatedDate"] >= last.get(one["OpportunityId"], one)["CreatedDate"]:
            last[one["OpportunityId"]] = one
    for deal in org["Opportunity"]:
        of_history = last[deal["Id"]]
        stage = of_history["StageName"].replace("Proposal/Quote", "Proposal")
        assert stage == deal["StageName"].replace("Proposal/Quote", "Proposal")
        assert of_history["CloseDate"] == deal["CloseDate"]
        assert of_history["Amount"] == deal["Amount"]


def test_planted_truths_are_there(org):
    """Else a rule is tested against data that never breaks it."""
    stages = Counter(
        one["StageName"]
        for one in org["OpportunityHistory"]
        if one["OpportunityId"]
        == planted(org, "Was proposed when that stage was still called Proposal")["Id"]
    )
    assert stages["Proposal"] == 1
    assert planted(org, "Won and deleted")["IsDeleted"]
    assert not planted(org, "Won, deleted by mistake and undeleted")["IsDeleted"]
    late = planted(org, "Re-assigned two hours after it was won")
    owners = [
        one["NewValue"]
        for one in org["OpportunityFieldHistory"]
        if one["OpportunityId"] == late["Id"] and one["Field"] == "Owner"
    ]
    assert len(owners) == 2
    assert late["OwnerId"] in owners
    left = {one["Id"] for one in org["User"] if not one["IsActive"]}
    assert (
        planted(org, "Open, owned by the user who was deactivated")["OwnerId"] in left
    )
    masters = {
        one["Id"]: one["MasterRecordId"]
        for one in org["Contact"]
        if one["MasterRecordId"]
    }
    assert any(master in masters for master in masters.values())
    assert any(one["IsArchived"] for one in org["Task"])
    assert any(one["IsChild"] for one in org["Event"])
    assert {one["Type"] for one in org["Campaign"]} == {
        "Trade Show",
        "Webinar",
        "Email",
    }
    assert org["DeletedRecords"][0]["id"] == salesforce.PURGED_OPPORTUNITY
