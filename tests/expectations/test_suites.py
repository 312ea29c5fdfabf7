"""The suites keep their contract and the layers stay light."""

import importlib
import subprocess
import sys

import pytest

from expectations.runner import kpi_suites
from ingestion.settings import PROJECT_ROOT
from ingestion.vendors import known_vendors


@pytest.mark.parametrize("vendor", known_vendors())
def test_every_table_has_expectations_and_none_is_there_twice(vendor):
    """The same expectation twice would count each failure twice."""
    module = importlib.import_module(f"expectations.sources.{vendor}")
    for table, expectations in module.suites().items():
        said = [each.configuration.to_json_dict() for each in expectations]
        unique = {str((each["type"], each["kwargs"])) for each in said}
        assert expectations, table
        assert len(unique) == len(said), table


def test_kpi_areas_do_not_share_a_table():
    """Two files for one table would hide half of its rules from the reader."""
    assert all(table.startswith("kpi_") for table in kpi_suites())


def test_naming_the_suites_does_not_import_great_expectations():
    """It takes three CPU-seconds that every start of the code location would pay."""
    code = (
        "import sys, expectations.runner, expectations.__main__;"
        "sys.exit('great_expectations' in sys.modules or 'pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT_ROOT, check=False)
    assert done.returncode == 0
