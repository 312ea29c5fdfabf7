"""Meta's part of the sandbox company: two ad accounts, their campaigns and figures.

Modules: `campaigns` (accounts and objects), `figures` (what they delivered); each says
in its docstring what it plants. Planted here: nothing.
"""

from pathlib import Path

from ingestion.sandbox.generator.company import Company
from ingestion.sandbox.generator.meta_ads.campaigns import ad_campaigns, object_lines
from ingestion.sandbox.generator.meta_ads.figures import insight_lines
from ingestion.sandbox.generator.writing import write_lines


def write(company: Company, folder: Path) -> None:
    """Write the ad accounts of the company into a folder."""
    campaigns = ad_campaigns(company)
    for name, lines in object_lines(campaigns).items():
        write_lines(folder / f"{name}.jsonl", lines)
    write_lines(folder / "insights.jsonl", insight_lines(company, campaigns))
