"""An empty table says why it is empty."""

import pytest

from ingestion.settings import Settings
from orchestration.emptiness import reasons

MANIFEST = {
    "nodes": {
        "model.warehouse.int_tickets": {
            "resource_type": "model",
            "schema": "intermediate",
            "alias": "int_tickets",
            "raw_code": '{{ union_vendors("tickets", "helpdesk") }}',
            "depends_on": {"nodes": []},
        },
        "model.warehouse.int_targets": {
            "resource_type": "model",
            "schema": "intermediate",
            "alias": "int_targets",
            "raw_code": '{{ union_vendors("targets", ["crm", "files"]) }}',
            "depends_on": {"nodes": []},
        },
        "model.warehouse.kpi_tickets": {
            "resource_type": "model",
            "schema": "kpis",
            "alias": "kpi_tickets",
            "raw_code": "select 1",
            "depends_on": {
                "nodes": ["model.warehouse.int_tickets", "model.warehouse.int_targets"]
            },
        },
    }
}


@pytest.mark.parametrize(
    ("vendors", "reason"),
    [
        (
            {"crm": ["hubspot"], "helpdesk": []},
            "No vendor of files, helpdesk is in the vendors map.",
        ),
        (
            {"crm": ["hubspot"], "helpdesk": ["zendesk"], "files": ["files"]},
            "No such records in hubspot, files, zendesk.",
        ),
    ],
    ids=["no vendor", "no records"],
)
def test_an_empty_table_names_the_category_it_lacks(
    vendors: dict[str, list[str]], reason: str
) -> None:
    """An empty dashboard looks broken until somebody says that nothing feeds it."""
    settings = Settings(vendors=vendors)
    assert reasons(MANIFEST, settings, [("kpis", "kpi_tickets")]) == [
        ("kpis", "kpi_tickets", reason)
    ]


def test_a_table_that_dbt_does_not_know_is_explained_as_far_as_it_goes() -> None:
    """A table that somebody made by hand must not stop the publish."""
    assert reasons(MANIFEST, Settings(), [("marts", "by_hand")]) == [
        ("marts", "by_hand", "No such records in what it is made of.")
    ]
