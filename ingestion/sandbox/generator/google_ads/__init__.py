"""Google Ads' part of the sandbox company: a manager account and what is below it.

Modules: `campaigns` (accounts and objects), `figures` (what they delivered); each says
in its docstring what it plants. Planted here: nothing.
"""

from pathlib import Path

from ingestion.sandbox.generator.company import Company
from ingestion.sandbox.generator.google_ads.campaigns import (
    ad_campaigns,
    customer_lines,
    object_lines,
)
from ingestion.sandbox.generator.google_ads.figures import figure_lines
from ingestion.sandbox.generator.writing import write_lines


def write(company: Company, folder: Path) -> None:
    """Write the ad accounts of the company into a folder."""
    campaigns = ad_campaigns(company)
    files = {
        "customers": customer_lines(),
        **object_lines(campaigns),
        **figure_lines(company, campaigns),
    }
    for name, lines in files.items():
        write_lines(folder / f"{name}.jsonl", lines)
