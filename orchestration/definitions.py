"""The code location that workspace.yaml names.

Its import stays light (dlt, dbt, Great Expectations and pandas are imported where they
work) because every run, tick and page load pays it.
"""

from ingestion.settings import load_settings
from ingestion.vendors import used_vendors
from orchestration.code_location import build_definitions
from orchestration.event_store import quicken
from orchestration.graph import DbtGraph
from orchestration.manifest import read_manifest

quicken()
definitions = build_definitions(
    used_vendors(load_settings()), DbtGraph.of(read_manifest(load_settings()))
)
