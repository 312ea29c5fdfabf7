"""What a start of the code location costs, and what it shows of the real project."""

import json
import subprocess
import sys

import pytest

from ingestion.settings import PROJECT_ROOT

HEAVY = ["great_expectations", "pandas", "dbt.cli", "dlt", "pyarrow"]
CPU_SECONDS = 3.5
DESCRIBE = f"""
import json, resource, sys
import orchestration.definitions as location
used = resource.getrusage(resource.RUSAGE_SELF)
graph = location.definitions.resolve_asset_graph()
print(json.dumps({{
    "heavy": [name for name in {HEAVY} if name in sys.modules],
    "seconds": used.ru_utime + used.ru_stime,
    "parents": {{
        key.to_user_string(): sorted(
            parent.to_user_string() for parent in graph.get(key).parent_keys
        )
        for key in graph.get_all_asset_keys()
    }},
    "executable": sorted(
        key.to_user_string() for key in graph.materializable_asset_keys
    ),
    "groups": {{
        key.to_user_string(): graph.get(key).group_name
        for key in graph.get_all_asset_keys()
    }},
    "checks": sorted(
        [key.asset_key.to_user_string(), key.name] for key in graph.asset_check_keys
    ),
    "jobs": [job.name for job in location.definitions.resolve_all_job_defs()],
}}))
"""


@pytest.fixture(scope="module")
def location(parsed_environment) -> dict:
    """Import the real code location in a process of its own, twice: bytecode is kept.

    The second import is the one that every run, tick and page load pays.
    """
    environment = dict(parsed_environment)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", DESCRIBE],
            cwd=PROJECT_ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_the_start_leaves_heavy_modules_out(location):
    """Each sensor tick and page load would wait for libraries it does not use."""
    assert location["heavy"] == []


def test_the_start_takes_little(location):
    """The promise is in issue 2; most of it is Dagster's own import."""
    assert location["seconds"] <= CPU_SECONDS


def test_lineage_joins_up_from_the_vendor_to_the_kpi(location):
    """A number could not be traced to the vendor's table it came from."""
    parents = location["parents"]
    above, waiting = set(), ["kpis/kpi_win_rate_monthly"]
    while waiting:
        key = waiting.pop()
        above.add(key)
        waiting += [parent for parent in parents[key] if parent not in above]
    assert {"hubspot/deals", "intermediate/int_deals", "marts/fct_deals"} <= above


def test_no_asset_is_a_ghost(location):
    """A key that nothing makes is a spelling mistake between dlt and dbt."""
    assert sorted(location["parents"]) == location["executable"]


def test_publishing_waits_for_every_public_table(location):
    """A table that is built after publishing would be missing from the version."""
    public = {key for key in location["parents"] if key.startswith(("marts/", "kpis/"))}
    assert set(location["parents"]["published/warehouse"]) >= public


def test_groups_are_folders(location):
    """The page's groups are what an analyst selects in dbt."""
    assert location["groups"]["kpis/kpi_win_rate_monthly"] == "kpis_crm"
    assert location["groups"]["hubspot/deals"] == "raw_hubspot"


def test_every_raw_and_every_kpi_table_has_its_expectations(location):
    """A table without a check in the page is one that nobody guards."""
    checks = {tuple(check) for check in location["checks"]}
    for key in location["parents"]:
        if location["groups"][key].startswith("raw_"):
            assert (key, "expectations") in checks
        if key.startswith("kpis/"):
            assert (key, "plausibility") in checks


def test_there_is_the_job(location):
    """The schedule, the sensor and `make run` all start this one."""
    assert "refresh_warehouse" in location["jobs"]
